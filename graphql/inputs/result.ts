import type { ClassType } from 'type-graphql';
import { resultOf } from '../refusal';
import { Connection } from '../relay';

/** Connection and result union of one object type, made once. */
export const shapesOf = <T extends object>(name: string, type: ClassType<T>) => ({
  page: Connection(name, () => type),
  result: resultOf(`${name}Result`, () => type, name),
});

import {
  type ClassType,
  createUnionType,
  Field,
  type MiddlewareFn,
  Mutation,
  ObjectType,
  registerEnumType,
  UseMiddleware,
} from 'type-graphql';
import { type ErrorCode, isOutdialError } from '../src/errors';
import type { Role } from '../src/organisations/caller';
import { Allow } from './auth/allow';

/** The refusals that a caller must expect; all other errors stand in `errors` with `extensions.code`. */
export enum RefusalCode {
  INVALID_INPUT = 'INVALID_INPUT',
  NOT_FOUND = 'NOT_FOUND',
  CONFLICT = 'CONFLICT',
  VERSION_CONFLICT = 'VERSION_CONFLICT',
  INVALID_STATE = 'INVALID_STATE',
  NOT_READY = 'NOT_READY',
  IN_USE = 'IN_USE',
}
registerEnumType(RefusalCode, { name: 'RefusalCode', description: 'Why a change was refused.' });

@ObjectType({ description: 'A change that was refused. Nothing has been changed.' })
export class Refusal {
  @Field(() => RefusalCode, { description: 'Why.' })
  code!: RefusalCode;

  @Field({ description: 'Names the field, the value and what is allowed.' })
  message!: string;

  @Field(() => String, { nullable: true, description: 'The input field at fault, as a dotted path.' })
  field!: string | null;

  static of(code: ErrorCode, message: string, field?: string): Refusal {
    return Object.assign(new Refusal(), { code, message, field: field ?? null });
  }
}

/** `union <name> = <type> | Refusal`; what is no refusal is the type, whatever its class. */
export const resultOf = <T extends object>(name: string, type: () => ClassType<T>, typeName: string) =>
  createUnionType({
    name,
    description: `The ${typeName}, or why it was refused.`,
    types: () => [type(), Refusal] as const,
    resolveType: (value) => (value instanceof Refusal ? 'Refusal' : typeName),
  });

const isExpected = (code: ErrorCode): code is ErrorCode & RefusalCode => code in RefusalCode;

const answerRefusals: MiddlewareFn = async (_data, next) => {
  try {
    return await next();
  } catch (error) {
    if (isOutdialError(error) && isExpected(error.code)) return Refusal.of(error.code, error.message, error.field);
    throw error;
  }
};

/** A mutation whose result is `resultOf(...)`: expected errors of the service become refusals. */
export const Change =
  (returns: () => object, description: string, ...roles: [Role, ...Role[]]): MethodDecorator =>
  (target: object, key: string | symbol, descriptor: PropertyDescriptor) => {
    Mutation(returns as never, { description })(target, key, descriptor);
    Allow(...roles)(target, key, descriptor);
    UseMiddleware(answerRefusals)(target, key, descriptor as never);
  };

import { v7 } from 'uuid';

/** Time-ordered uuid: good for primary keys, unique over processes. */
export const newId = (): string => v7();

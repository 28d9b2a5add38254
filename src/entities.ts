import type { EntitySchema } from 'typeorm';

/** Every configuration entity of TypeORM; hot tables are read and written with named SQL instead. */
export const entities: (new () => object)[] | EntitySchema[] = [];

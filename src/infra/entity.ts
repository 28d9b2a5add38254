import { EntitySchema, type EntitySchemaColumnOptions } from 'typeorm';

/** What every configuration record of an organisation has. */
export interface TenantRow {
  id: string;
  organisationId: string;
  createdAt: Date;
  version: number;
}

type Columns<E> = { [K in keyof E]: EntitySchemaColumnOptions };

export const column = {
  uuid: { type: 'uuid' },
  text: { type: 'text' },
  integer: { type: 'integer' },
  numeric: { type: 'numeric' },
  boolean: { type: 'boolean' },
  time: { type: 'timestamptz' },
  json: { type: 'jsonb' },
  jsonPath: { type: 'jsonpath' },
  texts: { type: 'text', array: true },
  uuids: { type: 'uuid', array: true },
  bytes: { type: 'bytea' },
} as const satisfies Record<string, EntitySchemaColumnOptions>;

export const nullable = (options: EntitySchemaColumnOptions): EntitySchemaColumnOptions => ({
  ...options,
  nullable: true,
});

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** An entity over a table of the migrations, columns in snake case; the schema itself is never made from it. */
export const tableEntity = <E>(name: string, table: string, columns: Columns<E>): EntitySchema<E> =>
  new EntitySchema<E>({
    name,
    tableName: table,
    columns: Object.fromEntries(
      Object.entries<EntitySchemaColumnOptions>(columns).map(([key, options]) => [
        key,
        { name: snake(key), ...options, ...(key === 'id' ? { primary: true } : {}) },
      ]),
    ) as never,
  });

export const tenantEntity = <E extends TenantRow>(
  name: string,
  table: string,
  columns: Columns<Omit<E, keyof TenantRow>>,
): EntitySchema<E> =>
  tableEntity<E>(name, table, {
    id: column.uuid,
    organisationId: column.uuid,
    ...columns,
    createdAt: column.time,
    version: column.integer,
  } as unknown as Columns<E>);

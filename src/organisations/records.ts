import {
  type DataSource,
  type EntityManager,
  type EntitySchema,
  type FindOptionsWhere,
  MoreThan,
  QueryFailedError,
} from 'typeorm';
import type { z } from 'zod';
import { notFound, OutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import type { TenantRow } from '../infra/entity';
import { newId } from '../infra/ids';
import { type Page, type PageRequest, pageOf } from '../infra/page';
import { parse } from '../infra/validate';
import { audit } from './audit';
import type { Caller } from './caller';
import { takeKey } from './idempotency';

export interface RecordDeps {
  database: DataSource;
  clock: Clock;
}

/** What a check sees: it runs in the transaction of the change, after the row's own fields were validated. */
export interface Checking<E> {
  manager: EntityManager;
  caller: Caller;
  /** Absent when the record is made. */
  before?: E;
}

export interface RecordDefinition<E extends TenantRow, C extends z.ZodType, U extends z.ZodType> {
  entity: EntitySchema<E>;
  /** As messages and the audit name it, e.g. `team`. */
  label: string;
  create: C;
  /** Has `id` and `version`. */
  update: U;
  /** The row's fields from the input; by default they are the input's own. */
  fields?(input: z.output<C> | z.output<U>, before: E | undefined, now: Date): Partial<E> | Promise<Partial<E>>;
  /** Refuses what the fields alone cannot tell: references, uses, states. */
  check?(row: E, checking: Checking<E>): Promise<void>;
  /** Told after the commit, e.g. to make a dialer read again. */
  changed?(caller: Caller, row: E, before: E | undefined): Promise<void>;
}

export interface Records<E extends TenantRow> {
  get(caller: Caller, id: string): Promise<E>;
  find(caller: Caller, id: string): Promise<E | null>;
  list(caller: Caller, page: PageRequest, where?: FindOptionsWhere<E>): Promise<Page<E>>;
  create(caller: Caller, input: unknown): Promise<E>;
  update(caller: Caller, input: unknown): Promise<E>;
  /** A change that is no edit of fields (revoke, disable …); nothing is written when `apply` gives null. */
  act(caller: Caller, id: string, action: string, apply: (row: E, now: Date) => Partial<E> | null): Promise<E>;
}

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
export const isId = (value: string): boolean => UUID.test(value);

/** A name that is taken, said by the unique index: the only check that two requests at once cannot pass. */
const wordConflict = (error: unknown, label: string): unknown => {
  if (!(error instanceof QueryFailedError)) return error;
  const { code, detail } = error.driverError as { code?: string; detail?: string };
  if (code !== '23505') return error;
  const columns = /^Key \(([^)]*)\)/.exec(detail ?? '')?.[1] ?? '';
  const field = columns.replace(/organisation_id,?\s*/, '').replace(/lower\(|\)|::text/g, '') || 'name';
  return new OutdialError('CONFLICT', `another ${label} has this ${field} already`, field.split(',')[0]);
};

const meta = new Set(['idempotencyKey', 'id', 'version']);

const plainFields = <E>(input: object): Partial<E> =>
  Object.fromEntries(
    Object.entries(input).filter(([key, value]) => !meta.has(key) && value !== undefined),
  ) as Partial<E>;

/**
 * Create, update, read and list of one kind of configuration record: validation, tenant, idempotency key, version,
 * references and audit, all in one transaction.
 */
export const createRecords = <E extends TenantRow, C extends z.ZodType, U extends z.ZodType>(
  { database, clock }: RecordDeps,
  definition: RecordDefinition<E, C, U>,
): Records<E> => {
  const { entity, label } = definition;
  const fieldsOf = definition.fields ?? ((input: unknown) => plainFields<E>(input as object));
  const own = (caller: Caller, id: string) =>
    ({ id, organisationId: caller.organisationId }) as unknown as FindOptionsWhere<E>;

  const find = async (caller: Caller, id: string): Promise<E | null> =>
    isId(id) ? database.manager.findOne(entity, { where: own(caller, id) }) : null;

  /** Locks the row, so that two changes at once see each other. */
  const alter = async (
    caller: Caller,
    id: string,
    action: string,
    apply: (before: E, now: Date) => Partial<E> | null | Promise<Partial<E> | null>,
  ): Promise<E> => {
    const at = clock.date();
    const done = await database
      .transaction(async (manager) => {
        if (!isId(id)) throw notFound(label, id);
        const before = await manager.findOne(entity, { where: own(caller, id), lock: { mode: 'pessimistic_write' } });
        if (!before) throw notFound(label, id);
        const changes = await apply(before, at);
        if (!changes) return { before, row: before };
        const row = { ...before, ...changes, version: before.version + 1 };
        await definition.check?.(row, { manager, caller, before });
        await manager.update(entity, own(caller, id), { ...changes, version: row.version } as never);
        await audit(manager, caller, at, { action, entity: label, entityId: id, before, after: row });
        return { before, row };
      })
      .catch((error) => {
        throw wordConflict(error, label);
      });
    if (done.row !== done.before) await definition.changed?.(caller, done.row, done.before);
    return done.row;
  };

  return {
    find,

    async get(caller, id) {
      const row = await find(caller, id);
      if (!row) throw notFound(label, id);
      return row;
    },

    async list(caller, { first, after }, where) {
      const rows = await database.manager.find(entity, {
        where: {
          ...where,
          organisationId: caller.organisationId,
          ...(after && isId(after) ? { id: MoreThan(after) } : {}),
        } as FindOptionsWhere<E>,
        order: { id: 'ASC' } as never,
        take: first + 1,
      });
      return pageOf(rows, first);
    },

    async create(caller, input) {
      const given = parse(definition.create, input) as z.output<C> & { idempotencyKey?: string };
      const at = clock.date();
      const id = newId();
      const once = { key: given.idempotencyKey, mutation: `create ${label}`, request: given, entityId: id, at };
      const made = await database
        .transaction(async (manager) => {
          const known = await takeKey(manager, caller, once);
          if (known) return { row: await manager.findOneOrFail(entity, { where: own(caller, known) }), fresh: false };
          const row = {
            ...(await fieldsOf(given, undefined, at)),
            id,
            organisationId: caller.organisationId,
            createdAt: at,
            version: 1,
          } as E;
          await definition.check?.(row, { manager, caller });
          await manager.insert(entity, row as never);
          await audit(manager, caller, at, { action: 'create', entity: label, entityId: id, after: row });
          return { row, fresh: true };
        })
        .catch((error) => {
          throw wordConflict(error, label);
        });
      if (made.fresh) await definition.changed?.(caller, made.row, undefined);
      return made.row;
    },

    async update(caller, input) {
      const given = parse(definition.update, input) as z.output<U> & { id: string; version: number };
      return alter(caller, given.id, 'update', (before, now) => {
        if (before.version !== given.version) {
          throw new OutdialError(
            'VERSION_CONFLICT',
            `version ${given.version} is not the newest: the ${label} has version ${before.version}; read it again`,
            'version',
          );
        }
        return fieldsOf(given, before, now);
      });
    },

    act: alter,
  };
};

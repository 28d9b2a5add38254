import { createHash } from 'node:crypto';
import { z } from 'zod';
import { OutdialError } from '../errors';
import type { Statement } from './audit';
import type { Caller } from './caller';

export const idempotencyKey = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .optional()
  .describe('The same key with the same request gives the same answer and happens once. Pick a new uuid per action.');

/** Keys sorted at every level: two spellings of one request are one request. Secrets do not enter the hash. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => inner !== undefined && key !== 'password' && key !== 'idempotencyKey')
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, inner]) => [key, canonical(inner)]),
  );
};

const hashOf = (request: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(request)))
    .digest('hex');

const TAKE = `/* idempotency.take */
INSERT INTO idempotent_result (organisation_id, key, mutation, request_hash, entity_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organisation_id, key) DO NOTHING RETURNING key`;

const READ = `/* idempotency.read */
SELECT mutation, request_hash AS hash, entity_id AS "entityId" FROM idempotent_result
WHERE organisation_id = $1 AND key = $2`;

export interface Once {
  key: string | undefined;
  mutation: string;
  request: unknown;
  /** Of the entity that is about to be made. */
  entityId: string;
  at: Date;
}

/**
 * Takes the key inside the transaction of the change: a second request with it waits for the first to commit. Returns the
 * id of the entity that the key stands for when it was made before, else null.
 */
export const takeKey = async (
  sql: Statement,
  caller: Caller,
  { key, mutation, request, entityId, at }: Once,
): Promise<string | null> => {
  if (!key) return null;
  const hash = hashOf(request);
  const taken = (await sql.query(TAKE, [caller.organisationId, key, mutation, hash, entityId, at])) as Returned;
  if (rowsOf(taken).length > 0) return null;
  const [row] = rowsOf((await sql.query(READ, [caller.organisationId, key])) as Returned);
  if (row?.mutation === mutation && row.hash === hash) return String(row.entityId);
  throw new OutdialError('CONFLICT', 'idempotencyKey was already used for another request', 'idempotencyKey');
};

type Row = Record<string, unknown>;
/** `pg` answers with a result, TypeORM's manager with the rows. */
type Returned = Row[] | { rows: Row[] };
const rowsOf = (returned: Returned): Row[] => (Array.isArray(returned) ? returned : returned.rows);

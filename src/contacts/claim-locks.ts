import type { Sql } from '../infra/postgres';
import { withArrays } from '../infra/sql-array';
import type { Statement } from '../organisations/audit';

/**
 * How a claim and an edit of the same moment see each other, and how two claims never call one number or count one person at
 * once. Locks on numbers and persons are held in PostgreSQL's memory until the commit: nothing is written for them. Two names
 * of which the 64-bit hashes are equal share a lock, which makes one of them wait and no more.
 */

// Sorted by the key: two that wait for the same numbers never wait for each other.
const WAIT = `/* lock.wait */
SELECT pg_advisory_xact_lock(key) FROM (
  SELECT DISTINCT hashtextextended($1 || name, 0) AS key FROM unnest($2::text[]) AS u(name) ORDER BY key OFFSET 0) k`;
const TRY = `/* lock.try */
SELECT name FROM unnest($2::text[]) AS u(name) WHERE NOT pg_try_advisory_xact_lock(hashtextextended($1 || name, 0))`;
const LOCK_OUT = `/* lock.claims-out */ SELECT 1 FROM organisation WHERE id = $1 FOR NO KEY UPDATE`;

export type Locked = 'NUMBER' | 'PERSON';

const prefix = (kind: Locked, organisationId: string): string => `${kind}:${organisationId}:`;

/** An edit of these numbers waits for a claim that has them; a claim that comes after it reads what it has written. */
export const lockNumbers = async (sql: Sql, organisationId: string, numbers: readonly string[]): Promise<void> => {
  await sql.query({ name: 'lock.wait', text: WAIT, values: [prefix('NUMBER', organisationId), numbers] });
};

/** In a claim: those of these numbers or persons that nobody else holds, held from now on. Waits for nobody. */
export const tryLocks = async (
  sql: Sql,
  organisationId: string,
  kind: Locked,
  names: readonly string[],
): Promise<Set<string>> => {
  if (names.length === 0) return new Set();
  const { rows } = await sql.query<{ name: string }>({
    name: 'lock.try',
    text: TRY,
    values: withArrays([prefix(kind, organisationId), names]),
  });
  const held = new Set(names);
  for (const { name } of rows) held.delete(name);
  return held;
};

/**
 * For edits about more people than can be locked one by one: prefixes, customers' ids, registries, choices of lists. Every
 * claim of the organisation holds this row shared, so the edit waits for those in flight and those after it see it. It comes
 * before any lock that a claim takes, and the transaction must be short: no line is dialled meanwhile.
 */
export const lockClaimsOut = async (sql: Statement, organisationId: string): Promise<void> => {
  await sql.query(LOCK_OUT, [organisationId]);
};

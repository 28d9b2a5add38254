import type { Sql } from '../../infra/postgres';

const MAKE = `/* dnc.lock */
INSERT INTO phone_number (organisation_id, number) SELECT $1, number FROM unnest($2::text[]) AS n(number) ORDER BY number
ON CONFLICT (organisation_id, number) DO NOTHING`;
const LOCK = `/* dnc.locked */
SELECT 1 FROM phone_number WHERE organisation_id = $1 AND number = ANY($2::text[]) ORDER BY number FOR UPDATE`;
const LOCK_OUT = `/* dnc.lockClaimsOut */ SELECT 1 FROM organisation WHERE id = $1 FOR NO KEY UPDATE`;

/**
 * The rows by which a claim of the same moment and an edit of these numbers see each other. The edit waits for a claim that
 * has them, a claim that comes after it reads what it has written.
 */
export const lockNumbers = async (sql: Sql, organisationId: string, numbers: readonly string[]): Promise<void> => {
  const values = [organisationId, numbers];
  await sql.query(MAKE, values);
  await sql.query(LOCK, values);
};

/**
 * For edits about more people than can be locked one by one: prefixes, customers' ids, registries, choices of lists. Every
 * claim of the organisation holds this row shared, so the edit waits for those in flight and those after it see it. It comes
 * before any other lock, and the transaction must be short: no line is dialled meanwhile.
 */
export const lockClaimsOut = async (sql: Sql, organisationId: string): Promise<void> => {
  await sql.query(LOCK_OUT, [organisationId]);
};

import type { Sql } from '../../../infra/postgres';
import { type Locking, lockable } from './locking';

const ENSURE = `/* claim.ensure-numbers */
INSERT INTO phone_number (organisation_id, number)
SELECT $1, number FROM unnest($2::text[]) AS u(number) ORDER BY number
ON CONFLICT DO NOTHING`;

const READ = lockable(
  'numbers',
  `SELECT number, attempt_in_flight IS NOT NULL AS "inFlight", abandoned_at AS "abandonedAt"
FROM phone_number WHERE organisation_id = $1 AND number = ANY($2::text[])
ORDER BY number`,
  'FOR UPDATE SKIP LOCKED',
);

export interface NumberFacts {
  inFlight: boolean;
  abandonedAt: Date | null;
}

const UNKNOWN: NumberFacts = { inFlight: false, abandonedAt: null };

/** In a claim: of the numbers whose rows are held now. Those that somebody else holds are missing. */
export const readNumbers = async (
  sql: Sql,
  organisationId: string,
  numbers: readonly string[],
  locking: Locking,
): Promise<Map<string, NumberFacts>> => {
  const values = [organisationId, numbers];
  if (locking === 'CLAIM') await sql.query({ name: 'claim.ensure-numbers', text: ENSURE, values });
  const { rows } = await sql.query<NumberFacts & { number: string }>({ ...READ(locking), values });
  // A number that was never dialled has no row yet: to look must not make one.
  const found = new Map(locking === 'LOOK' ? numbers.map((number) => [number, UNKNOWN]) : []);
  for (const row of rows) found.set(row.number, row);
  return found;
};

import { tryLocks } from '../../../contacts/claim-locks';
import { type Sql, together } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';
import type { Locking } from './locking';

const IN_FLIGHT = `/* claim.in-flight */
SELECT number FROM call_attempt WHERE organisation_id = $1 AND number = ANY($2::text[]) AND outcome IS NULL`;

const ABANDONED = `/* claim.abandoned */
SELECT number, abandoned_at AS "abandonedAt" FROM phone_number
WHERE organisation_id = $1 AND number = ANY($2::text[]) AND abandoned_at IS NOT NULL`;

export interface NumberFacts {
  inFlight: boolean;
  abandonedAt: Date | null;
}

/**
 * In a claim: of the numbers that are held now. Those that somebody else holds are missing.
 *
 * Each statement sees what was committed before it began. Behind the locks, whoever held a number before us has committed. A
 * call's end and its number's rest are written together and without the number's lock: the rest is read after the calls, so
 * that whose call has ended is never found without the rest that began with it.
 */
export const readNumbers = async (
  sql: Sql,
  organisationId: string,
  numbers: readonly string[],
  locking: Locking,
): Promise<Map<string, NumberFacts>> => {
  const values = withArrays([organisationId, numbers]);
  const [held, calls, abandoned] = await together(
    sql,
    async () => (locking === 'CLAIM' ? tryLocks(sql, organisationId, 'NUMBER', numbers) : numbers),
    () => sql.query<{ number: string }>({ name: 'claim.in-flight', text: IN_FLIGHT, values }),
    () => sql.query<{ number: string; abandonedAt: Date }>({ name: 'claim.abandoned', text: ABANDONED, values }),
  );
  const inFlight = new Set(calls.rows.map(({ number }) => number));
  const resting = new Map(abandoned.rows.map(({ number, abandonedAt }) => [number, abandonedAt]));
  return new Map(
    [...held].map((number) => [number, { inFlight: inFlight.has(number), abandonedAt: resting.get(number) ?? null }]),
  );
};

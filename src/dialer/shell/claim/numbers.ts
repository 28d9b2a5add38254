import { type Sql, together } from '../../../infra/postgres';
import { type Locking, lockable } from './locking';

const ENSURE = `/* claim.ensure-numbers */
INSERT INTO phone_number (organisation_id, number)
SELECT $1, number FROM unnest($2::text[]) AS u(number) ORDER BY number
ON CONFLICT DO NOTHING`;

const READ = lockable(
  'numbers',
  `SELECT number, abandoned_at AS "abandonedAt"
FROM phone_number WHERE organisation_id = $1 AND number = ANY($2::text[])
ORDER BY number`,
  'FOR UPDATE SKIP LOCKED',
);

// A statement of its own: what the holders before us wrote is seen only by one that begins after the rows are held.
const IN_FLIGHT = `/* claim.in-flight */
SELECT number FROM call_attempt WHERE organisation_id = $1 AND number = ANY($2::text[]) AND outcome IS NULL`;

export interface NumberFacts {
  inFlight: boolean;
  abandonedAt: Date | null;
}

/** In a claim: of the numbers whose rows are held now. Those that somebody else holds are missing. */
export const readNumbers = async (
  sql: Sql,
  organisationId: string,
  numbers: readonly string[],
  locking: Locking,
): Promise<Map<string, NumberFacts>> => {
  const values = [organisationId, numbers];
  const [, { rows }, calls] = await together(
    sql,
    async () => locking === 'CLAIM' && sql.query({ name: 'claim.ensure-numbers', text: ENSURE, values }),
    () => sql.query<{ number: string; abandonedAt: Date | null }>({ ...READ(locking), values }),
    () => sql.query<{ number: string }>({ name: 'claim.in-flight', text: IN_FLIGHT, values }),
  );
  const found = new Map(rows.map(({ number, abandonedAt }) => [number, abandonedAt]));
  const inFlight = new Set(calls.rows.map(({ number }) => number));
  // A number that was never dialled has no row yet: to look must not make one.
  const known = locking === 'LOOK' ? numbers : [...found.keys()];
  return new Map(
    known.map((number) => [number, { inFlight: inFlight.has(number), abandonedAt: found.get(number) ?? null }]),
  );
};

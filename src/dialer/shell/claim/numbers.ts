import { tryLocks } from '../../../contacts/claim-locks';
import { type Sql, together } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';
import type { Locking } from './locking';
import { ATTEMPT_COLUMNS, type AttemptRow } from './past-attempts';

const READ = `/* claim.numbers */
SELECT ${ATTEMPT_COLUMNS}, NULL::timestamptz AS "abandonedAt" FROM call_attempt a
WHERE a.organisation_id = $1 AND a.number = ANY($2::text[]) AND a.outcome IS NULL
UNION ALL
SELECT NULL, number, NULL, NULL, NULL, NULL, abandoned_at FROM phone_number
WHERE organisation_id = $1 AND number = ANY($2::text[]) AND abandoned_at IS NOT NULL`;

type Row = (AttemptRow & { abandonedAt: null }) | { id: null; number: string; abandonedAt: Date };

export interface NumberFacts {
  /** The attempt to it that is in flight. */
  readonly open: AttemptRow | null;
  readonly abandonedAt: Date | null;
}

const FREE: NumberFacts = { open: null, abandonedAt: null };

/**
 * In a claim: of the numbers that are held now. Those that somebody else holds are missing.
 *
 * A statement sees what was committed before it began. Behind the locks, whoever held a number before us has committed. A
 * call's end and its number's rest are written together and without the number's lock: read together, a call that has ended
 * is never found without the rest that began with it.
 */
export const readNumbers = async (
  sql: Sql,
  organisationId: string,
  numbers: readonly string[],
  locking: Locking,
): Promise<Map<string, NumberFacts>> => {
  const [held, { rows }] = await together(
    sql,
    async () => (locking === 'CLAIM' ? tryLocks(sql, organisationId, 'NUMBER', numbers) : numbers),
    () => sql.query<Row>({ name: 'claim.numbers', text: READ, values: withArrays([organisationId, numbers]) }),
  );
  const facts = new Map<string, NumberFacts>();
  for (const number of held) facts.set(number, FREE);
  for (const row of rows) {
    const before = facts.get(row.number);
    if (!before) continue;
    facts.set(row.number, row.id === null ? { ...before, abandonedAt: row.abandonedAt } : { ...before, open: row });
  }
  return facts;
};

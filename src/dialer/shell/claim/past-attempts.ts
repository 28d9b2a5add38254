import type { PastAttempt } from '../../../compliance/gates';
import type { Sql } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';

const COLUMNS = `a.id, a.number, a.person, a.subject, a.campaign_id AS "campaignId",
    coalesce(a.placed_at, a.not_after) AS at`;

// One that was never placed does not count. LATERAL … OFFSET 0 keeps it a probe of the index for each key.
const READ = `/* claim.past-attempts */
SELECT f.* FROM unnest($2::text[], $3::timestamptz[]) AS u(number, since)
CROSS JOIN LATERAL (
  SELECT ${COLUMNS} FROM call_attempt a
  WHERE a.organisation_id = $1 AND a.number = u.number AND a.claimed_at > u.since
    AND a.outcome IS DISTINCT FROM 'NOT_PLACED'
  OFFSET 0) f
UNION ALL
SELECT f.* FROM unnest($4::text[], $5::timestamptz[]) AS u(person, since)
CROSS JOIN LATERAL (
  SELECT ${COLUMNS} FROM call_attempt a
  WHERE a.organisation_id = $1 AND a.person = u.person AND a.claimed_at > u.since
    AND a.outcome IS DISTINCT FROM 'NOT_PLACED'
  OFFSET 0) f`;

/** Attempts by whom they were to, with those that the batch itself adds. */
export class PastAttempts {
  private readonly byNumber = new Map<string, Set<PastAttempt>>();
  private readonly byPerson = new Map<string, Set<PastAttempt>>();

  add(attempt: PastAttempt): void {
    put(this.byNumber, attempt.number, attempt);
    if (attempt.person !== null) put(this.byPerson, attempt.person, attempt);
  }

  /** Those to the number and those to the person, none twice. */
  of(number: string, person: string | null): PastAttempt[] {
    const ofPerson = person === null ? undefined : this.byPerson.get(person);
    return [...new Set([...(this.byNumber.get(number) ?? []), ...(ofPerson ?? [])])];
  }
}

const put = (map: Map<string, Set<PastAttempt>>, key: string, attempt: PastAttempt): void => {
  const known = map.get(key);
  if (known) known.add(attempt);
  else map.set(key, new Set([attempt]));
};

/** By number or person: since when their attempts are asked for. */
export type Since = ReadonlyMap<string, number>;

// A claim is at most this much older than the moment at which its attempt was placed, with clocks that differ a little.
const SLACK_MS = 60_000;

const dates = (since: Since): Date[] => [...since.values()].map((at) => new Date(at - SLACK_MS));

export const readPastAttempts = async (
  sql: Sql,
  organisationId: string,
  numbers: Since,
  persons: Since,
): Promise<PastAttempts> => {
  const found = new PastAttempts();
  if (numbers.size + persons.size === 0) return found;
  const { rows } = await sql.query<Omit<PastAttempt, 'at'> & { id: string; at: Date }>({
    name: 'claim.past-attempts',
    text: READ,
    values: withArrays([organisationId, [...numbers.keys()], dates(numbers), [...persons.keys()], dates(persons)]),
  });
  for (const { id, at, ...rest } of new Map(rows.map((row) => [row.id, row])).values()) {
    found.add({ ...rest, at: at.getTime() });
  }
  return found;
};

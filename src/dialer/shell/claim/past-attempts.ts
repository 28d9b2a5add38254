import type { PastAttempt } from '../../../compliance/gates';
import type { Sql } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';

export const ATTEMPT_COLUMNS = `a.id, a.number, a.person, a.subject, a.campaign_id AS "campaignId",
    (extract(epoch FROM coalesce(a.placed_at, a.not_after)) * 1000)::bigint AS at`;

/** As it is read: its columns. */
export type AttemptRow = PastAttempt & { id: string };

// One that was never placed does not count. LATERAL … OFFSET 0 keeps it a probe of the index for each key. Those in flight
// stand in indexes of their own; to the numbers they are known already. Of a person who has one number here, those to it are
// among the number's.
const READ = `/* claim.past-attempts */
SELECT f.* FROM unnest($2::text[], $3::integer[]) AS u(number, reach)
CROSS JOIN LATERAL (
  SELECT ${ATTEMPT_COLUMNS} FROM call_attempt a
  WHERE a.organisation_id = $1 AND a.number = u.number AND a.claimed_at > ($7::timestamptz[])[u.reach]
    AND a.outcome <> 'NOT_PLACED'
  OFFSET 0) f
UNION ALL
SELECT f.* FROM unnest($4::text[], $5::integer[], $6::text[]) AS u(person, reach, only_number)
CROSS JOIN LATERAL (
  SELECT ${ATTEMPT_COLUMNS} FROM call_attempt a
  WHERE a.organisation_id = $1 AND a.person = u.person AND a.claimed_at > ($7::timestamptz[])[u.reach]
    AND a.outcome <> 'NOT_PLACED' AND a.number IS DISTINCT FROM u.only_number
  OFFSET 0) f
UNION ALL
SELECT ${ATTEMPT_COLUMNS} FROM call_attempt a
WHERE a.organisation_id = $1 AND a.person = ANY($4) AND a.outcome IS NULL`;

const NONE: readonly PastAttempt[] = [];

/** Attempts by whom they were to, with those that the claim itself adds. */
export class PastAttempts {
  private readonly ids = new Set<string>();
  private readonly byNumber = new Map<string, PastAttempt[]>();
  private readonly byPerson = new Map<string, PastAttempt[]>();

  /** Once, however often it is found. */
  add(attempt: AttemptRow): void {
    if (this.ids.has(attempt.id)) return;
    this.ids.add(attempt.id);
    put(this.byNumber, attempt.number, attempt);
    if (attempt.person !== null) put(this.byPerson, attempt.person, attempt);
  }

  /** Those to the number and those to the person, none twice. */
  of(number: string, person: string | null): readonly PastAttempt[] {
    const ofNumber = this.byNumber.get(number) ?? NONE;
    const ofPerson = (person === null ? undefined : this.byPerson.get(person)) ?? NONE;
    if (ofPerson.length === 0) return ofNumber;
    return [...new Set([...ofNumber, ...ofPerson])];
  }
}

const put = (map: Map<string, PastAttempt[]>, key: string, attempt: PastAttempt): void => {
  const known = map.get(key);
  if (known) known.push(attempt);
  else map.set(key, [attempt]);
};

/** Of whom attempts are asked for, and since when. */
export interface Since {
  numbers: ReadonlyMap<string, number>;
  /** With the number of a person who has one in the batch: it is asked about no shorter a time than the person. */
  persons: ReadonlyMap<string, { since: number; onlyNumber: string | null }>;
}

// A claim is at most this much older than the moment at which its attempt was placed, with clocks that differ a little.
const SLACK_MS = 60_000;

/** Added to those that are known. */
export const readPastAttempts = async (
  sql: Sql,
  organisationId: string,
  { numbers, persons }: Since,
  known: PastAttempts,
): Promise<void> => {
  if (numbers.size === 0 && persons.size === 0) return;
  const asked = [...persons.values()];
  // Few, as laws are.
  const moments = [...new Set([...numbers.values(), ...asked.map(({ since }) => since)])];
  const places = new Map(moments.map((at, index) => [at, index + 1]));
  const values = [
    organisationId,
    [...numbers.keys()],
    Array.from(numbers.values(), (since) => places.get(since)),
    [...persons.keys()],
    asked.map(({ since }) => places.get(since)),
    asked.map(({ onlyNumber }) => onlyNumber),
    moments.map((at) => new Date(at - SLACK_MS)),
  ];
  const { rows } = await sql.query<AttemptRow>({
    name: 'claim.past-attempts',
    text: READ,
    values: withArrays(values),
  });
  for (const attempt of rows) known.add(attempt);
};

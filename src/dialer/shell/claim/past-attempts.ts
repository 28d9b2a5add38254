import type { PastAttempt } from '../../../compliance/gates';
import type { Sql } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';

export const ATTEMPT_COLUMNS = `a.id, a.number, a.person, a.subject, a.campaign_id AS "campaignId",
    (date_part('epoch', coalesce(a.placed_at, a.not_after)) * 1000)::bigint AS at`;

/** As it is read: its columns. */
export type AttemptRow = PastAttempt & { id: string };

// One that was never placed does not count. Those in flight stand in indexes of their own; to the numbers they are known already.
// Attempts of the persons to these numbers are among the numbers'.
const READ = `/* claim.past-attempts */
SELECT ${ATTEMPT_COLUMNS} FROM call_attempt a
WHERE a.organisation_id = $1 AND a.number = ANY($2::text[]) AND a.claimed_at > $4 AND a.outcome <> 'NOT_PLACED'
UNION ALL
SELECT ${ATTEMPT_COLUMNS} FROM call_attempt a
WHERE a.organisation_id = $1 AND a.person = ANY($3::text[]) AND a.claimed_at > $4 AND a.outcome <> 'NOT_PLACED'
  AND a.number NOT IN (SELECT unnest($2))
UNION ALL
SELECT ${ATTEMPT_COLUMNS} FROM call_attempt a
WHERE a.organisation_id = $1 AND a.person = ANY($3) AND a.outcome IS NULL`;

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

/** Of whom attempts are asked for, and since when: as far back as the one of them who is asked about longest. */
export interface Reach {
  numbers: readonly string[];
  persons: readonly string[];
  since: number;
}

// A claim is at most this much older than the moment at which its attempt was placed, with clocks that differ a little.
const SLACK_MS = 60_000;

/** Added to those that are known. */
export const readPastAttempts = async (
  sql: Sql,
  organisationId: string,
  { numbers, persons, since }: Reach,
  known: PastAttempts,
): Promise<void> => {
  if (numbers.length === 0 && persons.length === 0) return;
  const { rows } = await sql.query<AttemptRow>({
    name: 'claim.past-attempts',
    text: READ,
    values: withArrays([organisationId, numbers, persons, new Date(since - SLACK_MS)]),
  });
  for (const attempt of rows) known.add(attempt);
};

import { type Sql, together } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';
import type { Verdict, Verdicts } from './verdicts';

// Words that many attempts of a claim share are sent once for each kind of attempt ($15 to $24): most claims have a few kinds.
// Standings are written where they were read and locked, without looking for them a second time.
const WRITE = `/* claim.attempts */
WITH g AS MATERIALIZED (
  SELECT * FROM unnest($6::uuid[], $7::tid[], $8::integer[], $9::bigint[], $10::text[], $11::text[], $12::integer[], $13::uuid[],
    $14::integer[]) AS u(id, tid, kind, contact_id, number, person, attempt_no, agent_id, ivr_port)),
attempts AS (
  INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone,
    caller_id, attempt_no, agent_id, ivr_port, covered, claimed_at, not_after, verdict_id, person, subject, law, guard_scopes,
    at_risk)
  SELECT id, $1, ($15::uuid[])[kind], ($16::uuid[])[kind], contact_id, $2, $3, number, ($17::text[])[kind], ($18::text[])[kind],
    ($19::text[])[kind], attempt_no, agent_id, ivr_port, agent_id IS NOT NULL OR ivr_port IS NOT NULL, $4, $5,
    ($20::uuid[])[kind], person, ($21::text[])[kind], ($22::text[])[kind], string_to_array(($23::text[])[kind], ' '),
    ($24::boolean[])[kind]
  FROM g)
UPDATE campaign_contact cc SET state = 'IN_FLIGHT', last_attempt_id = g.id, version = cc.version + 1
FROM g
WHERE cc.ctid = g.tid AND cc.campaign_id = ($15::uuid[])[g.kind] AND cc.contact_id = g.contact_id`;

export interface AttemptToWrite {
  id: string;
  /** Where the row of the contact's standing lies. */
  tid: string;
  campaignId: string;
  listId: string;
  contactId: number;
  number: string;
  mode: string;
  zone: string;
  callerId: string;
  attemptNo: number;
  /** Whom it is pledged to: an agent, a port, or neither. */
  agentId: string | null;
  port: number | null;
  verdict: Verdict;
  person: string | null;
  subject: string;
  law: string;
  /** Rules of the guard scopes in which it counts. */
  guardScopes: string[];
  /** No agent stands behind it: a guard scope reserves for it. */
  atRisk: boolean;
}

/** For each attempt the number of its kind, from 1, and one attempt of each kind. */
const kindsOf = (attempts: readonly AttemptToWrite[]): { kinds: AttemptToWrite[]; kindOf: number[] } => {
  const kinds: AttemptToWrite[] = [];
  const known = new Map<string, number>();
  const kindOf = attempts.map((attempt) => {
    const { campaignId, listId, mode, zone, callerId, verdict, subject, law, guardScopes, atRisk } = attempt;
    // PostgreSQL's texts have no NUL in them.
    const words = [campaignId, listId, mode, zone, callerId, verdict.id, subject, law, ...guardScopes, atRisk].join(
      '\0',
    );
    let kind = known.get(words);
    if (kind === undefined) {
      kind = kinds.push(attempt);
      known.set(words, kind);
    }
    return kind;
  });
  return { kinds, kindOf };
};

const writeRows = async (
  sql: Sql,
  of: { organisationId: string; dialerId: string; epoch: number },
  attempts: readonly AttemptToWrite[],
  times: { claimedAt: Date; notAfter: Date },
): Promise<void> => {
  const { kinds, kindOf } = kindsOf(attempts);
  const { rowCount } = await sql.query({
    name: 'claim.attempts',
    text: WRITE,
    values: withArrays([
      of.organisationId,
      of.dialerId,
      of.epoch,
      times.claimedAt,
      times.notAfter,
      attempts.map((attempt) => attempt.id),
      attempts.map((attempt) => attempt.tid),
      kindOf,
      attempts.map((attempt) => attempt.contactId),
      attempts.map((attempt) => attempt.number),
      attempts.map((attempt) => attempt.person),
      attempts.map((attempt) => attempt.attemptNo),
      attempts.map((attempt) => attempt.agentId),
      attempts.map((attempt) => attempt.port),
      kinds.map((kind) => kind.campaignId),
      kinds.map((kind) => kind.listId),
      kinds.map((kind) => kind.mode),
      kinds.map((kind) => kind.zone),
      kinds.map((kind) => kind.callerId),
      kinds.map((kind) => kind.verdict.id),
      kinds.map((kind) => kind.subject),
      kinds.map((kind) => kind.law),
      // Rules have no spaces in them; of an empty text comes an empty array.
      kinds.map((kind) => kind.guardScopes.join(' ')),
      kinds.map((kind) => kind.atRisk),
    ]),
  });
  // A contact of which the row is not where it was read would be called a second time: rather none is called.
  if (rowCount !== attempts.length) throw new Error(`claim: ${rowCount} of ${attempts.length} standings were in place`);
};

/** With the words of their verdicts, where these are not written yet; answers with what to call after the commit. */
export const writeAttempts = async (
  sql: Sql,
  of: { organisationId: string; dialerId: string; epoch: number },
  attempts: readonly AttemptToWrite[],
  times: { claimedAt: Date; notAfter: Date },
  verdicts: Verdicts,
): Promise<() => void> => {
  if (attempts.length === 0) return () => undefined;
  const [keep] = await together(
    sql,
    () => verdicts.write(sql, of.organisationId, attempts, times.claimedAt),
    () => writeRows(sql, of, attempts, times),
  );
  return keep;
};

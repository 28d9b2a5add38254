import { type Sql, together } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';
import type { Verdict, Verdicts } from './verdicts';

const WRITE = `/* claim.attempts */
INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone,
  caller_id, attempt_no, agent_id, ivr_port, covered, claimed_at, not_after, verdict_id, person, subject, law, guard_scopes,
  at_risk)
SELECT id, $1, campaign_id, list_id, contact_id, $2, $3, number, mode, zone, caller_id, attempt_no, agent_id,
  ivr_port, agent_id IS NOT NULL OR ivr_port IS NOT NULL, $18, $19, verdict_id, person, subject, law,
  string_to_array(guard_scopes, ' '), at_risk
FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[],
  $12::integer[], $13::uuid[], $14::uuid[], $15::text[], $16::text[], $17::text[], $20::integer[], $21::text[], $22::boolean[])
AS g(id, campaign_id, list_id, contact_id, number, mode, zone, caller_id, attempt_no, agent_id, verdict_id, person, subject,
  law, ivr_port, guard_scopes, at_risk)`;

// Where they were read and locked, without looking for them a second time.
const IN_FLIGHT = `/* claim.in-flight */
UPDATE campaign_contact cc SET state = 'IN_FLIGHT', last_attempt_id = g.attempt_id, version = cc.version + 1
FROM unnest($1::tid[], $2::uuid[], $3::bigint[], $4::uuid[]) AS g(tid, campaign_id, contact_id, attempt_id)
WHERE cc.ctid = g.tid AND cc.campaign_id = g.campaign_id AND cc.contact_id = g.contact_id`;

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

const writeInFlight = async (sql: Sql, attempts: readonly AttemptToWrite[]): Promise<void> => {
  const { rowCount } = await sql.query({
    name: 'claim.in-flight',
    text: IN_FLIGHT,
    values: withArrays([
      attempts.map((attempt) => attempt.tid),
      attempts.map((attempt) => attempt.campaignId),
      attempts.map((attempt) => attempt.contactId),
      attempts.map((attempt) => attempt.id),
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
  const rows = {
    name: 'claim.attempts',
    text: WRITE,
    values: withArrays([
      of.organisationId,
      of.dialerId,
      of.epoch,
      attempts.map((attempt) => attempt.id),
      attempts.map((attempt) => attempt.campaignId),
      attempts.map((attempt) => attempt.listId),
      attempts.map((attempt) => attempt.contactId),
      attempts.map((attempt) => attempt.number),
      attempts.map((attempt) => attempt.mode),
      attempts.map((attempt) => attempt.zone),
      attempts.map((attempt) => attempt.callerId),
      attempts.map((attempt) => attempt.attemptNo),
      attempts.map((attempt) => attempt.agentId),
      attempts.map((attempt) => attempt.verdict.id),
      attempts.map((attempt) => attempt.person),
      attempts.map((attempt) => attempt.subject),
      attempts.map((attempt) => attempt.law),
      times.claimedAt,
      times.notAfter,
      attempts.map((attempt) => attempt.port),
      // Rules have no spaces in them; of an empty text comes an empty array.
      attempts.map((attempt) => attempt.guardScopes.join(' ')),
      attempts.map((attempt) => attempt.atRisk),
    ]),
  };
  const [keep] = await together(
    sql,
    () => verdicts.write(sql, of.organisationId, attempts, times.claimedAt),
    () => sql.query(rows),
    () => writeInFlight(sql, attempts),
  );
  return keep;
};

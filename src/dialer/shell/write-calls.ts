import type { Sql } from '../../infra/postgres';
import { writeAttemptFacts } from '../../reporting/facts';
import type { MarkItem, OutcomeItem } from './write-items';

const MARKS = `/* writer.marks */
UPDATE call_attempt a SET
  phase = g.phase,
  agent_id = coalesce(g.agent_id, a.agent_id),
  ivr_port = coalesce(g.ivr_port, a.ivr_port),
  placed_at = coalesce(a.placed_at, g.placed_at),
  ringing_at = coalesce(a.ringing_at, g.ringing_at),
  answered_at = coalesce(a.answered_at, g.answered_at),
  connected_at = coalesce(a.connected_at, g.connected_at)
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
  $8::integer[]) AS g(id, phase, agent_id, placed_at, ringing_at, answered_at, connected_at, ivr_port)
WHERE a.id = g.id AND a.outcome IS NULL`;

const LOCK_CONTACTS = `/* outcome.lock-contacts */
SELECT 1 FROM call_attempt a
JOIN campaign_contact cc ON cc.campaign_id = a.campaign_id AND cc.contact_id = a.contact_id
WHERE a.id = ANY($1::uuid[])
ORDER BY cc.campaign_id, cc.contact_id
FOR UPDATE OF cc`;

// Everything follows from the attempts that this statement ended: one that had its outcome already adds nothing.
const OUTCOMES = `/* outcome.write */
WITH given AS (
  SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::boolean[], $6::uuid[], $7::text[],
    $8::integer[], $9::integer[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[],
    $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::timestamptz[], $19::integer[])
  AS g(id, outcome, abandon_cause, live_answer, late, agent_id, ended_by, q850, sip, placed_at, ringing_at, answered_at,
    classified_at, connected_at, ended_at, live_minute, served_minute, abandoned_minute, ivr_port)
), ended AS (
  UPDATE call_attempt a SET
    phase = 'ENDED', outcome = g.outcome, abandon_cause = g.abandon_cause, live_answer = g.live_answer, late = g.late,
    agent_id = coalesce(g.agent_id, a.agent_id), ivr_port = coalesce(g.ivr_port, a.ivr_port),
    ended_by = g.ended_by, q850 = g.q850, sip = g.sip,
    placed_at = coalesce(g.placed_at, a.placed_at), ringing_at = coalesce(g.ringing_at, a.ringing_at),
    answered_at = coalesce(g.answered_at, a.answered_at), classified_at = coalesce(g.classified_at, a.classified_at),
    connected_at = coalesce(g.connected_at, a.connected_at), ended_at = g.ended_at, version = a.version + 1
  FROM given g
  WHERE a.id = g.id AND a.outcome IS NULL
  RETURNING a.id, a.organisation_id, a.campaign_id, a.contact_id, a.number, a.dialer_id, a.guard_scopes, a.outcome,
    a.abandon_cause, a.ended_at, g.live_minute, g.served_minute, g.abandoned_minute
), resting AS (
  INSERT INTO phone_number AS p (organisation_id, number, abandoned_at)
  SELECT organisation_id, number, max(ended_at) FROM ended WHERE abandon_cause IS NOT NULL
  GROUP BY organisation_id, number ORDER BY organisation_id, number
  ON CONFLICT (organisation_id, number) DO UPDATE SET abandoned_at = greatest(p.abandoned_at, excluded.abandoned_at)
), waiting AS (
  UPDATE campaign_contact cc SET state = 'AWAITING_RETRY', last_outcome = e.outcome, version = cc.version + 1
  FROM ended e
  WHERE cc.campaign_id = e.campaign_id AND cc.contact_id = e.contact_id
    AND cc.last_attempt_id = e.id AND cc.state = 'IN_FLIGHT'
), counted AS (
  SELECT id, live_minute AS minute, 'LIVE' AS what FROM ended WHERE live_minute IS NOT NULL
  UNION ALL SELECT id, served_minute, 'SERVED' FROM ended WHERE served_minute IS NOT NULL
  UNION ALL SELECT id, abandoned_minute, abandon_cause FROM ended WHERE abandon_cause IS NOT NULL
), ledger AS (
  INSERT INTO abandon_ledger AS l
    (campaign_id, minute, organisation_id, live_answers, served, overdial, agent_lost, amd_false, fault)
  SELECT e.campaign_id, c.minute, e.organisation_id,
    count(*) FILTER (WHERE what = 'LIVE'),
    count(*) FILTER (WHERE what = 'SERVED'),
    count(*) FILTER (WHERE what = 'OVERDIAL'),
    count(*) FILTER (WHERE what = 'AGENT_LOST'),
    count(*) FILTER (WHERE what = 'AMD_FALSE'),
    count(*) FILTER (WHERE what = 'FAULT')
  FROM counted c JOIN ended e ON e.id = c.id
  GROUP BY e.campaign_id, c.minute, e.organisation_id
  ORDER BY e.campaign_id, c.minute
  ON CONFLICT (campaign_id, minute) DO UPDATE SET
    live_answers = l.live_answers + excluded.live_answers,
    served = l.served + excluded.served,
    overdial = l.overdial + excluded.overdial,
    agent_lost = l.agent_lost + excluded.agent_lost,
    amd_false = l.amd_false + excluded.amd_false,
    fault = l.fault + excluded.fault
), scopes AS (
  INSERT INTO guard_scope_minute AS s
    (organisation_id, rule, minute, dialer_id, live_answers, served, overdial, agent_lost, amd_false, fault)
  SELECT e.organisation_id, r.rule, c.minute, e.dialer_id,
    count(*) FILTER (WHERE what = 'LIVE'),
    count(*) FILTER (WHERE what = 'SERVED'),
    count(*) FILTER (WHERE what = 'OVERDIAL'),
    count(*) FILTER (WHERE what = 'AGENT_LOST'),
    count(*) FILTER (WHERE what = 'AMD_FALSE'),
    count(*) FILTER (WHERE what = 'FAULT')
  FROM counted c JOIN ended e ON e.id = c.id CROSS JOIN LATERAL unnest(e.guard_scopes) AS r(rule)
  GROUP BY e.organisation_id, r.rule, c.minute, e.dialer_id
  ORDER BY e.organisation_id, r.rule, c.minute, e.dialer_id
  ON CONFLICT (organisation_id, rule, minute, dialer_id) DO UPDATE SET
    live_answers = s.live_answers + excluded.live_answers,
    served = s.served + excluded.served,
    overdial = s.overdial + excluded.overdial,
    agent_lost = s.agent_lost + excluded.agent_lost,
    amd_false = s.amd_false + excluded.amd_false,
    fault = s.fault + excluded.fault
)
SELECT id, campaign_id AS "campaignId" FROM ended`;

const AT_RISK = `/* writer.at-risk */
UPDATE call_attempt a SET at_risk = g.at_risk
FROM unnest($1::uuid[], $2::boolean[]) AS g(id, at_risk)
WHERE a.id = g.id AND a.outcome IS NULL`;

/** The last word of each attempt counts. */
export const writeAtRisk = async (
  sql: Sql,
  items: readonly { attemptId: string; atRisk: boolean }[],
): Promise<void> => {
  if (items.length === 0) return;
  const last = new Map(items.map(({ attemptId, atRisk }) => [attemptId, atRisk]));
  await sql.query({ name: 'writer.at-risk', text: AT_RISK, values: [[...last.keys()], [...last.values()]] });
};

export type ToDate = (at: number | undefined) => Date | null;

export const writeMarks = async (sql: Sql, marks: readonly MarkItem[], toDate: ToDate): Promise<void> => {
  if (marks.length === 0) return;
  const rows = new Map<
    string,
    { phase: string; agentId: string | null; port: number | null; times: Partial<Record<string, Date | null>> }
  >();
  for (const mark of marks) {
    const row = rows.get(mark.attemptId) ?? { phase: mark.phase, agentId: null, port: null, times: {} };
    row.phase = mark.phase;
    row.agentId = mark.agentId ?? row.agentId;
    row.port = mark.port ?? row.port;
    row.times[mark.phase] = toDate(mark.at);
    rows.set(mark.attemptId, row);
  }
  const all = [...rows.values()];
  const timesOf = (phase: string) => all.map((row) => row.times[phase] ?? null);
  await sql.query({
    name: 'writer.marks',
    text: MARKS,
    values: [
      [...rows.keys()],
      all.map((row) => row.phase),
      all.map((row) => row.agentId),
      timesOf('PLACED'),
      timesOf('RINGING'),
      timesOf('ANSWERED'),
      timesOf('CONNECTED'),
      all.map((row) => row.port),
    ],
  });
};

const MINUTE = 60_000;

/** The minute in which the ledger counts it; one that counts without a date is dated at its end. */
const minuteOf = (counts: boolean, at: number | null, wall: number): Date | null =>
  counts ? new Date(Math.floor((at ?? wall) / MINUTE) * MINUTE) : null;

/** Ends attempts; answers with the campaigns of those that this call ended. */
export const writeOutcomes = async (
  sql: Sql,
  outcomes: readonly OutcomeItem[],
  toDate: ToDate,
  at: Date,
): Promise<string[]> => {
  if (outcomes.length === 0) return [];
  const ids = outcomes.map((item) => item.attemptId);
  await sql.query({ name: 'outcome.lock-contacts', text: LOCK_CONTACTS, values: [ids] });
  const { rows } = await sql.query<{ id: string; campaignId: string }>({
    name: 'outcome.write',
    text: OUTCOMES,
    values: [
      ids,
      outcomes.map((item) => item.outcome),
      outcomes.map((item) => item.abandonCause),
      outcomes.map((item) => item.liveAnswer),
      outcomes.map((item) => item.late),
      outcomes.map((item) => item.agentId),
      outcomes.map((item) => item.by),
      outcomes.map((item) => item.q850),
      outcomes.map((item) => item.sip),
      outcomes.map((item) => toDate(item.times.placedAt)),
      outcomes.map((item) => toDate(item.times.ringingAt)),
      outcomes.map((item) => toDate(item.times.answeredAt)),
      outcomes.map((item) => toDate(item.times.classifiedAt)),
      outcomes.map((item) => toDate(item.times.connectedAt)),
      outcomes.map((item) => toDate(item.times.endedAt)),
      outcomes.map(({ liveAnswer, counted, wall }) => minuteOf(liveAnswer, counted.live, wall)),
      outcomes.map(({ counted, wall }) => minuteOf(counted.served !== null, counted.served, wall)),
      outcomes.map(({ abandonCause, counted, wall }) => minuteOf(abandonCause !== null, counted.abandoned, wall)),
      outcomes.map((item) => item.port),
    ],
  });
  await writeAttemptFacts(
    sql,
    rows.map((row) => row.id),
    at,
  );
  return [...new Set(rows.map((row) => row.campaignId))];
};

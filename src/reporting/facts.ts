import type { Sql } from '../infra/postgres';

/** The payload of an outbox row of kind `call_attempt`: exactly the columns of the warehouse's table. */
export interface CallAttemptFact {
  organisation_id: string;
  campaign_id: string;
  campaign_type: string;
  claimed_at: string;
  attempt_id: string;
  list_id: string;
  contact_id: number;
  agent_id: string | null;
  ivr_port: number | null;
  dialer_id: string;
  mode: string;
  zone: string;
  masked_number: string;
  attempt_no: number;
  covered: boolean;
  outcome: string;
  abandon_cause: string;
  live_answer: boolean;
  late: boolean;
  ended_by: string;
  q850: number | null;
  sip: number | null;
  wrap_up_code: string;
  placed_at: string | null;
  ringing_at: string | null;
  answered_at: string | null;
  classified_at: string | null;
  connected_at: string | null;
  ended_at: string | null;
  wrapped_up_at: string | null;
  version: number;
}

const time = (column: string): string =>
  `'${column}', to_char(a.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The same rule as `maskNumber`: the full number never leaves PostgreSQL. */
const MASKED = `CASE WHEN length(a.number) <= 6 THEN '***'
    ELSE left(a.number, 4) || repeat('*', length(a.number) - 6) || right(a.number, 2) END`;

const INSERT = `/* outbox.attempts */
INSERT INTO outbox (organisation_id, kind, payload, at)
SELECT a.organisation_id, 'call_attempt', jsonb_build_object(
  'organisation_id', a.organisation_id, 'campaign_id', a.campaign_id, 'campaign_type', g.pacing_mode,
  'attempt_id', a.id, 'list_id', a.list_id, 'contact_id', a.contact_id, 'agent_id', a.agent_id, 'ivr_port', a.ivr_port,
  'dialer_id', a.dialer_id, 'mode', a.mode, 'zone', a.zone, 'masked_number', ${MASKED},
  'attempt_no', a.attempt_no, 'covered', a.covered, 'outcome', a.outcome,
  'abandon_cause', coalesce(a.abandon_cause, ''), 'live_answer', a.live_answer, 'late', a.late,
  'ended_by', coalesce(a.ended_by, ''), 'q850', a.q850, 'sip', a.sip, 'wrap_up_code', coalesce(a.wrap_up_code, ''),
  ${[
    'claimed_at',
    'placed_at',
    'ringing_at',
    'answered_at',
    'classified_at',
    'connected_at',
    'ended_at',
    'wrapped_up_at',
  ]
    .map(time)
    .join(',\n  ')},
  'version', a.version), $2
FROM call_attempt a
JOIN campaign c ON c.id = a.campaign_id
JOIN campaign_group g ON g.id = c.group_id
WHERE a.id = ANY($1::uuid[]) AND a.outcome IS NOT NULL
ORDER BY a.id`;

/**
 * Puts the present state of ended attempts into the outbox, in the transaction that changed them (one statement for the
 * batch). The changing statement must have raised `call_attempt.version`: the warehouse keeps the highest version of an
 * attempt, whatever the order of arrival. Attempts without an outcome are no facts yet and are left out.
 */
export const writeAttemptFacts = async (sql: Sql, attemptIds: string[], at: Date): Promise<void> => {
  if (attemptIds.length === 0) return;
  await sql.query({ name: 'outbox.attempts', text: INSERT, values: [attemptIds, at] });
};

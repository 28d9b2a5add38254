import type { Sql } from '../../infra/postgres';
import type { AgentState } from '../kernel/messages';

/** What PostgreSQL says was going on when the earlier owner ended. */
export interface OpenAttempt {
  id: string;
  campaignId: string;
  contactId: number;
  number: string;
  callerId: string;
  agentId: string | null;
  /** The port that had it, as far as that was written. */
  port: number | null;
  /** Of an IVR campaign: a port stands in for the agent. */
  ivr: boolean;
  phase: 'CLAIMED' | 'PLACED' | 'RINGING' | 'ANSWERED' | 'CONNECTED';
  claimedAt: Date;
  placedAt: Date | null;
  answeredAt: Date | null;
  connectedAt: Date | null;
}

export interface OpenSession {
  agentId: string;
  sessionId: string;
  teamId: string;
  kind: string;
  address: string;
  state: AgentState | null;
  reason: string | null;
  since: Date | null;
  seq: number | null;
  attemptId: string | null;
  /** Whether the attempt that its desktop shows was wrapped up already. */
  wrappedUp: boolean;
}

const ATTEMPTS = `/* takeover.attempts */
SELECT a.id, a.campaign_id AS "campaignId", a.contact_id AS "contactId", a.number, a.caller_id AS "callerId",
  a.agent_id AS "agentId", a.ivr_port AS port, g.pacing_mode IN ('PROGRESSIVE_IVR', 'PREDICTIVE_IVR') AS ivr, a.phase,
  a.claimed_at AS "claimedAt", a.placed_at AS "placedAt", a.answered_at AS "answeredAt", a.connected_at AS "connectedAt"
FROM call_attempt a
JOIN campaign c ON c.id = a.campaign_id
JOIN campaign_group g ON g.id = c.group_id
WHERE a.organisation_id = (SELECT organisation_id FROM dialer WHERE id = $1) AND a.number > '' AND a.dialer_id = $1
  AND a.outcome IS NULL
ORDER BY a.claimed_at, a.id`;

const SESSIONS = `/* takeover.sessions */
SELECT s.agent_id AS "agentId", s.id AS "sessionId", s.team_id AS "teamId", s.device_kind AS kind,
  s.device_address AS address, t.state, t.reason, t.since, t.seq, t.attempt_id AS "attemptId",
  coalesce(a.wrapped_up_at IS NOT NULL, false) AS "wrappedUp"
FROM agent_session s
LEFT JOIN agent_state t ON t.agent_id = s.agent_id
LEFT JOIN call_attempt a ON a.id = t.attempt_id
WHERE s.dialer_id = $1 AND s.closed_at IS NULL ORDER BY s.opened_at, s.id`;

// Reservations are the kernel's: those of the earlier owner are over, new ones follow at once.
const CLOSE_RESERVATIONS = `/* takeover.close-reservations */
UPDATE reservation r SET closed_at = $2, close_reason = 'TAKE_OVER'
FROM agent_session s
WHERE s.id = r.session_id AND s.dialer_id = $1 AND r.closed_at IS NULL`;

// A desktop may show a state whose session is over: its log-out was written by nobody.
const ORPHANS = `/* takeover.log-out-orphans */
UPDATE agent_state t SET state = 'LOGGED_OUT', reason = 'SESSION_LOST', pending = NULL, since = $2, campaign_id = NULL,
  reservation_id = NULL, attempt_id = NULL, session_id = NULL, seq = seq + 1
WHERE t.dialer_id = $1 AND t.state <> 'LOGGED_OUT'
  AND NOT EXISTS (SELECT 1 FROM agent_session s WHERE s.agent_id = t.agent_id AND s.closed_at IS NULL)
RETURNING agent_id AS "agentId", seq`;

export const readOpenAttempts = async (sql: Sql, dialerId: string): Promise<OpenAttempt[]> =>
  (await sql.query<OpenAttempt>({ name: 'takeover.attempts', text: ATTEMPTS, values: [dialerId] })).rows;

export const readOpenSessions = async (sql: Sql, dialerId: string): Promise<OpenSession[]> =>
  (await sql.query<OpenSession>({ name: 'takeover.sessions', text: SESSIONS, values: [dialerId] })).rows;

/** Answers with the desktops that changed. */
export const closeRemains = async (
  sql: Sql,
  dialerId: string,
  at: Date,
): Promise<{ agentId: string; seq: number }[]> => {
  await sql.query({ name: 'takeover.close-reservations', text: CLOSE_RESERVATIONS, values: [dialerId, at] });
  const orphans = await sql.query<{ agentId: string; seq: number }>({
    name: 'takeover.log-out-orphans',
    text: ORPHANS,
    values: [dialerId, at],
  });
  return orphans.rows;
};

import type { Sql } from '../../infra/postgres';
import type { AgentStateItem, ItemOf } from './write-items';

// A row that already has the number given, or a higher one, was written before the answer to its COMMIT was lost.
const STATES = `/* writer.agent-states */
WITH given AS (
  SELECT * FROM unnest($3::uuid[], $4::bigint[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
    $10::uuid[], $11::uuid[], $12::uuid[], $13::timestamptz[])
  AS g(agent_id, seq, session_id, state, reason, pending, since, campaign_id, reservation_id, attempt_id, at)
), fresh AS (
  SELECT g.* FROM given g LEFT JOIN agent_state s ON s.agent_id = g.agent_id WHERE s.seq IS NULL OR g.seq > s.seq
), history AS (
  INSERT INTO agent_state_history (organisation_id, agent_id, session_id, state, reason, campaign_id, attempt_id, at)
  SELECT $1, agent_id, session_id, state, reason, campaign_id, attempt_id, at FROM fresh ORDER BY at, seq
), latest AS (
  SELECT DISTINCT ON (agent_id) * FROM fresh ORDER BY agent_id, seq DESC
)
INSERT INTO agent_state
  (agent_id, organisation_id, dialer_id, session_id, state, reason, pending, since, campaign_id, reservation_id, attempt_id, seq)
SELECT agent_id, $1, $2, session_id, state, reason, pending, since, campaign_id, reservation_id, attempt_id, seq FROM latest
ON CONFLICT (agent_id) DO UPDATE SET
  dialer_id = excluded.dialer_id, session_id = excluded.session_id, state = excluded.state, reason = excluded.reason,
  pending = excluded.pending, since = excluded.since, campaign_id = excluded.campaign_id,
  reservation_id = excluded.reservation_id, attempt_id = excluded.attempt_id, seq = excluded.seq`;

const CLOSE_SESSIONS = `/* writer.close-sessions */
UPDATE agent_session s SET closed_at = g.at, close_reason = g.reason
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS g(id, reason, at)
WHERE s.id = g.id AND s.closed_at IS NULL`;

const ANSWER_RESERVATIONS = `/* writer.answer-reservations */
UPDATE reservation r SET answered_at = g.at
FROM unnest($1::uuid[], $2::timestamptz[]) AS g(agent_id, at)
WHERE r.agent_id = g.agent_id AND r.closed_at IS NULL AND r.answered_at IS NULL`;

const CLOSE_RESERVATIONS = `/* writer.close-reservations */
UPDATE reservation r SET closed_at = g.at, close_reason = g.reason
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS g(id, reason, at)
WHERE r.id = g.id AND r.closed_at IS NULL`;

const OPEN_RESERVATIONS = `/* writer.open-reservations */
INSERT INTO reservation (id, organisation_id, agent_id, session_id, campaign_id, opened_at, closed_at, close_reason)
SELECT id, $1, agent_id, session_id, campaign_id, at, closed_at, close_reason
FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::timestamptz[], $8::text[])
  AS g(id, agent_id, session_id, campaign_id, at, closed_at, close_reason)
ON CONFLICT (id) DO NOTHING`;

const date = (wall: number) => new Date(wall);

export const writeAgentStates = async (
  sql: Sql,
  of: { organisationId: string; dialerId: string },
  states: readonly AgentStateItem[],
): Promise<void> => {
  if (states.length === 0) return;
  await sql.query({
    name: 'writer.agent-states',
    text: STATES,
    values: [
      of.organisationId,
      of.dialerId,
      states.map((item) => item.agentId),
      states.map((item) => item.seq),
      states.map((item) => item.sessionId),
      states.map((item) => item.state),
      states.map((item) => item.reason),
      states.map((item) => item.pending),
      states.map((item) => date(item.since)),
      states.map((item) => item.campaignId),
      states.map((item) => item.reservationId),
      states.map((item) => item.attemptId),
      states.map((item) => date(item.wall)),
    ],
  });
  const ended = states.filter((item) => item.sessionEnded && item.sessionId !== null);
  if (ended.length === 0) return;
  await sql.query({
    name: 'writer.close-sessions',
    text: CLOSE_SESSIONS,
    values: [
      ended.map((item) => item.sessionId),
      ended.map((item) => item.reason ?? 'LOGGED_OUT'),
      ended.map((item) => date(item.wall)),
    ],
  });
};

/** Closings first: an agent has one open reservation at a time, and the next opens in the same batch. */
export const writeReservations = async (
  sql: Sql,
  organisationId: string,
  opened: readonly ItemOf<'reservationOpened'>[],
  answered: readonly ItemOf<'reservationAnswered'>[],
  closed: readonly ItemOf<'reservationClosed'>[],
): Promise<void> => {
  const closings = new Map(closed.map((item) => [item.id, item]));
  const openedHere = new Set(opened.map((item) => item.id));
  const earlier = closed.filter((item) => !openedHere.has(item.id));
  if (earlier.length > 0) {
    await sql.query({
      name: 'writer.close-reservations',
      text: CLOSE_RESERVATIONS,
      values: [
        earlier.map((item) => item.id),
        earlier.map((item) => item.reason),
        earlier.map((item) => date(item.wall)),
      ],
    });
  }
  if (opened.length > 0) {
    await sql.query({
      name: 'writer.open-reservations',
      text: OPEN_RESERVATIONS,
      values: [
        organisationId,
        opened.map((item) => item.id),
        opened.map((item) => item.agentId),
        opened.map((item) => item.sessionId),
        opened.map((item) => item.campaignId),
        opened.map((item) => date(item.wall)),
        opened.map((item) => closings.get(item.id)).map((item) => (item ? date(item.wall) : null)),
        opened.map((item) => closings.get(item.id)?.reason ?? null),
      ],
    });
  }
  if (answered.length > 0) {
    await sql.query({
      name: 'writer.answer-reservations',
      text: ANSWER_RESERVATIONS,
      values: [answered.map((item) => item.agentId), answered.map((item) => date(item.wall))],
    });
  }
};

import type { Pool } from 'pg';
import { readTruthLog } from '../../src/telephony/simulated-switch';

/** What the running system did, in the simulator's measures. */
export interface Observed {
  occupancyPercent: number;
  /** By the switch's own log: persons not in a bridge with an agent within 2 s of their greeting's end. */
  abandonPercent: number;
  /** By the dialer's ledger. */
  recordedAbandonPercent: number;
  callsPerMinute: number;
  answersPerMinute: number;
  connects: number;
  answerToConnectSeconds: number;
  finishMinutes: number;
  /** How long wrap-ups took, by the agents' states. */
  wrapUpSeconds: number;
  attempts: number;
  liveAnswers: number;
}

const WITHIN_MS = 2_000;

const ATTEMPTS = `SELECT count(*)::int AS attempts, count(*) FILTER (WHERE live_answer)::int AS live,
  count(*) FILTER (WHERE abandon_cause IS NOT NULL)::int AS abandoned, count(*) FILTER (WHERE outcome IS NULL)::int AS open,
  max(ended_at) AS ended
FROM call_attempt WHERE campaign_id = $1`;

/** Time in each state between the start and the end, of all agents together. */
const STATES = `SELECT state, sum(extract(epoch FROM least(until, $2) - greatest(at, $1)))::float8 AS seconds FROM (
  SELECT state, at, lead(at, 1, $2) OVER (PARTITION BY agent_id ORDER BY id) AS until FROM agent_state_history) spans
WHERE at < $2 AND until > $1 GROUP BY state`;

const WRAP_UPS = `SELECT avg(extract(epoch FROM until - at))::float8 AS seconds FROM (
  SELECT state, at, lead(at) OVER (PARTITION BY agent_id ORDER BY id) AS until FROM agent_state_history) spans
WHERE state = 'WRAP_UP' AND until IS NOT NULL`;

const percent = (part: number, of: number): number => (of === 0 ? 0 : (100 * part) / of);

/** How the persons of the switch's log fared. */
const persons = (truthLog: string) => {
  const truth = readTruthLog(truthLog);
  const greetingEnds = new Map<string, number>();
  for (const entry of truth.entries) {
    if (entry.e !== 'verdict') continue;
    const silence = Number(/^HUMAN-(\d+)/.exec(entry.cause)?.[1] ?? 0);
    greetingEnds.set(entry.leg, entry.t - silence);
  }
  let live = 0;
  let abandoned = 0;
  const waits: number[] = [];
  for (const leg of truth.customers) {
    if (!leg.live || leg.answeredAt === undefined) continue;
    live += 1;
    const connectedAt = leg.withAgent[0]?.from;
    const limit = (greetingEnds.get(leg.leg) ?? leg.answeredAt) + WITHIN_MS;
    if (connectedAt === undefined || connectedAt > limit) abandoned += 1;
    if (connectedAt !== undefined) waits.push((connectedAt - leg.answeredAt) / 1_000);
  }
  return {
    live,
    abandoned,
    connects: waits.length,
    meanWait: waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
  };
};

export const observe = async (
  { pool, campaignId, truthLog }: { pool: Pool; campaignId: string; truthLog: string },
  startedAt: Date,
): Promise<Observed> => {
  const { rows } = await pool.query<{ attempts: number; live: number; abandoned: number; open: number; ended: Date }>(
    ATTEMPTS,
    [campaignId],
  );
  const [all] = rows;
  if (!all || all.open > 0) throw new Error(`${all?.open} attempts have no outcome`);
  const minutes = (all.ended.getTime() - startedAt.getTime()) / 60_000;
  const states = await pool.query<{ state: string; seconds: number }>(STATES, [startedAt, all.ended]);
  const spent = new Map(states.rows.map(({ state, seconds }) => [state, seconds]));
  const talk = spent.get('CONNECTED') ?? 0;
  const waiting = (spent.get('AVAILABLE') ?? 0) + (spent.get('RESERVED') ?? 0);
  const wrapUps = await pool.query<{ seconds: number }>(WRAP_UPS);
  const fared = persons(truthLog);
  return {
    wrapUpSeconds: wrapUps.rows[0]?.seconds ?? 0,
    occupancyPercent: percent(talk, talk + waiting),
    abandonPercent: percent(fared.abandoned, fared.live),
    recordedAbandonPercent: percent(all.abandoned, all.live),
    callsPerMinute: all.attempts / minutes,
    answersPerMinute: fared.live / minutes,
    connects: fared.connects,
    answerToConnectSeconds: fared.meanWait,
    finishMinutes: minutes,
    attempts: all.attempts,
    liveAnswers: fared.live,
  };
};

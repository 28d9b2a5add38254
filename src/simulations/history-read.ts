import { invalid, notFound, OutdialError } from '../errors';
import type { Sql } from '../infra/postgres';
import { type History, type HistoryHour, LEAST, worldOfHistory } from './history';
import { SIMULATION_MODES, type SimulateCampaign, type SimulationMode } from './input';
import type { PlanBase } from './plan';

export interface Period {
  from: Date;
  to: Date;
}

const DAY = 86_400_000;
const USUAL_DAYS = 30;
const MOST_DAYS = 92;
/** The newest of a long period: more would tell no more, and be slow to read. */
const MOST_ATTEMPTS = 200_000;

export const periodOf = ({ from, to }: Pick<SimulateCampaign, 'from' | 'to'>, now: Date): Period => {
  const end = to ?? now;
  const begin = from ?? new Date(end.getTime() - USUAL_DAYS * DAY);
  if (begin >= end) throw invalid('to', `to ${end.toISOString()} must be after from ${begin.toISOString()}`);
  if (end.getTime() - begin.getTime() > MOST_DAYS * DAY) {
    throw invalid('from', `from ${begin.toISOString()} is more than ${MOST_DAYS} days before ${end.toISOString()}`);
  }
  return { from: begin, to: end };
};

/** Attempts that reached the carrier and whose end tells something of the called. */
const COUNTED = `organisation_id = $1 AND campaign_id = $2 AND claimed_at >= $3 AND claimed_at < $4
  AND placed_at IS NOT NULL AND outcome NOT IN ('NOT_PLACED', 'CANCELLED', 'UNKNOWN')`;

const ENOUGH = `/* simulation.enough */
SELECT (SELECT count(*) FROM (SELECT 1 FROM call_attempt WHERE ${COUNTED} LIMIT $5) a)::int AS attempts,
  (SELECT count(*) FROM (SELECT 1 FROM call_attempt WHERE ${COUNTED} AND live_answer AND connected_at IS NOT NULL
    LIMIT $6) t)::int AS talks`;

const CAMPAIGN = `/* simulation.campaign */
SELECT c.time_zone AS zone, g.pacing_mode AS mode, g.pacing, g.abandon_rate_percent::float8 AS "abandonRate",
  g.no_answer_ring_limit_seconds AS "ringLimitSeconds", g.cpa,
  (SELECT count(*) FROM campaign_contact k WHERE k.campaign_id = c.id AND k.state <> 'CLOSED')::int AS "contactsLeft"
FROM campaign c JOIN campaign_group g ON g.id = c.group_id WHERE c.organisation_id = $1 AND c.id = $2`;

const TAKEN = `WITH taken AS MATERIALIZED (
  SELECT claimed_at, placed_at, ringing_at, answered_at, classified_at, connected_at, ended_at, wrapped_up_at, outcome,
    live_answer, agent_id
  FROM call_attempt WHERE ${COUNTED} ORDER BY claimed_at DESC LIMIT ${MOST_ATTEMPTS}
)`;

const HOURS = `/* simulation.hours */ ${TAKEN}, local AS (
  SELECT *, claimed_at AT TIME ZONE $5 AS at FROM taken
)
SELECT extract(hour FROM at)::int AS hour, count(*)::int AS attempts,
  count(*) FILTER (WHERE live_answer)::int AS persons,
  count(*) FILTER (WHERE NOT live_answer AND answered_at IS NOT NULL)::int AS machines,
  count(*) FILTER (WHERE NOT live_answer AND answered_at IS NULL AND outcome <> 'NO_ANSWER')::int AS failures,
  count(DISTINCT (agent_id, at::date)) FILTER (WHERE connected_at IS NOT NULL)::float8 / count(DISTINCT at::date) AS agents
FROM local GROUP BY 1 ORDER BY 1`;

/** At equal steps of probability: 0, 0.02 … 1. */
const STEPS = 50;
const FRACTIONS = Array.from({ length: STEPS + 1 }, (_, step) => step / STEPS);

const spread = (name: string, until: string, from: string, where: string): string =>
  `percentile_cont($5::float8[]) WITHIN GROUP (ORDER BY greatest(0, extract(epoch FROM ${until} - ${from}))::float8)
    FILTER (WHERE ${where}) AS "${name}"`;

const SPREADS = `/* simulation.spreads */ ${TAKEN}, usual AS (
  SELECT make_interval(secs => coalesce(percentile_cont(0.5) WITHIN GROUP (
    ORDER BY greatest(0, extract(epoch FROM ringing_at - placed_at))::float8) FILTER (WHERE ringing_at IS NOT NULL), 0)) AS set_up
  FROM taken
)
SELECT ${[
  spread('setUp', 'ringing_at', 'placed_at', 'ringing_at IS NOT NULL'),
  spread('personRing', 'answered_at', 'coalesce(ringing_at, placed_at)', 'live_answer AND answered_at IS NOT NULL'),
  spread(
    'machineRing',
    'answered_at',
    'coalesce(ringing_at, placed_at)',
    'NOT live_answer AND answered_at IS NOT NULL',
  ),
  // A line that never rang was set up all the same, as long as the others were.
  spread(
    'failure',
    'ended_at',
    'coalesce(ringing_at, placed_at + usual.set_up)',
    `answered_at IS NULL AND outcome <> 'NO_ANSWER'`,
  ),
  spread('verdict', 'classified_at', 'answered_at', 'live_answer AND classified_at IS NOT NULL'),
  spread('machineVerdict', 'classified_at', 'answered_at', 'NOT live_answer AND classified_at IS NOT NULL'),
  spread('talk', 'ended_at', 'connected_at', 'live_answer AND connected_at IS NOT NULL'),
  spread('wrapUp', 'wrapped_up_at', 'ended_at', 'live_answer AND wrapped_up_at IS NOT NULL'),
].join(',\n  ')}
FROM taken CROSS JOIN usual GROUP BY usual.set_up`;

interface CampaignRow {
  zone: string;
  mode: string;
  pacing: Record<string, unknown>;
  abandonRate: number;
  ringLimitSeconds: number;
  cpa: { amdEnabled?: boolean; cpaEnabled?: boolean; minSilencePeriodMs?: number };
  contactsLeft: number;
}

type Spreads = Omit<History, 'hours' | 'ringLimitSeconds' | 'silenceSeconds'>;

const USUAL_SILENCE_MS = 608;

const values = (organisationId: string, campaignId: string, { from, to }: Period): unknown[] => [
  organisationId,
  campaignId,
  from,
  to,
];

const readCampaign = async (sql: Sql, organisationId: string, campaignId: string): Promise<CampaignRow> => {
  const { rows } = await sql.query<CampaignRow>(CAMPAIGN, [organisationId, campaignId]);
  if (!rows[0]) throw notFound('campaign', campaignId);
  return rows[0];
};

const modeOf = (mode: string): SimulationMode =>
  (SIMULATION_MODES as readonly string[]).includes(mode) ? (mode as SimulationMode) : 'PROGRESSIVE';

type Own = Pick<PlanBase, 'mode' | 'pacing' | 'abandonRate'>;

const ownOf = ({ mode, pacing, abandonRate }: CampaignRow): Own => ({ mode: modeOf(mode), pacing, abandonRate });

/** Refuses a campaign that is not there, or whose history is too short to say anything; answers its parameters. */
export const checkHistory = async (
  sql: Sql,
  organisationId: string,
  campaignId: string,
  period: Period,
): Promise<Own> => {
  const campaign = await readCampaign(sql, organisationId, campaignId);
  const { rows } = await sql.query<{ attempts: number; talks: number }>(ENOUGH, [
    ...values(organisationId, campaignId, period),
    LEAST.attempts,
    LEAST.talks,
  ]);
  const { attempts = 0, talks = 0 } = rows[0] ?? {};
  if (attempts >= LEAST.attempts && talks >= LEAST.talks) return ownOf(campaign);
  throw new OutdialError(
    'INVALID_STATE',
    `the campaign's history from ${period.from.toISOString()} to ${period.to.toISOString()} has ${attempts} attempts and ${talks} talks: ` +
      `at least ${LEAST.attempts} and ${LEAST.talks} are needed; give a longer period, or figures without campaignId`,
    'campaignId',
  );
};

/** The campaign's own people, agents and parameters, from its attempts of the period. */
export const readHistory = async (
  sql: Sql,
  organisationId: string,
  campaignId: string,
  period: Period,
): Promise<PlanBase> => {
  const campaign = await readCampaign(sql, organisationId, campaignId);
  const about = values(organisationId, campaignId, period);
  const hours = await sql.query<HistoryHour>(HOURS, [...about, campaign.zone]);
  const { rows } = await sql.query<Spreads>(SPREADS, [...about, FRACTIONS]);
  const [spreads] = rows;
  if (!spreads) throw new OutdialError('INVALID_STATE', 'the history of the campaign is no longer there', 'campaignId');
  const { cpa } = campaign;
  const analysed = cpa.cpaEnabled === true && cpa.amdEnabled === true;
  return {
    ...worldOfHistory({
      ...spreads,
      hours: hours.rows,
      ringLimitSeconds: campaign.ringLimitSeconds,
      silenceSeconds: analysed ? (cpa.minSilencePeriodMs ?? USUAL_SILENCE_MS) / 1_000 : null,
    }),
    contacts: campaign.contactsLeft || null,
    ...ownOf(campaign),
  };
};

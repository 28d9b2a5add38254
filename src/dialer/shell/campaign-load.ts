import { IVR_MODES, type PacingMode, PREDICTIVE_MODES } from '../../campaigns/parameters';
import { type Schedule, scheduleSchema } from '../../compliance/schedule';
import type { Sql } from '../../infra/postgres';
import type { CampaignConfig, Pacing } from '../kernel/messages';
import type { CallingHours } from './candidates';
import { cpaOf } from './lines';

export type CampaignState = 'DRAFT' | 'SCHEDULED' | 'RUNNING' | 'PAUSED' | 'PENDING' | 'COMPLETED' | 'STOPPED';

/** One campaign as the dialer needs it, read from its row, its group and its queue. */
export interface CampaignRow {
  id: string;
  name: string;
  state: CampaignState;
  config: CampaignConfig;
  /** What a person hears in the treatment of an IVR campaign. */
  treatment: string | null;
  schedule: Schedule | null;
  hours: CallingHours;
}

interface Row {
  id: string;
  organisationId: string;
  name: string;
  state: CampaignState;
  rank: number;
  startMinute: number;
  endMinute: number;
  pacingMode: PacingMode;
  pacing: Record<string, unknown>;
  abandonRatePercent: number;
  ringLimitSeconds: number;
  wrapUpLimitSeconds: number;
  cpa: Record<string, unknown>;
  schedule: unknown;
  teamIds: string[];
  ivrMessage: string | null;
  ivrMessageLimitSeconds: number;
  maximumTimeInQueueSeconds: number;
}

const SELECT = `SELECT c.id, c.organisation_id AS "organisationId", c.name, c.state, c.rank,
  c.calling_hours_start_minute AS "startMinute", c.calling_hours_end_minute AS "endMinute",
  c.ivr_message AS "ivrMessage", c.ivr_message_limit_seconds AS "ivrMessageLimitSeconds",
  g.pacing_mode AS "pacingMode", g.pacing, g.abandon_rate_percent AS "abandonRatePercent",
  g.no_answer_ring_limit_seconds AS "ringLimitSeconds", g.wrap_up_limit_seconds AS "wrapUpLimitSeconds",
  g.cpa, g.schedule, g.team_ids AS "teamIds", q.maximum_time_in_queue_seconds AS "maximumTimeInQueueSeconds"
FROM campaign c
JOIN campaign_group g ON g.id = c.group_id
JOIN entry_point e ON e.id = g.entry_point_id
JOIN queue q ON q.id = e.queue_id
WHERE g.dialer_id = $1`;

const ACTIVE = `/* campaigns.active */ ${SELECT}
AND (c.state IN ('RUNNING', 'PENDING', 'PAUSED')
  OR c.id IN (
    SELECT campaign_id FROM call_attempt
    WHERE organisation_id = (SELECT organisation_id FROM dialer WHERE id = $1) AND number > '' AND outcome IS NULL))
ORDER BY c.id`;

const ONE = `/* campaigns.one */ ${SELECT} AND c.id = $2`;

const MINIMUM_RING_MS = 15_000;
const WITHIN_MS = 2_000;
const MESSAGE_MS = 10_000;

/** Parameters are stored with their defaults; one that is missing all the same is taken at its most cautious. */
const parameterOf = ({ pacing }: Row, name: string, cautious: number): number => {
  const value = pacing[name];
  return typeof value === 'number' ? value : cautious;
};

const pacingOf = (row: Row): Pacing => {
  if (!PREDICTIVE_MODES.includes(row.pacingMode)) {
    return { mode: 'PROGRESSIVE', dialingRate: parameterOf(row, 'dialingRate', 1) };
  }
  return {
    mode: 'PREDICTIVE',
    maxDialingRate: parameterOf(row, 'maxDialingRate', 1),
    correctionPace: parameterOf(row, 'predictiveCorrectionPace', 70),
    gain: parameterOf(row, 'predictiveGain', 1),
  };
};

const ivrOf = (row: Row): Pick<CampaignConfig, 'ivr'> => {
  if (!IVR_MODES.includes(row.pacingMode)) return {};
  // Nobody is called who would have nothing to hear.
  const ports = row.ivrMessage === null ? 0 : parameterOf(row, 'ivrPorts', 1);
  return { ivr: { ports, treatmentLimitMs: row.ivrMessageLimitSeconds * 1000 } };
};

const toRow = (row: Row): CampaignRow => {
  const cpa = cpaOf(row.cpa);
  const ivr = ivrOf(row);
  const limit = typeof row.pacing.abandonRate === 'number' ? row.pacing.abandonRate : 100;
  const schedule = row.schedule === null ? null : scheduleSchema.safeParse(row.schedule);
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    // One that cannot be read is never open.
    schedule: schedule === null ? null : schedule.success ? schedule.data : { timeZone: 'UTC', weekly: {} },
    treatment: row.ivrMessage,
    hours: { startMinute: row.startMinute, endMinute: row.endMinute },
    config: {
      id: row.id,
      organisationId: row.organisationId,
      pacing: pacingOf(row),
      teamIds: row.teamIds,
      rank: row.rank,
      ringLimitMs: row.ringLimitSeconds * 1000,
      minimumRingMs: MINIMUM_RING_MS,
      analysisMs: cpa.analysisMs,
      classified: cpa.enabled,
      abandon: {
        limitPercent: Math.min(row.abandonRatePercent, limit),
        // Those of the laws of whomever it calls are added to it; none are known here.
        windowsMs: [],
        withinMs: WITHIN_MS,
        clockStart: 'GREETING_END',
      },
      maxReservationMs: row.maximumTimeInQueueSeconds * 1000,
      wrapUpLimitMs: ivr.ivr ? 0 : row.wrapUpLimitSeconds * 1000,
      messageMs: MESSAGE_MS,
      ...ivr,
    },
  };
};

/** Campaigns that the dialer must know of at take-over: at work, waiting, or with an attempt still in flight. */
export const readActiveCampaigns = async (sql: Sql, dialerId: string): Promise<CampaignRow[]> => {
  const { rows } = await sql.query<Row>({ name: 'campaigns.active', text: ACTIVE, values: [dialerId] });
  return rows.map(toRow);
};

/** Undefined when it does not exist or belongs to another dialer. */
export const readCampaign = async (sql: Sql, dialerId: string, id: string): Promise<CampaignRow | undefined> => {
  const { rows } = await sql.query<Row>({ name: 'campaigns.one', text: ONE, values: [dialerId, id] });
  return rows[0] && toRow(rows[0]);
};

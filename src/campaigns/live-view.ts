import type { Sql } from '../infra/postgres';
import type { Caller } from '../organisations/caller';
import type { CampaignState } from './campaign';

export interface LiveWindow {
  kind: 'ROLLING' | 'CALENDAR';
  windowMs: number;
  /** When a calendar's period began. */
  beganAt: Date | null;
  scope: 'CAMPAIGN' | 'ORGANISATION';
  profiles: string[];
  limitPercent: number | null;
  liveAnswers: number;
  abandons: number;
  ratePercent: number | null;
}

/** The live figures of a campaign as its dialer writes them, about once a second while they change. */
export interface LiveView {
  campaignId: string;
  seq: number;
  at: Date | null;
  state: CampaignState;
  agents: Record<string, number>;
  ports: { total: number; free: number; pledged: number; inTreatment: number } | null;
  lines: Record<string, number>;
  uncovered: number;
  pledged: number;
  attempts: number;
  held: number;
  windows: LiveWindow[];
  whyNotDialling: string[];
  /** The last decision of predictive pacing, with its inputs. */
  pacing: LivePacing | null;
}

export interface LivePacing {
  reason: string;
  agents: number;
  idle: number;
  lines: number;
  expectedFreed: number;
  expectedAnswers: number;
  risk: number;
  threshold: number;
  theta: number;
  tokens: number;
  allowed: number;
  answerRate: number;
  liveRate: number;
  pledged: number;
  uncovered: number;
  riskPerLine: number;
}

// The campaign's own state wins: a dialer that is away leaves its last figures behind.
const READ = `/* live.read */
SELECT c.id, c.state, COALESCE(l.seq, 0) AS seq, l.at, l.view
FROM campaign c LEFT JOIN campaign_live l ON l.campaign_id = c.id
WHERE c.id = $1 AND c.organisation_id = $2`;

interface Row {
  id: string;
  state: CampaignState;
  seq: number;
  at: Date | null;
  view: Partial<LiveView> | null;
}

/** What figures of an earlier version leave out. */
const PLAIN_WINDOW: Pick<LiveWindow, 'kind' | 'scope' | 'profiles' | 'limitPercent'> = {
  kind: 'ROLLING',
  scope: 'CAMPAIGN',
  profiles: [],
  limitPercent: null,
};
const NO_AGENTS = { IDLE: 0, AVAILABLE: 0, RESERVED: 0, CONNECTED: 0, WRAP_UP: 0, elsewhere: 0 };
const NO_LINES = {
  claiming: 0,
  placing: 0,
  ringing: 0,
  analysing: 0,
  waiting: 0,
  connected: 0,
  message: 0,
  ending: 0,
};

/** A dialer of an older release wrote the reason alone. */
const pacingOf = (pacing: unknown): LivePacing | null =>
  typeof pacing === 'object' && pacing !== null ? (pacing as LivePacing) : null;

/** Null when the organisation has no such campaign. */
export const readLive = async (sql: Sql, caller: Caller, campaignId: string): Promise<LiveView | null> => {
  const { rows } = await sql.query<Row>({ name: 'live.read', text: READ, values: [campaignId, caller.organisationId] });
  const row = rows[0];
  if (!row) return null;
  const { view } = row;
  return {
    ports: null,
    uncovered: 0,
    pledged: 0,
    attempts: 0,
    held: 0,
    whyNotDialling: [],
    ...view,
    pacing: pacingOf(view?.pacing),
    agents: { ...NO_AGENTS, ...view?.agents },
    lines: { ...NO_LINES, ...view?.lines },
    windows: (view?.windows ?? []).map((window) => ({
      ...PLAIN_WINDOW,
      ...window,
      beganAt: window.beganAt ? new Date(window.beganAt) : null,
    })),
    campaignId: row.id,
    seq: row.seq,
    at: row.at,
    state: row.state,
  };
};

import type { Sql } from '../infra/postgres';
import { IVR_MODES, type PacingMode } from './parameters';

export const READINESS_CODES = [
  'MODE_NOT_AVAILABLE',
  'NO_AGENTS',
  'TEAM_OF_ANOTHER_DIALER',
  'TEAM_NOT_IN_QUEUE',
  'QUEUE_WITHOUT_OUTBOUND_CAMPAIGN',
  'NO_CALLER_ID',
  'NO_IVR_MESSAGE',
  'NO_LIST',
  'LIST_NOT_FILLED',
  'NO_CONTACTS',
] as const;
export type ReadinessCode = (typeof READINESS_CODES)[number];

export interface Missing {
  code: ReadinessCode;
  message: string;
}

export interface Readiness {
  missing: Missing[];
}

const READ = `/* campaign.readiness */
SELECT c.id, g.pacing_mode AS mode, COALESCE(g.caller_id, e.caller_id) AS "callerId", q.outbound_campaign AS "outbound",
  q.name AS queue, c.ivr_message AS "ivrMessage",
  (SELECT count(*) FROM agent a WHERE a.team_id = ANY(g.team_ids)) AS agents,
  (SELECT t.name FROM team t WHERE t.id = ANY(g.team_ids) AND t.dialer_id <> g.dialer_id LIMIT 1) AS "foreignTeam",
  (SELECT t.name FROM team t WHERE t.id = ANY(g.team_ids) AND NOT t.id = ANY(q.team_ids) LIMIT 1) AS "outsideTeam",
  (SELECT count(*) FROM campaign_list l WHERE l.campaign_id = c.id) AS lists,
  (SELECT count(*) FROM campaign_list l WHERE l.campaign_id = c.id AND l.filled_at IS NULL) AS unfilled,
  EXISTS (SELECT 1 FROM campaign_contact k WHERE k.campaign_id = c.id AND k.state <> 'CLOSED') AS contacts
FROM campaign c
JOIN campaign_group g ON g.id = c.group_id
JOIN entry_point e ON e.id = g.entry_point_id
JOIN queue q ON q.id = e.queue_id
WHERE c.id = ANY($1::uuid[])`;

interface Row {
  id: string;
  mode: PacingMode;
  callerId: string | null;
  outbound: boolean;
  queue: string;
  ivrMessage: string | null;
  agents: number;
  foreignTeam: string | null;
  outsideTeam: string | null;
  lists: number;
  unfilled: number;
  contacts: boolean;
}

/** Modes that the dialer dials. */
const AVAILABLE_MODES = new Set<PacingMode>(['PROGRESSIVE', 'PREDICTIVE', ...IVR_MODES]);

const contactsMissing = (row: Row): Missing[] => {
  if (row.lists === 0) return [{ code: 'NO_LIST', message: 'no contact list is attached' }];
  if (row.contacts) return [];
  return row.unfilled > 0
    ? [{ code: 'LIST_NOT_FILLED', message: 'its contact lists are still being taken in' }]
    : [{ code: 'NO_CONTACTS', message: 'its contact lists hold no contact that may still be dialled' }];
};

/** In the order an administrator would mend it. */
const readinessOf = (row: Row): Readiness => {
  const ivr = IVR_MODES.includes(row.mode);
  const missing: (Missing | false)[] = [
    !AVAILABLE_MODES.has(row.mode) && {
      code: 'MODE_NOT_AVAILABLE',
      message: `campaigns in mode ${row.mode} can be set up but not started by this version`,
    },
    // Ports stand in for agents.
    !ivr && row.agents === 0 && { code: 'NO_AGENTS', message: 'the teams of its group have no agents' },
    row.foreignTeam !== null && {
      code: 'TEAM_OF_ANOTHER_DIALER',
      message: `team "${row.foreignTeam}" belongs to another dialer than the group`,
    },
    row.outsideTeam !== null && {
      code: 'TEAM_NOT_IN_QUEUE',
      message: `team "${row.outsideTeam}" is not in the distribution group of queue "${row.queue}"`,
    },
    !row.outbound && {
      code: 'QUEUE_WITHOUT_OUTBOUND_CAMPAIGN',
      message: `queue "${row.queue}" has outboundCampaign off`,
    },
    !row.callerId && { code: 'NO_CALLER_ID', message: 'neither its group nor the entry point has a caller ID' },
    ivr && !row.ivrMessage && { code: 'NO_IVR_MESSAGE', message: 'it has no ivrMessage for a live person to hear' },
  ];
  return { missing: [...missing.filter((one) => one !== false), ...contactsMissing(row)] };
};

/** What campaigns still lack to start, by id, in one statement; the caller has checked whose they are. */
export const readinessOfCampaigns = async (
  sql: Sql,
  campaignIds: readonly string[],
): Promise<Map<string, Readiness>> => {
  const { rows } = await sql.query<Row>(READ, [campaignIds]);
  return new Map(rows.map((row) => [row.id, readinessOf(row)]));
};

/** The same of one campaign. Nothing missing: it may start. */
export const campaignReadiness = async (sql: Sql, campaignId: string): Promise<Readiness> =>
  (await readinessOfCampaigns(sql, [campaignId])).get(campaignId) ?? { missing: [] };

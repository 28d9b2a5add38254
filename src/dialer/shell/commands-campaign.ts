import { scheduleAt } from '../../compliance/schedule';
import { notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import type { Sql } from '../../infra/postgres';
import { type CampaignRow, type CampaignState, readCampaign } from './campaign-load';
import { changeCampaignState } from './campaign-state';
import type { Campaigns } from './campaigns';
import { recordResult } from './command-rows';
import type { CommandContext, Handlers, Outcome } from './commands';
import type { DialerDatabase } from './dialer-transaction';

/** What a campaign still lacks to start; empty when nothing. */
export type ReadinessCheck = (
  sql: Sql,
  campaignId: string,
) => Promise<{ missing: readonly { code: string; message: string }[] }>;

export interface CampaignCommandsOptions {
  database: DialerDatabase;
  organisationId: string;
  clock: Clock;
  campaigns: Campaigns;
  readiness: ReadinessCheck;
}

type CampaignHandlers = Pick<
  Handlers,
  'CAMPAIGN_START' | 'CAMPAIGN_PAUSE' | 'CAMPAIGN_RESUME' | 'CAMPAIGN_STOP' | 'CAMPAIGN_RELOAD'
>;

const FROM: Record<'START' | 'PAUSE' | 'RESUME' | 'STOP', CampaignState[]> = {
  START: ['DRAFT', 'SCHEDULED', 'PAUSED', 'STOPPED', 'COMPLETED'],
  PAUSE: ['RUNNING', 'PENDING', 'SCHEDULED'],
  RESUME: ['PAUSED'],
  STOP: ['RUNNING', 'PENDING', 'PAUSED', 'SCHEDULED'],
};

/** What a pause may have changed for the worse; contacts may have run out and agents gone while it ran. */
const SET_UP = new Set(['MODE_NOT_AVAILABLE', 'NO_IVR_MESSAGE']);

const LOCK = `/* campaign.lock */
SELECT 1 FROM campaign WHERE organisation_id = $1 AND id = $2 FOR UPDATE`;

export const campaignHandlers = (options: CampaignCommandsOptions): CampaignHandlers => {
  const { database, organisationId, clock, campaigns } = options;

  const locked = async (sql: Sql, id: string): Promise<CampaignRow> => {
    const { rowCount } = await sql.query({ name: 'campaign.lock', text: LOCK, values: [organisationId, id] });
    const row = rowCount === 1 ? await readCampaign(sql, database.dialerId, id) : undefined;
    if (!row) throw notFound('campaign', id);
    return row;
  };

  const change = async (
    action: keyof typeof FROM,
    { row: command, targetId: id, at }: CommandContext,
    transact: Parameters<Handlers['CAMPAIGN_START']>[2],
    next: (row: CampaignRow, sql: Sql) => Promise<{ to: CampaignState; reason: string | null }>,
  ): Promise<Outcome> => {
    const result = { ok: true as const, campaignId: id, state: '' };
    const row = await transact(async (sql) => {
      const found = await locked(sql, id);
      if (!FROM[action].includes(found.state)) {
        const allowed = FROM[action].join(', ');
        const message = `campaign ${id} is ${found.state}; ${action.toLowerCase()} is possible when it is ${allowed}`;
        throw new OutdialError('INVALID_STATE', message, 'state');
      }
      const { to, reason } = await next(found, sql);
      await changeCampaignState(sql, { id, from: FROM[action], to, reason, at });
      result.state = to;
      await recordResult(sql, organisationId, command.id, result, at);
      return { ...found, state: to };
    });
    return {
      result,
      after: async () => {
        // Before it is in the kernel there is nothing to pause or stop there.
        if (campaigns.get(id) || row.state === 'RUNNING' || row.state === 'PENDING') {
          if (action === 'START' || action === 'RESUME') await campaigns.bring(row);
          else campaigns.applyState(id, row.state);
        }
      },
    };
  };

  const requireReady = async (sql: Sql, row: CampaignRow, to: string, asked: (code: string) => boolean) => {
    const missing = (await options.readiness(sql, row.id)).missing.filter(({ code }) => asked(code));
    if (missing.length === 0) return;
    const what = missing.map((item) => item.message).join('; ');
    throw new OutdialError('NOT_READY', `campaign ${row.id} is not ready to ${to}: ${what}`);
  };

  const open = (row: CampaignRow): { to: CampaignState; reason: string | null } =>
    scheduleAt(row.schedule, clock.now()).open
      ? { to: 'RUNNING', reason: null }
      : { to: 'PENDING', reason: 'OUTSIDE_SCHEDULE' };

  return {
    CAMPAIGN_START: (_body, context, transact) =>
      change('START', context, transact, async (row, sql) => {
        await requireReady(sql, row, 'start', () => true);
        return open(row);
      }),
    CAMPAIGN_PAUSE: (_body, context, transact) =>
      change('PAUSE', context, transact, async () => ({ to: 'PAUSED', reason: 'PAUSED_BY_USER' })),
    CAMPAIGN_RESUME: (_body, context, transact) =>
      change('RESUME', context, transact, async (row, sql) => {
        await requireReady(sql, row, 'resume', (code) => SET_UP.has(code));
        return open(row);
      }),
    CAMPAIGN_STOP: (_body, context, transact) =>
      change('STOP', context, transact, async () => ({ to: 'STOPPED', reason: 'STOPPED_BY_USER' })),
    CAMPAIGN_RELOAD: async (_body, { row: command, targetId: id, at }, transact) => {
      const result = { ok: true as const, campaignId: id };
      await transact(async (sql) => {
        await locked(sql, id);
        await recordResult(sql, organisationId, command.id, result, at);
      });
      return { result, after: () => campaigns.reload(id) };
    },
  };
};

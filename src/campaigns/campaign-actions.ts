import type { Pool } from 'pg';
import type { LawBook } from '../compliance/own/law-book';
import type { CommandClient } from '../dialer/command-client';
import type { CommandKind, CommandResult } from '../dialer/command-kinds';
import { notFound, OutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import { newId } from '../infra/ids';
import { audit } from '../organisations/audit';
import type { Caller } from '../organisations/caller';
import { isId } from '../organisations/records';
import type { Campaign, CampaignState } from './campaign';
import type { CampaignService } from './campaign-service';
import { messageWarnings } from './message-warnings';
import { campaignReadiness, type Readiness } from './readiness';

export type CampaignAction = 'start' | 'pause' | 'resume' | 'stop';

const ACTIONS: Record<CampaignAction, { kind: CommandKind & `CAMPAIGN_${string}`; from: readonly CampaignState[] }> = {
  start: { kind: 'CAMPAIGN_START', from: ['DRAFT', 'SCHEDULED', 'PAUSED', 'STOPPED', 'COMPLETED'] },
  pause: { kind: 'CAMPAIGN_PAUSE', from: ['RUNNING', 'PENDING', 'SCHEDULED'] },
  resume: { kind: 'CAMPAIGN_RESUME', from: ['PAUSED'] },
  stop: { kind: 'CAMPAIGN_STOP', from: ['RUNNING', 'PENDING', 'PAUSED', 'SCHEDULED'] },
};

const FIND = `/* campaign.action */
SELECT c.name, c.state, g.dialer_id AS "dialerId",
  EXISTS (SELECT 1 FROM dialer_command d WHERE d.organisation_id = $2 AND d.id = $3) AS repeated
FROM campaign c JOIN campaign_group g ON g.id = c.group_id
WHERE c.id = $1 AND c.organisation_id = $2`;

interface Row {
  name: string;
  state: CampaignState;
  dialerId: string;
  repeated: boolean;
}

export interface CampaignActions {
  act(caller: Caller, action: CampaignAction, campaignId: string, idempotencyKey?: string): Promise<Campaign>;
  readiness(caller: Caller, campaignId: string): Promise<Readiness>;
}

export interface ActionDeps {
  hot: Pool;
  clock: Clock;
  commands: CommandClient;
  campaigns: CampaignService;
  laws: LawBook;
}

/** What the dialer answered to an order, as an error when it refused. */
export const requireDone = (result: CommandResult): void => {
  if (!result.ok) throw new OutdialError(result.code, result.message, result.field);
};

/** Start, pause, resume, stop: orders to the campaign's dialer, which changes the state in the answer's transaction. */
export const createCampaignActions = ({ hot, clock, commands, campaigns, laws }: ActionDeps): CampaignActions => ({
  async act(caller, action, campaignId, key) {
    const { kind, from } = ACTIONS[action];
    const id = key ?? newId();
    const { organisationId, actor } = caller;
    if (!isId(campaignId)) throw notFound('campaign', campaignId);
    const { rows } = await hot.query<Row>(FIND, [campaignId, organisationId, id]);
    const row = rows[0];
    if (!row) throw notFound('campaign', campaignId);
    // A repeat gets the answer of the first time, whatever the state has become.
    if (!row.repeated) {
      if (!from.includes(row.state)) {
        throw new OutdialError(
          'INVALID_STATE',
          `campaign "${row.name}" is ${row.state}: ${action} needs ${from.join(', ')}`,
        );
      }
      if (action === 'start' || action === 'resume') {
        const { missing } = await campaignReadiness(hot, campaignId);
        if (missing.length > 0) {
          const why = missing.map(({ message }) => message).join('; ');
          throw new OutdialError('NOT_READY', `campaign "${row.name}" cannot ${action}: ${why}`);
        }
      }
    }
    const target = `campaign:${campaignId}` as const;
    const result = await commands.send({
      organisationId,
      dialerId: row.dialerId,
      id,
      target,
      kind,
      body: {},
      createdBy: actor,
    });
    if (!row.repeated) {
      const at = clock.now();
      const warned = await messageWarnings({ sql: hot, laws, at }, organisationId, [campaignId]);
      // It stands in the audit that it was begun all the same.
      const warnings = action === 'start' ? (warned.get(campaignId) ?? []).map(({ message }) => message) : [];
      const after = { command: id, ...result, ...(warnings.length > 0 && { warnings }) };
      await audit(hot, caller, clock.date(), { action, entity: 'campaign', entityId: campaignId, after });
    }
    requireDone(result);
    return campaigns.get(caller, campaignId);
  },

  async readiness(caller, campaignId) {
    await campaigns.get(caller, campaignId);
    return campaignReadiness(hot, campaignId);
  },
});

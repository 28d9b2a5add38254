import type { Pool } from 'pg';
import { z } from 'zod';
import { notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import type { JobClient } from '../../infra/job-client';
import { transaction } from '../../infra/postgres';
import type { PubSub } from '../../infra/pubsub';
import { id, parse, whole } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey, takeKey } from '../../organisations/idempotency';
import { reloadCampaign } from './reload-campaign';

export interface CampaignList {
  campaignId: string;
  listId: string;
  priority: number;
  attachedAt: Date;
  /** Null while its contacts are still being taken into the campaign. */
  filledAt: Date | null;
}

export interface DetachedList {
  campaignId: string;
  listId: string;
}

export const attachContactListInput = z.object({
  campaignId: id().describe('The campaign.'),
  listId: id().describe('The list.'),
  priority: whole({ min: 1, max: 1000 }).default(100).describe('Lists of lower priority are dialled first.'),
  idempotencyKey,
});
export const detachContactListInput = z.object({
  campaignId: id().describe('The campaign.'),
  listId: id().describe('The list.'),
  idempotencyKey,
});

const COLUMNS = `campaign_id AS "campaignId", list_id AS "listId", priority, attached_at AS "attachedAt",
  filled_at AS "filledAt"`;
const CAMPAIGN = `/* campaignLists.campaign */
SELECT state FROM campaign WHERE id = $1 AND organisation_id = $2 FOR KEY SHARE`;
// An import of this list finishes its chunk first and sees the campaign from its next one on.
const LIST = `/* campaignLists.list */
SELECT name, stopped_at IS NOT NULL AS stopped, expired_at IS NOT NULL OR expires_at <= $3 AS expired
FROM contact_list WHERE id = $1 AND organisation_id = $2 FOR NO KEY UPDATE`;
const ATTACH = `/* campaignLists.attach */
INSERT INTO campaign_list (campaign_id, list_id, organisation_id, priority, attached_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (campaign_id, list_id) DO NOTHING RETURNING ${COLUMNS}`;
const READ = `/* campaignLists.read */
SELECT ${COLUMNS} FROM campaign_list WHERE campaign_id = $1 AND list_id = $2 AND organisation_id = $3`;
const OF_CAMPAIGN = `/* campaignLists.ofCampaign */
SELECT ${COLUMNS} FROM campaign_list WHERE campaign_id = $1 AND organisation_id = $2 ORDER BY priority, list_id LIMIT 1000`;
const DETACH = `/* campaignLists.detach */
DELETE FROM campaign_list WHERE campaign_id = $1 AND list_id = $2 AND organisation_id = $3`;
// What was never called goes; what has a history or a call in flight stays for reports and its outcome, closed to selection.
const FORGET = `/* campaignLists.forget */
DELETE FROM campaign_contact WHERE campaign_id = $1 AND list_id = $2 AND state = 'READY' AND attempts = 0 AND callback_id IS NULL`;
const CLOSE = `/* campaignLists.close */
UPDATE campaign_contact SET state = 'CLOSED', close_reason = 'LIST_DETACHED', version = version + 1
WHERE campaign_id = $1 AND list_id = $2 AND state IN ('READY', 'AWAITING_RETRY')`;
const REOPEN = `/* campaignLists.reopen */
UPDATE campaign_contact SET state = 'READY', close_reason = NULL, due_at = greatest(due_at, $3), queued = false, priority = $4,
  version = version + 1
WHERE campaign_id = $1 AND list_id = $2 AND state = 'CLOSED' AND close_reason = 'LIST_DETACHED'`;

interface ListStanding {
  name: string;
  stopped: boolean;
  expired: boolean | null;
}

const requireActive = ({ name, stopped, expired }: ListStanding): void => {
  if (!stopped && !expired) return;
  const mend = stopped ? 'is stopped: resume it first' : 'has expired: give it a later expiresAt first';
  throw new OutdialError('INVALID_STATE', `list "${name}" ${mend}`, 'listId');
};

/** Which lists a campaign dials. */
export class CampaignListService {
  constructor(private readonly deps: { pool: Pool; pubsub: PubSub; clock: Clock; jobs: JobClient }) {}

  async ofCampaign(caller: Caller, campaignId: string): Promise<CampaignList[]> {
    const { rows } = await this.deps.pool.query<CampaignList>(OF_CAMPAIGN, [campaignId, caller.organisationId]);
    return rows;
  }

  /** At once; its contacts follow by a job, which sets `filledAt`. */
  async attach(caller: Caller, input: unknown): Promise<CampaignList> {
    const given = parse(attachContactListInput, input);
    const { campaignId, listId, priority, idempotencyKey: key } = given;
    const { organisationId } = caller;
    const at = this.deps.clock.date();
    const attached = await transaction(this.deps.pool, async (sql) => {
      if (!(await sql.query(CAMPAIGN, [campaignId, organisationId])).rowCount) throw notFound('campaign', campaignId);
      const list = (await sql.query<ListStanding>(LIST, [listId, organisationId, at])).rows[0];
      if (!list) throw notFound('contact list', listId);
      requireActive(list);
      const once = { key, mutation: 'attach contact list', request: given, entityId: `${campaignId}/${listId}`, at };
      if (await takeKey(sql, caller, once)) {
        return (await sql.query<CampaignList>(READ, [campaignId, listId, organisationId])).rows[0];
      }
      const made = await sql.query<CampaignList>(ATTACH, [campaignId, listId, organisationId, priority, at]);
      if (!made.rows[0]) throw new OutdialError('CONFLICT', 'the list is attached to this campaign already', 'listId');
      await sql.query(REOPEN, [campaignId, listId, at, priority]);
      const change = { action: 'attach list', entity: 'campaign', entityId: campaignId, after: { listId, priority } };
      await audit(sql, caller, at, change);
      return made.rows[0];
    });
    if (!attached)
      throw new OutdialError('INVALID_STATE', 'the list was attached by this key and detached since', 'listId');
    await this.deps.jobs.enqueue('fillCampaign', { organisationId, campaignId, listId });
    return attached;
  }

  /** Calls in flight go on; none of its contacts is selected any more. */
  async detach(caller: Caller, input: unknown): Promise<DetachedList> {
    const given = parse(detachContactListInput, input);
    const { campaignId, listId, idempotencyKey: key } = given;
    const { organisationId } = caller;
    const at = this.deps.clock.date();
    await transaction(this.deps.pool, async (sql) => {
      if (!(await sql.query(CAMPAIGN, [campaignId, organisationId])).rowCount) throw notFound('campaign', campaignId);
      if (!(await sql.query(LIST, [listId, organisationId, at])).rowCount) throw notFound('contact list', listId);
      const once = { key, mutation: 'detach contact list', request: given, entityId: `${campaignId}/${listId}`, at };
      if (await takeKey(sql, caller, once)) return;
      const gone = await sql.query(DETACH, [campaignId, listId, organisationId]);
      if (!gone.rowCount)
        throw new OutdialError('INVALID_STATE', 'the list is not attached to this campaign', 'listId');
      // A list may have a million contacts.
      await sql.query("SET LOCAL statement_timeout = '120s'");
      await sql.query(FORGET, [campaignId, listId]);
      await sql.query(CLOSE, [campaignId, listId]);
      const change = { action: 'detach list', entity: 'campaign', entityId: campaignId, before: { listId } };
      await audit(sql, caller, at, change);
    });
    await reloadCampaign(this.deps, organisationId, campaignId);
    return { campaignId, listId };
  }
}

import type { Pool } from 'pg';
import { z } from 'zod';
import { invalid, notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { type Sql, transaction } from '../../infra/postgres';
import { id, parse, text } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import { requestReopening } from './reopen-unlisted';

/** Whom a campaign must not call, beyond what holds for all of the organisation. */
export interface CampaignDoNotCall {
  campaignId: string;
  version: number;
  ndnc: boolean;
  ndncOffReason: string | null;
  dncListIds: string[];
  scrubAtDelivery: boolean;
  suppressionRuleSetId: string | null;
}

export const setCampaignDoNotCallInput = z.object({
  campaignId: id().describe('The campaign.'),
  version: z.int().describe("The campaign's version that was read."),
  ndnc: z.boolean().optional().describe('Whether national registries hold for it. New campaigns have it on.'),
  reason: text(500).optional().describe('Why they do not: must be given to switch `ndnc` off; kept in the audit.'),
  dncListIds: z.array(id()).max(100).optional().describe('Lists of kind CUSTOM that hold for it, at most 100.'),
  scrubAtDelivery: z
    .boolean()
    .optional()
    .describe('Whether contacts that are listed are closed as they come into the campaign. New campaigns have it on.'),
  suppressionRuleSetId: id().nullable().optional().describe('Rules by which people are not called; null: none.'),
});

const COLUMNS = `id AS "campaignId", version, ndnc, ndnc_off_reason AS "ndncOffReason", dnc_list_ids AS "dncListIds",
  dnc_scrub_at_delivery AS "scrubAtDelivery", suppression_rule_set_id AS "suppressionRuleSetId"`;
const READ = `/* campaignDnc.read */ SELECT ${COLUMNS} FROM campaign WHERE organisation_id = $1 AND id = ANY($2::uuid[])`;
// A claim holds the row shared: it has ended, or it sees what is written here.
const HOLD = `/* campaignDnc.hold */ SELECT ${COLUMNS} FROM campaign WHERE organisation_id = $1 AND id = $2 FOR NO KEY UPDATE`;
const UPDATE = `/* campaignDnc.update */
UPDATE campaign SET version = version + 1, ndnc = $3, ndnc_off_reason = $4, dnc_list_ids = $5, dnc_scrub_at_delivery = $6,
  suppression_rule_set_id = $7
WHERE organisation_id = $1 AND id = $2 RETURNING ${COLUMNS}`;
const LISTS = `/* campaignDnc.lists */
SELECT id, name, kind FROM dnc_list WHERE organisation_id = $1 AND id = ANY($2::uuid[]) FOR KEY SHARE`;
const RULES = `/* campaignDnc.rules */
SELECT 1 FROM suppression_rule_set WHERE organisation_id = $1 AND id = $2 FOR KEY SHARE`;

/** In the order of the ids; null for campaigns of others. */
export const campaignsDoNotCall = async (
  sql: Sql,
  organisationId: string,
  ids: readonly string[],
): Promise<(CampaignDoNotCall | null)[]> => {
  const { rows } = await sql.query<CampaignDoNotCall>(READ, [organisationId, ids]);
  const found = new Map(rows.map((row) => [row.campaignId, row]));
  return ids.map((campaignId) => found.get(campaignId) ?? null);
};

export class CampaignDoNotCallService {
  constructor(private readonly deps: { pool: Pool; clock: Clock }) {}

  /** Holds from the next claim on, also while the campaign runs. */
  async set(caller: Caller, input: unknown): Promise<CampaignDoNotCall> {
    const { campaignId, version, reason, ...changes } = parse(setCampaignDoNotCallInput, input);
    const { organisationId } = caller;
    const at = this.deps.clock.date();
    return transaction(this.deps.pool, async (sql) => {
      const before = (await sql.query<CampaignDoNotCall>(HOLD, [organisationId, campaignId])).rows[0];
      if (!before) throw notFound('campaign', campaignId);
      if (before.version !== version) {
        const message = `version ${version} is not the newest: the campaign has version ${before.version}; read it again`;
        throw new OutdialError('VERSION_CONFLICT', message, 'version');
      }
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const next: CampaignDoNotCall = { ...before, ...given };
      next.ndncOffReason = reasonFor(before, next, reason);
      await requireLists(sql, organisationId, next.dncListIds);
      await requireRules(sql, organisationId, next.suppressionRuleSetId);
      const values = [next.ndnc, next.ndncOffReason, next.dncListIds, next.scrubAtDelivery, next.suppressionRuleSetId];
      const after = (await sql.query<CampaignDoNotCall>(UPDATE, [organisationId, campaignId, ...values])).rows[0];
      if (!after) throw new OutdialError('INTERNAL', 'the campaign could not be read back');
      if (isLooser(after, before)) await requestReopening(sql, caller, at);
      await audit(sql, caller, at, {
        action: 'set do-not-call',
        entity: 'campaign',
        entityId: campaignId,
        before,
        after,
      });
      return after;
    });
  }
}

const isLooser = (after: CampaignDoNotCall, before: CampaignDoNotCall): boolean =>
  (before.ndnc && !after.ndnc) || before.dncListIds.some((listId) => !after.dncListIds.includes(listId));

const reasonFor = (before: CampaignDoNotCall, next: CampaignDoNotCall, reason: string | undefined): string | null => {
  if (next.ndnc) return null;
  if (reason === undefined && before.ndnc) {
    throw invalid('reason', 'reason must be given to switch ndnc off: national registries hold by law');
  }
  return reason ?? before.ndncOffReason;
};

const requireLists = async (sql: Sql, organisationId: string, wanted: readonly string[]): Promise<void> => {
  if (wanted.length === 0) return;
  const { rows } = await sql.query<{ id: string; name: string; kind: string }>(LISTS, [organisationId, wanted]);
  for (const listId of wanted) {
    const list = rows.find((row) => row.id === listId);
    if (!list) throw invalid('dncListIds', `dncListIds ${listId} does not exist`);
    if (list.kind === 'CUSTOM') continue;
    const holds = list.kind === 'INTERNAL' ? 'holds for every campaign' : 'holds by ndnc';
    throw invalid('dncListIds', `dncListIds "${list.name}" ${holds}: only lists of kind CUSTOM are chosen`);
  }
};

const requireRules = async (sql: Sql, organisationId: string, wanted: string | null): Promise<void> => {
  if (wanted === null) return;
  if (!(await sql.query(RULES, [organisationId, wanted])).rowCount) {
    throw invalid('suppressionRuleSetId', `suppressionRuleSetId ${wanted} does not exist`);
  }
};

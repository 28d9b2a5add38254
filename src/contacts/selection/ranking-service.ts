import type { Pool } from 'pg';
import type { Caller } from '../../organisations/caller';
import { isId } from '../../organisations/records';

/** How far the contacts of a campaign follow its newest filter and sort. */
export interface CampaignRanking {
  campaignId: string;
  selectionVersion: number;
  contactsRanked: number;
  contactsChanged: number;
  contacts: number;
  startedAt: Date;
  endedAt: Date | null;
  seq: number;
}

const READ = `/* ranking.read */
SELECT r.campaign_id AS "campaignId", r.version AS "selectionVersion", r.contacts_ranked AS "contactsRanked",
  r.contacts_changed AS "contactsChanged", r.started_at AS "startedAt", r.ended_at AS "endedAt", r.seq,
  (SELECT coalesce(sum(l.contacts), 0) FROM campaign_list a JOIN contact_list l ON l.id = a.list_id
   WHERE a.campaign_id = r.campaign_id) AS contacts
FROM campaign_ranking r WHERE r.campaign_id = $1 AND r.organisation_id = $2`;

export class RankingService {
  constructor(private readonly deps: { pool: Pool }) {}

  /** Null: filter and sort were never changed once the campaign was made. */
  async find(caller: Caller, campaignId: string): Promise<CampaignRanking | null> {
    if (!isId(campaignId)) return null;
    const { rows } = await this.deps.pool.query<CampaignRanking>(READ, [campaignId, caller.organisationId]);
    return rows[0] ?? null;
  }
}

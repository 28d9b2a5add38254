import type { EntityManager } from 'typeorm';
import { type ContactFilter, compileFilter } from '../contacts/selection/contact-filter';
import { type ContactSort, checkSort } from '../contacts/selection/contact-sort';
import type { Campaign } from './campaign';

/** What a change of filter or sort changes beside them; nothing when both are as they were. */
export const selectionFields = (
  given: { contactFilter?: ContactFilter | null; contactSort?: ContactSort },
  before: Campaign | undefined,
): Partial<Campaign> => {
  const filter = given.contactFilter === undefined ? (before?.contactFilter ?? null) : given.contactFilter;
  const sort = given.contactSort ?? before?.contactSort ?? [];
  const old = before ? [before.contactFilter, before.contactSort] : [null, []];
  checkSort(sort);
  if (JSON.stringify([filter, sort]) === JSON.stringify(old)) {
    return before ? {} : { contactFilter: null, contactFilterPath: null, contactSort: [], selectionVersion: 0 };
  }
  return {
    contactFilter: filter,
    contactFilterPath: filter && compileFilter(filter),
    contactSort: sort,
    selectionVersion: (before?.selectionVersion ?? 0) + 1,
  };
};

// Imports hold the list, fillings the campaign's place in it: after these locks whatever they have put into the campaign by the
// old filter is committed, and what they put there later is by the new one.
const LOCK_LISTS = `/* selection.lists */
SELECT l.id FROM contact_list l JOIN campaign_list a ON a.list_id = l.id
WHERE a.campaign_id = $1 AND l.organisation_id = $2 ORDER BY l.id FOR NO KEY UPDATE OF l`;
const LOCK_FILLINGS = `/* selection.fillings */
SELECT list_id FROM campaign_list WHERE campaign_id = $1 AND organisation_id = $2 ORDER BY list_id FOR UPDATE`;

const BEGIN = `/* selection.begin */
INSERT INTO campaign_ranking (campaign_id, organisation_id, version, started_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (campaign_id) DO UPDATE SET version = excluded.version, ranked_to = 0, contacts_ranked = 0, contacts_changed = 0,
  started_at = excluded.started_at, ended_at = NULL, seq = campaign_ranking.seq + 1`;

/** In the transaction of the change: its contacts are to be ranked anew, by a job that finds this row. */
export const beginRanking = async (manager: EntityManager, campaign: Campaign, at: Date): Promise<void> => {
  const key = [campaign.id, campaign.organisationId];
  await manager.query(LOCK_LISTS, key);
  await manager.query(LOCK_FILLINGS, key);
  await manager.query(BEGIN, [...key, campaign.selectionVersion, at]);
};

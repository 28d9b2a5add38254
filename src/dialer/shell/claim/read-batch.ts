import type { Sql } from '../../../infra/postgres';
import { type CampaignFacts, readCampaigns } from './campaigns';
import { type ContactFacts, readContacts, type Wanted } from './contacts';
import { readDoNotCall } from './do-not-call';
import type { Locking } from './locking';
import { type NumberFacts, readNumbers } from './numbers';
import { type OrganisationFacts, readOrganisation } from './organisation';

/** Everything that was read of a batch, each kind of fact by one reader. */
export interface Batch {
  organisation: OrganisationFacts;
  campaigns: Map<string, CampaignFacts>;
  contacts: ContactFacts[];
  numbers: Map<string, NumberFacts>;
  doNotCall: Set<string>;
}

const distinct = <T>(values: Iterable<T | null>): T[] =>
  [...new Set(values)].filter((value): value is T & {} => value !== null).sort();

/**
 * Reads what the gates look at, one statement for each kind of fact whatever the size of the batch. The order of the
 * readers is the lock order that every writer keeps: epoch, organisation, campaign, campaign_contact, number, person, guard
 * scope. A reader that locks nothing comes after the locks that keep its answer true until the commit.
 */
export const readBatch = async (
  sql: Sql,
  organisationId: string,
  wanted: readonly Wanted[],
  locking: Locking,
): Promise<Batch> => {
  const organisation = await readOrganisation(sql, organisationId, locking);
  const campaignIds = distinct(wanted.map(({ campaignId }) => campaignId));
  const campaigns = await readCampaigns(sql, organisationId, campaignIds, locking);
  const contacts = await readContacts(sql, organisationId, wanted, locking);
  const numbers = distinct(contacts.map(({ number }) => number));
  return {
    organisation,
    campaigns,
    contacts,
    numbers: await readNumbers(sql, organisationId, numbers, locking),
    doNotCall: await readDoNotCall(sql, organisationId, numbers),
  };
};

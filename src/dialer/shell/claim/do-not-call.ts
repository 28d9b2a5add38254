import type { GateFacts } from '../../../compliance/gates';
import { findListed, type Listings, listingsOfNumbers } from '../../../contacts/dnc/listed';
import type { Sql } from '../../../infra/postgres';
import type { CampaignFacts } from './campaigns';
import type { ContactFacts } from './contacts';

export type ListedAs = GateFacts['number']['listedAs'];

/**
 * Every list and opt-out that people of the batch stand in with any of their numbers, whichever campaign has chosen it. Read
 * after the locks.
 */
export const readDoNotCall = (sql: Sql, organisationId: string, contacts: readonly ContactFacts[]): Promise<Listings> =>
  findListed(
    sql,
    organisationId,
    contacts.flatMap(({ numbers, person }) => numbers.map(({ number }) => ({ number, customerId: person }))),
  );

/** What of it stands against each number of a contact for a campaign. When an entry ends, the gate sees. */
export const listedAs = (
  listings: Listings,
  { numbers, person }: ContactFacts,
  { ndnc, dncListIds }: CampaignFacts,
): ListedAs[] =>
  listingsOfNumbers(
    listings,
    { numbers: numbers.map(({ number }) => number), customerId: person },
    { ndnc, listIds: dncListIds },
  ).map((of) => of.map(({ kind, by, expiresAt }) => ({ kind, by, until: expiresAt?.getTime() ?? null })));

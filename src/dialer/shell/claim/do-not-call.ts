import type { GateFacts } from '../../../compliance/gates';
import { findListed, type Listings, listingsOf } from '../../../contacts/dnc/listed';
import type { Sql } from '../../../infra/postgres';
import type { CampaignFacts } from './campaigns';
import type { ContactFacts } from './contacts';

/** Every list and opt-out that people of the batch stand in, whichever campaign has chosen it. Read after the locks. */
export const readDoNotCall = (sql: Sql, organisationId: string, contacts: readonly ContactFacts[]): Promise<Listings> =>
  findListed(
    sql,
    organisationId,
    contacts.flatMap(({ number, person }) => (number === null ? [] : [{ number, customerId: person }])),
  );

/** What of it stands against one person for a campaign. When an entry ends, the gate sees. */
export const listedAs = (
  listings: Listings,
  { number, person }: ContactFacts & { number: string },
  { ndnc, dncListIds }: CampaignFacts,
): GateFacts['number']['listedAs'] =>
  listingsOf(listings, { number, customerId: person }, { ndnc, listIds: dncListIds }).map((listing) => ({
    kind: listing.kind,
    by: listing.by,
    until: listing.expiresAt?.getTime() ?? null,
  }));

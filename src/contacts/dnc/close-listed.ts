import type { Sql } from '../../infra/postgres';
import { type Ends, nextUnlisted } from './free-number';
import { findListed, holdsAt, type ListChoice, type Listing, type Listings, listingsOfNumbers } from './listed';

/** A contact as far as lists are concerned. */
export interface ContactPeople {
  contactId: number;
  customerId: string | null;
  numbers: readonly string[];
}

/** By what a contact is listed; it counts once for each kind. */
export type ListedAs = Partial<Record<Listing['kind'], number>>;

export const listingsOfContacts = (
  sql: Sql,
  organisationId: string,
  contacts: readonly ContactPeople[],
): Promise<Listings> =>
  findListed(
    sql,
    organisationId,
    contacts.flatMap(({ customerId, numbers }) => numbers.map((number) => ({ number, customerId }))),
  );

/** When what stands against each of a contact's numbers ends. */
export const endsOf = (listings: Listings, contact: ContactPeople, choice: ListChoice): Ends[] =>
  listingsOfNumbers(listings, contact, choice).map((of) =>
    of.map(({ expiresAt }) => ({ until: expiresAt?.getTime() ?? null })),
  );

/** What stands against a contact none of whose numbers may be dialled; empty while one of them may. */
export const listingsOfAll = (listings: Listings, contact: ContactPeople, choice: ListChoice, at: Date): Listing[] => {
  const each = listingsOfNumbers(listings, contact, choice).map((of) => of.filter(holdsAt(at)));
  return each.every(({ length }) => length > 0) ? each.flat() : [];
};

// The claim's words for the same refusals. What waits or is being called now is left to the claim and its outcome.
const CLOSE = `/* dnc.close */
UPDATE campaign_contact cc SET state = 'CLOSED', close_reason = u.reason, version = cc.version + 1
FROM (
  SELECT c.contact_id, u.reason FROM unnest($2::bigint[], $3::text[]) AS u(contact_id, reason)
  JOIN campaign_contact c ON c.campaign_id = $1 AND c.contact_id = u.contact_id
  WHERE c.state = 'READY' ORDER BY c.contact_id FOR UPDATE OF c) u
WHERE cc.campaign_id = $1 AND cc.contact_id = u.contact_id`;

/**
 * Takes contacts out of a campaign that stand, with all their numbers and for good, on lists that hold for it. Where an entry
 * ends by itself the claim lets the contact wait for that.
 */
export const closeListed = async (
  sql: Sql,
  campaignId: string,
  contacts: readonly ContactPeople[],
  listings: Listings,
  choice: ListChoice,
  at: Date,
): Promise<number> => {
  const ids: number[] = [];
  const reasons: string[] = [];
  for (const contact of contacts) {
    if (nextUnlisted(endsOf(listings, contact, choice), 0, at.getTime())) continue;
    const found = listingsOfAll(listings, contact, choice, at);
    ids.push(contact.contactId);
    reasons.push(found.every(({ kind }) => kind === 'OPT_OUT') ? 'OPTED_OUT' : 'DNC');
  }
  if (ids.length === 0) return 0;
  return (await sql.query(CLOSE, [campaignId, ids, reasons])).rowCount ?? 0;
};

const CONTACTS = `/* dnc.contacts */
SELECT id AS "contactId", external_id AS "customerId", jsonb_path_query_array(numbers, '$[*].number') AS numbers
FROM contact WHERE list_id = $1 AND organisation_id = $2 AND id > $3 ORDER BY id LIMIT $4`;

/** The contacts of a list behind `after`, in the order in which they came. */
export const readPeople = async (
  sql: Sql,
  of: { organisationId: string; listId: string },
  after: number,
  limit: number,
): Promise<ContactPeople[]> => {
  const values = [of.listId, of.organisationId, after, limit];
  return (await sql.query<ContactPeople>({ name: 'dnc.contacts', text: CONTACTS, values })).rows;
};

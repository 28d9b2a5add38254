import type { Pool } from 'pg';
import type { Clock } from '../../infra/clock';
import { type Sql, transaction } from '../../infra/postgres';
import { type PubSub, topics } from '../../infra/pubsub';
import { type ChosenLists, choicesOfList } from './campaign-choice';
import { closeListed, type ListedAs, listingsOfAll, listingsOfContacts, readPeople } from './close-listed';
import type { ListChoice, Listing } from './listed';

/** Contacts of one transaction: short enough that a claim never waits for it. */
const CHUNK = 5_000;

// A runner that died has left its row RUNNING; two at once wait for each other here and go on by turns.
const STAND = `/* dncScrub.stand */
UPDATE dnc_scrub SET state = 'RUNNING', started_at = coalesce(started_at, $3)
WHERE id = $1 AND organisation_id = $2 AND state IN ('QUEUED', 'RUNNING')
RETURNING list_id AS "listId", read_to AS "readTo", listed_as AS "listedAs"`;
const ADVANCE = `/* dncScrub.advance */
UPDATE dnc_scrub SET contacts_read = contacts_read + $2, contacts_listed = contacts_listed + $3,
  contacts_closed = contacts_closed + $4, listed_as = $5, read_to = $6, seq = seq + 1,
  contacts_total = greatest(contacts_total, contacts_read + $2),
  state = CASE WHEN $7 THEN 'COMPLETED' ELSE state END, ended_at = CASE WHEN $7 THEN $8::timestamptz END
WHERE id = $1 RETURNING seq`;

/** A contact counts as listed by whatever any of the list's campaigns would refuse it for. */
const widest = (choices: readonly ListChoice[]): ListChoice => ({
  ndnc: choices.length === 0 || choices.some(({ ndnc }) => ndnc),
  listIds: [...new Set(choices.flatMap(({ listIds }) => listIds))],
});

const chunk = async (
  sql: Sql,
  of: { organisationId: string; listId: string },
  campaigns: readonly ChosenLists[],
  after: number,
  at: Date,
) => {
  const contacts = await readPeople(sql, of, after, CHUNK);
  const listings = await listingsOfContacts(sql, of.organisationId, contacts);
  const choice = widest(campaigns);
  const kinds: ListedAs = {};
  let listed = 0;
  for (const contact of contacts) {
    const found = listingsOfAll(listings, contact, choice, at);
    if (found.length > 0) listed += 1;
    for (const kind of new Set(found.map((listing: Listing) => listing.kind))) kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  let closed = 0;
  for (const campaign of campaigns)
    closed += await closeListed(sql, campaign.campaignId, contacts, listings, campaign, at);
  return { read: contacts.length, last: contacts.at(-1)?.contactId ?? after, listed, closed, kinds };
};

const sum = (left: ListedAs, right: ListedAs): ListedAs => {
  const added = { ...left };
  for (const [kind, count] of Object.entries(right) as [Listing['kind'], number][]) {
    added[kind] = (added[kind] ?? 0) + count;
  }
  return added;
};

/** Checks a loaded list, one short transaction after another; interrupted anywhere it goes on where it was. */
export const runScrub = async (
  { pool, clock, pubsub }: { pool: Pool; clock: Clock; pubsub: PubSub },
  { organisationId, scrubId }: { organisationId: string; scrubId: string },
  signal?: AbortSignal,
): Promise<void> => {
  for (;;) {
    signal?.throwIfAborted();
    const more = await transaction(pool, async (sql) => {
      const at = clock.date();
      const stand = await sql.query<{ listId: string; readTo: number; listedAs: ListedAs }>(STAND, [
        scrubId,
        organisationId,
        at,
      ]);
      const place = stand.rows[0];
      if (!place) return undefined;
      const of = { organisationId, listId: place.listId };
      const campaigns = await choicesOfList(sql, organisationId, place.listId);
      const { read, last, listed, closed, kinds } = await chunk(sql, of, campaigns, place.readTo, at);
      const done = read < CHUNK;
      const values = [scrubId, read, listed, closed, JSON.stringify(sum(place.listedAs, kinds)), last, done, at];
      const advanced = await sql.query<{ seq: number }>(ADVANCE, values);
      return { done, seq: advanced.rows[0]?.seq ?? 0 };
    });
    if (!more) return;
    pubsub.publish(topics.dncScrub(organisationId, scrubId), { seq: more.seq });
    if (more.done) return;
  }
};

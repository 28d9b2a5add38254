import type { Pool } from 'pg';
import type { Clock } from '../../infra/clock';
import { type Sql, transaction } from '../../infra/postgres';
import { choiceAtDelivery } from '../dnc/campaign-choice';
import { closeListed, listingsOfContacts, readPeople } from '../dnc/close-listed';
import { selectionOf } from '../selection/selection-sql';

export interface Fill {
  organisationId: string;
  campaignId: string;
  listId: string;
}

/** Contacts of one transaction: short enough that a claim never waits for it. */
const CHUNK = 5_000;

const STAND = `/* fill.stand */
SELECT filled_to, priority FROM campaign_list
WHERE campaign_id = $1 AND list_id = $2 AND organisation_id = $3 AND filled_at IS NULL FOR UPDATE`;

// A contact that came by an import stands in the campaign already: imports look after the campaigns they find attached.
const TAKE = `/* fill.take */
WITH next AS (
  SELECT id, numbers -> 0 ->> 'zone' AS zone, coalesce(numbers -> 0 ->> 'law', '') AS law, attributes FROM contact
  WHERE list_id = $2 AND id > $4 ORDER BY id LIMIT $5
), joined AS (
  INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, priority, zone, law,
    filtered_out, sort_key)
  SELECT $1, n.id, $3, $2, $6, $7, n.zone, n.law, ${selectionOf('c', 'n.attributes')}
  FROM next n JOIN campaign c ON c.id = $1
  ON CONFLICT (campaign_id, contact_id) DO NOTHING
)
SELECT max(id) AS last, count(*) AS contacts FROM next`;

const ADVANCE = `/* fill.advance */
UPDATE campaign_list SET filled_to = $3 WHERE campaign_id = $1 AND list_id = $2`;

// While a file is loaded into the list, the campaign must not be thought complete; the end of the import fills again.
const FINISH = `/* fill.finish */
UPDATE campaign_list SET filled_at = $3
WHERE campaign_id = $1 AND list_id = $2 AND NOT EXISTS (
  SELECT FROM contact_import WHERE list_id = $2 AND state IN ('QUEUED', 'RUNNING')
) RETURNING filled_at`;

/** Closes those of the chunk that the campaign must not call, if it wants that to be known before their turn comes. */
const scrubDelivered = async (sql: Sql, fill: Fill, after: number, at: Date): Promise<void> => {
  const choice = await choiceAtDelivery(sql, fill.organisationId, fill.campaignId);
  if (!choice) return;
  const people = await readPeople(sql, fill, after, CHUNK);
  const listings = await listingsOfContacts(sql, fill.organisationId, people);
  await closeListed(sql, fill.campaignId, people, listings, choice, at);
};

/**
 * Takes the contacts of a list into a campaign, one short transaction after another; repeated or interrupted anywhere it goes
 * on where it was. Answers whether the campaign now has the whole list.
 */
export const fillCampaign = async (
  { pool, clock }: { pool: Pool; clock: Clock },
  { organisationId, campaignId, listId }: Fill,
  signal?: AbortSignal,
): Promise<boolean> => {
  for (;;) {
    signal?.throwIfAborted();
    const state = await transaction(pool, async (sql): Promise<'more' | 'filled' | 'loading' | 'gone'> => {
      const stand = await sql.query<{ filled_to: number; priority: number }>({
        name: 'fill.stand',
        text: STAND,
        values: [campaignId, listId, organisationId],
      });
      const place = stand.rows[0];
      if (!place) return 'gone';
      const at = clock.date();
      const taken = await sql.query<{ last: number | null; contacts: number }>({
        name: 'fill.take',
        text: TAKE,
        values: [campaignId, listId, organisationId, place.filled_to, CHUNK, at, place.priority],
      });
      const { last, contacts } = taken.rows[0] ?? { last: null, contacts: 0 };
      if (last !== null) {
        await scrubDelivered(sql, { organisationId, campaignId, listId }, place.filled_to, at);
        await sql.query(ADVANCE, [campaignId, listId, last]);
      }
      if (contacts === CHUNK) return 'more';
      const finished = await sql.query(FINISH, [campaignId, listId, at]);
      return finished.rowCount ? 'filled' : 'loading';
    });
    if (state !== 'more') return state === 'filled';
  }
};

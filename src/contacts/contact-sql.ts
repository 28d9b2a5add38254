import { selectionOf } from './selection/selection-sql';

const COLUMNS = `id, organisation_id AS "organisationId", list_id AS "listId", import_id AS "importId",
  external_id AS "externalId", numbers, attributes, created_at AS "createdAt", version`;

export const READ_CONTACT = `/* contact.read */
SELECT ${COLUMNS} FROM contact WHERE organisation_id = $1 AND id = $2`;

export const LIST_CONTACTS = `/* contact.list */
SELECT ${COLUMNS} FROM contact WHERE organisation_id = $1 AND list_id = $2 AND id > $3 ORDER BY id LIMIT $4`;

// Also freezes the mapping. Attaching the list to a campaign takes the same lock, see imports/chunk-writer.
export const LOCK_LIST = `/* contact.lockList */
SELECT name, field_mapping, default_country, dnc_scrub_at_load AS scrub FROM contact_list
WHERE id = $1 AND organisation_id = $2 FOR NO KEY UPDATE`;

export const READ_LIST = `/* contact.readList */
SELECT name, field_mapping, default_country FROM contact_list WHERE id = $1 AND organisation_id = $2`;

export const NEXT_CONTACT_ID = `/* contact.nextId */ SELECT nextval(pg_get_serial_sequence('contact', 'id')) AS id`;

export const INSERT_CONTACT = `/* contact.insert */
WITH made AS (
  INSERT INTO contact (id, organisation_id, list_id, external_id, number, numbers, attributes, created_at)
  OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (list_id, number) DO NOTHING RETURNING *
), joined AS (
  INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, priority, zone, law,
    filtered_out, sort_key)
  SELECT a.campaign_id, m.id, $2, $3, $8, a.priority, $9, $10, ${selectionOf('c', 'm.attributes')}
  FROM campaign_list a JOIN campaign c ON c.id = a.campaign_id CROSS JOIN made m
  WHERE a.list_id = $3 AND a.organisation_id = $2
), counted AS (
  UPDATE contact_list SET contacts = contacts + 1, loaded_at = coalesce(loaded_at, $8) WHERE id IN (SELECT list_id FROM made)
)
SELECT ${COLUMNS} FROM made`;

// A campaign that is being filled from the list takes numbers as it finds them: it finishes its chunk first.
export const LOCK_FILLING = `/* contact.lockFilling */
SELECT 1 FROM campaign_list WHERE list_id = $1 ORDER BY campaign_id FOR SHARE`;

// By campaign, since that is how the table is found; a list that was detached has left closed ones behind.
export const LOCK_STANDINGS = `/* contact.lockStandings */
SELECT cc.campaign_id AS "campaignId", cc.state
FROM campaign c JOIN campaign_contact cc ON cc.campaign_id = c.id AND cc.contact_id = $2
WHERE c.organisation_id = $1 ORDER BY cc.campaign_id FOR UPDATE OF cc`;

/** Somewhere it was closed because of the do-not-call lists. */
export const STANDS_LISTED = `/* contact.standsListed */
SELECT 1 FROM campaign c JOIN campaign_contact cc ON cc.campaign_id = c.id AND cc.contact_id = $2
WHERE c.organisation_id = $1 AND cc.state = 'CLOSED' AND cc.close_reason IN ('DNC', 'OPTED_OUT') LIMIT 1`;

export const LOCK_CONTACT = `${READ_CONTACT.replace('contact.read', 'contact.lock')} FOR UPDATE`;

export const UPDATE_CONTACT = `/* contact.update */
UPDATE contact SET external_id = $3, number = $4, numbers = $5, attributes = $6, version = version + 1
WHERE organisation_id = $1 AND id = $2 RETURNING ${COLUMNS}`;

// New rows, not changed ones: a claim or a worker whose statement began before this commit and comes to the row after it
// would lock the changed row and read the contact's numbers as they were. A row that is gone it leaves for its next look.
// All columns are carried over, whichever there are. With the same numbers in the same order the next one stays the next.
export const STAND_ANEW = `/* contact.standAnew */
WITH gone AS (
  DELETE FROM campaign_contact cc WHERE cc.campaign_id = ANY($2::uuid[]) AND cc.contact_id = $1 RETURNING cc AS stood
), next AS (
  SELECT stood, CASE WHEN $4 THEN (stood).number_index::integer ELSE 0 END AS place FROM gone
)
INSERT INTO campaign_contact
SELECT (jsonb_populate_record(stood, jsonb_build_object(
  'number_index', place, 'zone', $3::jsonb -> place ->> 'zone',
  'law', coalesce($3::jsonb -> place ->> 'law', ''), 'version', (stood).version + 1))).*
FROM next`;

// The campaigns may filter and sort by what was changed. Whoever was promised a call is not left out.
export const SELECT_ANEW = `/* contact.selectAnew */
UPDATE campaign_contact cc SET (filtered_out, sort_key) = (
  SELECT n.filtered_out AND cc.callback_id IS NULL, n.sort_key
  FROM (SELECT ${selectionOf('c', 'ct.attributes')}) AS n(filtered_out, sort_key))
FROM campaign c CROSS JOIN contact ct
WHERE cc.campaign_id = ANY($2::uuid[]) AND cc.contact_id = $1 AND c.id = cc.campaign_id AND ct.id = $1`;

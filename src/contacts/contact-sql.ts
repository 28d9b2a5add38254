const COLUMNS = `id, organisation_id AS "organisationId", list_id AS "listId", import_id AS "importId",
  external_id AS "externalId", numbers, attributes, created_at AS "createdAt"`;

export const READ_CONTACT = `/* contact.read */
SELECT ${COLUMNS} FROM contact WHERE organisation_id = $1 AND id = $2`;

export const LIST_CONTACTS = `/* contact.list */
SELECT ${COLUMNS} FROM contact WHERE organisation_id = $1 AND list_id = $2 AND id > $3 ORDER BY id LIMIT $4`;

// Also freezes the mapping. Attaching the list to a campaign takes the same lock, see imports/chunk-writer.
export const LOCK_LIST = `/* contact.lockList */
SELECT name, field_mapping, default_country FROM contact_list WHERE id = $1 AND organisation_id = $2 FOR NO KEY UPDATE`;

export const NEXT_CONTACT_ID = `/* contact.nextId */ SELECT nextval(pg_get_serial_sequence('contact', 'id')) AS id`;

export const INSERT_CONTACT = `/* contact.insert */
WITH made AS (
  INSERT INTO contact (id, organisation_id, list_id, external_id, number, numbers, attributes, created_at)
  OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (list_id, number) DO NOTHING RETURNING *
), joined AS (
  INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, priority, zone)
  SELECT a.campaign_id, m.id, $2, $3, $8, a.priority, $9 FROM campaign_list a CROSS JOIN made m
  WHERE a.list_id = $3 AND a.organisation_id = $2
), counted AS (
  UPDATE contact_list SET contacts = contacts + 1, loaded_at = coalesce(loaded_at, $8) WHERE id IN (SELECT list_id FROM made)
)
SELECT ${COLUMNS} FROM made`;

import { newId } from '../../infra/ids';
import type { Sql } from '../../infra/postgres';
import type { Statement } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import { lockClaimsOut } from '../claim-locks';
import { choiceOfCampaign } from './campaign-choice';
import { type ContactPeople, endsOf, listingsOfContacts } from './close-listed';
import { nextUnlisted } from './free-number';

// One that has not begun will see what this transaction writes: it waits for the lock that is taken on it here. One that is at
// work may be past the contacts concerned.
const REQUEST = `/* reopen.request */
WITH waiting AS (
  SELECT id FROM contact_job
  WHERE organisation_id = $2 AND kind = 'REOPEN_UNLISTED' AND started_at IS NULL AND ended_at IS NULL
  LIMIT 1 FOR SHARE SKIP LOCKED
)
INSERT INTO contact_job (id, organisation_id, kind, campaign_ids, created_by, created_at)
SELECT $1, $2, 'REOPEN_UNLISTED', '{}', $3, $4 WHERE NOT EXISTS (SELECT FROM waiting)`;

/** To be called in the transaction by which something ceases to stand on a do-not-call list. */
export const requestReopening = async (
  sql: Statement,
  { organisationId, actor }: Pick<Caller, 'organisationId' | 'actor'>,
  at: Date,
): Promise<void> => {
  await sql.query(REQUEST, [newId(), organisationId, actor, at]);
};

const CAMPAIGNS = `/* reopen.campaigns */
SELECT c.id FROM campaign c WHERE c.organisation_id = $1 AND EXISTS (
  SELECT FROM campaign_contact cc
  WHERE cc.campaign_id = c.id AND cc.state = 'CLOSED' AND cc.close_reason IN ('DNC', 'OPTED_OUT'))
ORDER BY c.id`;

/** Which campaigns it is about. Every claim that has read the lists as they were has ended when this is known. */
export const campaignsWithListed = async (sql: Sql, organisationId: string): Promise<string[]> => {
  await lockClaimsOut(sql, organisationId);
  return (await sql.query<{ id: string }>(CAMPAIGNS, [organisationId])).rows.map(({ id }) => id);
};

// Whom an agent's wrap-up code has closed the conversation has closed too: that stays.
const CLOSED = `/* reopen.closed */
SELECT cc.contact_id AS "contactId", cc.number_index AS place, ct.external_id AS "customerId",
  jsonb_path_query_array(ct.numbers, '$[*].number') AS numbers
FROM campaign_contact cc JOIN contact ct ON ct.id = cc.contact_id
WHERE cc.campaign_id = $1 AND cc.state = 'CLOSED' AND cc.close_reason IN ('DNC', 'OPTED_OUT') AND cc.contact_id > $2
  AND NOT EXISTS (
    SELECT FROM call_attempt a JOIN campaign c ON c.id = a.campaign_id
    JOIN wrap_up_code_set w ON w.id = c.wrap_up_code_set_id
    WHERE a.id = cc.last_attempt_id AND a.wrap_up_code IS NOT NULL
      AND w.codes @> jsonb_build_array(jsonb_build_object('code', a.wrap_up_code, 'action', 'DO_NOT_CALL')))
ORDER BY cc.contact_id LIMIT $3 FOR UPDATE OF cc`;

const OPEN = `/* reopen.open */
UPDATE campaign_contact cc SET state = 'READY', close_reason = NULL, due_at = greatest(cc.due_at, u.due_at), queued = false,
  number_index = u.place, zone = p.numbers -> u.place ->> 'zone', law = coalesce(p.numbers -> u.place ->> 'law', ''),
  version = cc.version + 1
FROM unnest($2::bigint[], $3::integer[], $4::timestamptz[]) AS u(contact_id, place, due_at)
JOIN contact p ON p.id = u.contact_id
WHERE cc.campaign_id = $1 AND cc.contact_id = u.contact_id AND cc.state = 'CLOSED'`;

type ClosedContact = ContactPeople & { place: number };

/**
 * Contacts of a campaign behind `after` that were closed because none of their numbers might be called, and of which one may
 * be now: ready again, with their attempts as they stand. The claim asks the strategy and every gate.
 */
export const reopenUnlisted = async (
  sql: Sql,
  { organisationId, campaignId }: { organisationId: string; campaignId: string },
  after: number,
  limit: number,
  at: Date,
): Promise<{ seen: number; opened: number; last: number | undefined }> => {
  const choice = await choiceOfCampaign(sql, organisationId, campaignId);
  if (!choice) return { seen: 0, opened: 0, last: undefined };
  const { rows } = await sql.query<ClosedContact>({
    name: 'reopen.closed',
    text: CLOSED,
    values: [campaignId, after, limit],
  });
  const listings = await listingsOfContacts(sql, organisationId, rows);
  const open = rows.flatMap((contact) => {
    const next = nextUnlisted(endsOf(listings, contact, choice), contact.place, at.getTime());
    return next ? [{ id: contact.contactId, ...next }] : [];
  });
  if (open.length > 0) {
    await sql.query(OPEN, [
      campaignId,
      open.map(({ id }) => id),
      open.map(({ numberIndex }) => numberIndex),
      open.map((next) => new Date(next.at)),
    ]);
  }
  return { seen: rows.length, opened: open.length, last: rows.at(-1)?.contactId };
};

import type { Sql } from '../../../infra/postgres';

const HOLD_CONTACTS = `/* claim.hold-contacts */
SELECT 1 FROM unnest($1::uuid[], $2::bigint[]) AS u(campaign_id, contact_id)
JOIN campaign_contact cc ON cc.campaign_id = u.campaign_id AND cc.contact_id = u.contact_id
ORDER BY cc.campaign_id, cc.contact_id
FOR UPDATE OF cc`;

const FIND = `/* claim.find */ SELECT id FROM call_attempt WHERE id = ANY($1::uuid[])`;

/**
 * Which of these attempts a claim with a lost answer has written. The contacts' locks are waited for first: a claim
 * whose backend is still at work holds them, so what is read afterwards is final.
 */
export const findAttempts = async (
  sql: Sql,
  attempts: readonly { id: string; campaignId: string; contactId: number }[],
): Promise<string[]> => {
  const campaignIds = attempts.map((attempt) => attempt.campaignId);
  await sql.query({
    name: 'claim.hold-contacts',
    text: HOLD_CONTACTS,
    values: [campaignIds, attempts.map((attempt) => attempt.contactId)],
  });
  const { rows } = await sql.query<{ id: string }>({
    name: 'claim.find',
    text: FIND,
    values: [attempts.map((attempt) => attempt.id)],
  });
  return rows.map((row) => row.id);
};

import type { Sql } from '../../../infra/postgres';

const REFUSED = `/* claim.refused */
UPDATE campaign_contact cc SET
  state = CASE WHEN g.close_reason IS NULL THEN cc.state ELSE 'CLOSED' END,
  close_reason = coalesce(g.close_reason, cc.close_reason),
  due_at = coalesce(g.due_at, cc.due_at),
  version = cc.version + 1
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[]) AS g(campaign_id, contact_id, close_reason, due_at)
WHERE cc.campaign_id = g.campaign_id AND cc.contact_id = g.contact_id AND cc.state = 'READY'`;

export interface RefusedContact {
  campaignId: string;
  contactId: number;
  closeReason: string | null;
  dueAt: number | null;
}

export const writeRefused = async (sql: Sql, refused: readonly RefusedContact[]): Promise<void> => {
  if (refused.length === 0) return;
  await sql.query({
    name: 'claim.refused',
    text: REFUSED,
    values: [
      refused.map((contact) => contact.campaignId),
      refused.map((contact) => contact.contactId),
      refused.map((contact) => contact.closeReason),
      refused.map((contact) => (contact.dueAt === null ? null : new Date(contact.dueAt))),
    ],
  });
};

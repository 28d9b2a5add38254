import type { Consequence } from '../../../compliance/gates';
import type { Sql } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';

const REFUSED = `/* claim.refused */
UPDATE campaign_contact cc SET
  state = CASE WHEN g.close_reason IS NULL THEN cc.state ELSE 'CLOSED' END,
  close_reason = coalesce(g.close_reason, cc.close_reason),
  due_at = coalesce(g.due_at, cc.due_at),
  number_index = coalesce(g.number_index, cc.number_index),
  zone = coalesce(p.numbers -> g.number_index ->> 'zone', cc.zone),
  law = CASE WHEN p.id IS NULL THEN cc.law ELSE coalesce(p.numbers -> g.number_index ->> 'law', '') END,
  queued = cc.queued AND g.due_at IS NULL,
  filtered_out = cc.filtered_out OR g.left_out,
  version = cc.version + 1
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[], $5::integer[], $6::boolean[])
  AS g(campaign_id, contact_id, close_reason, due_at, number_index, left_out)
LEFT JOIN contact p ON p.id = g.contact_id AND g.number_index IS NOT NULL
WHERE cc.campaign_id = g.campaign_id AND cc.contact_id = g.contact_id AND cc.state = 'READY'`;

export interface RefusedContact {
  campaignId: string;
  contactId: number;
  closeReason: string | null;
  dueAt: number | null;
  /** The number that is next instead. */
  numberIndex?: number | undefined;
  /** The campaign's filter leaves it out. */
  leftOut?: boolean;
}

export const refusedBy = (
  consequence: Exclude<Consequence, { kind: 'KEEP' }>,
  of: { campaignId: string; contactId: number },
): RefusedContact => {
  const standing = { ...of, closeReason: null, dueAt: null };
  if (consequence.kind === 'CLOSE') return { ...standing, closeReason: consequence.reason };
  if (consequence.kind === 'LEAVE_OUT') return { ...standing, leftOut: true };
  return { ...standing, dueAt: consequence.dueAt, numberIndex: consequence.numberIndex };
};

export const writeRefused = async (sql: Sql, refused: readonly RefusedContact[]): Promise<void> => {
  if (refused.length === 0) return;
  await sql.query({
    name: 'claim.refused',
    text: REFUSED,
    values: withArrays([
      refused.map((contact) => contact.campaignId),
      refused.map((contact) => contact.contactId),
      refused.map((contact) => contact.closeReason),
      refused.map((contact) => (contact.dueAt === null ? null : new Date(contact.dueAt))),
      refused.map((contact) => contact.numberIndex ?? null),
      refused.map((contact) => contact.leftOut ?? false),
    ]),
  });
};

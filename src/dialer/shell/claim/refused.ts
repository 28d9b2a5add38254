import type { Consequence } from '../../../compliance/gates';
import type { Sql } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';
import type { ContactFacts } from './contacts';

// Where they were read and locked, as attempts are.
const REFUSED = `/* claim.refused */
UPDATE campaign_contact cc SET
  state = CASE WHEN g.close_reason IS NULL THEN cc.state ELSE 'CLOSED' END,
  close_reason = coalesce(g.close_reason, cc.close_reason),
  due_at = coalesce(g.due_at, cc.due_at),
  number_index = coalesce(g.number_index, cc.number_index),
  zone = coalesce(g.zone, cc.zone),
  law = coalesce(g.law, cc.law),
  queued = cc.queued AND g.due_at IS NULL,
  filtered_out = cc.filtered_out OR g.left_out,
  version = cc.version + 1
FROM unnest($1::tid[], $2::uuid[], $3::bigint[], $4::text[], $5::timestamptz[], $6::integer[], $7::text[], $8::text[],
    $9::boolean[]) AS g(tid, campaign_id, contact_id, close_reason, due_at, number_index, zone, law, left_out)
WHERE cc.ctid = g.tid AND cc.campaign_id = g.campaign_id AND cc.contact_id = g.contact_id AND cc.state = 'READY'`;

export interface RefusedContact {
  contact: ContactFacts;
  consequence: Exclude<Consequence, { kind: 'KEEP' }>;
}

interface Change {
  closeReason: string | null;
  dueAt: Date | null;
  /** The number that is next instead, with its zone and law. */
  numberIndex: number | null;
  zone: string | null;
  law: string | null;
  /** The campaign's filter leaves it out. */
  leftOut: boolean;
}

const NO_CHANGE: Change = { closeReason: null, dueAt: null, numberIndex: null, zone: null, law: null, leftOut: false };

const changeOf = ({ contact, consequence }: RefusedContact): Change => {
  if (consequence.kind === 'CLOSE') return { ...NO_CHANGE, closeReason: consequence.reason };
  if (consequence.kind === 'LEAVE_OUT') return { ...NO_CHANGE, leftOut: true };
  const { numberIndex } = consequence;
  const change = { ...NO_CHANGE, dueAt: new Date(consequence.dueAt) };
  if (numberIndex === undefined) return change;
  const number = contact.numbers[numberIndex];
  return { ...change, numberIndex, zone: number?.zone ?? null, law: number?.law ?? '' };
};

export const writeRefused = async (sql: Sql, refused: readonly RefusedContact[]): Promise<void> => {
  if (refused.length === 0) return;
  const changes = refused.map(changeOf);
  await sql.query({
    name: 'claim.refused',
    text: REFUSED,
    values: withArrays([
      refused.map(({ contact }) => contact.tid),
      refused.map(({ contact }) => contact.campaignId),
      refused.map(({ contact }) => contact.contactId),
      changes.map((change) => change.closeReason),
      changes.map((change) => change.dueAt),
      changes.map((change) => change.numberIndex),
      changes.map((change) => change.zone),
      changes.map((change) => change.law),
      changes.map((change) => change.leftOut),
    ]),
  });
};

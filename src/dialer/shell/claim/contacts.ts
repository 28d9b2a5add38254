import type { ModeNumber, TriedModes } from '../../../contacts/strategy/plan';
import type { Sql } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';
import { type Locking, lockable } from './locking';

// Skipped when locked: an import, an edit or a worker has the contact, it comes again later. Zone and law of the number that
// is next stand beside it for the selection; those of another number come with the number. LATERAL … OFFSET 0 keeps it a probe
// for each, in the order in which they are asked for.
const READ = lockable(
  'contacts',
  `SELECT cc.campaign_id AS "campaignId", cc.contact_id AS "contactId", cc.list_id AS "listId", cc.state,
  (extract(epoch FROM cc.due_at) * 1000)::bigint AS "dueAt", cc.attempts, ct.external_id AS person, ct.attributes ->> 'caller_id' AS "callerId",
  cc.tried, cc.callback_until AS "callbackUntil", cc.callback_agent_id AS "callbackAgentId",
  cc.callback_anyone_at AS "callbackAnyoneAt", ct.numbers,
  l.stopped_at IS NOT NULL AS "listStopped", l.expires_at AS "listExpiresAt",
  cc.callback_id IS NOT NULL OR contact_matches(ct.attributes, c.contact_filter_path) AS wanted, n.place, n.place = cc.number_index AS next,
  CASE WHEN n.place = cc.number_index THEN cc.zone ELSE n.entry ->> 'zone' END AS zone,
  CASE WHEN n.place = cc.number_index THEN cc.law ELSE coalesce(n.entry ->> 'law', '') END AS law,
  n.entry ->> 'number' AS number, n.entry ->> 'mode' AS mode
FROM unnest($1::uuid[], $2::bigint[], $3::integer[]) WITH ORDINALITY AS u(campaign_id, contact_id, place, asked)
CROSS JOIN LATERAL (
  SELECT * FROM campaign_contact k
  WHERE k.campaign_id = u.campaign_id AND k.contact_id = u.contact_id AND k.organisation_id = $4 OFFSET 0) cc
JOIN contact ct ON ct.id = cc.contact_id
JOIN contact_list l ON l.id = cc.list_id
JOIN campaign c ON c.id = cc.campaign_id
CROSS JOIN LATERAL (
  SELECT coalesce(u.place, cc.number_index) AS place, ct.numbers -> coalesce(u.place, cc.number_index) AS entry) n
ORDER BY u.asked`,
  'FOR UPDATE OF cc SKIP LOCKED',
);

/** A contact's standing that is asked about. */
export interface Wanted {
  campaignId: string;
  contactId: number;
  /** Which of the contact's numbers; left out: the one that is next. */
  place?: number;
}

export interface ContactFacts {
  campaignId: string;
  contactId: number;
  listId: string;
  state: string;
  /** Epoch milliseconds. */
  dueAt: number;
  attempts: number;
  /** The contact's external id. */
  person: string | null;
  callerId: string | null;
  /** The end of the window of its callback; null: it has none. */
  callbackUntil: Date | null;
  /** The agent who alone may make its callback; null: anyone may. */
  callbackAgentId: string | null;
  /** From when on anyone may; null: never. */
  callbackAnyoneAt: Date | null;
  /** By contact mode; null: never tried. */
  tried: TriedModes | null;
  numbers: readonly (ModeNumber & { number: string; law?: string })[];
  listStopped: boolean;
  listExpiresAt: Date | null;
  /** Which of the numbers it is. */
  place: number;
  /** The campaign's filter takes it, or it was promised a call. */
  wanted: boolean;
  /** Whether this is the number that would be dialled next. */
  next: boolean;
  zone: string;
  law: string;
  /** Null: the contact has no such number (any more). */
  number: string | null;
  mode: string | null;
}

export const readContacts = async (
  sql: Sql,
  organisationId: string,
  wanted: readonly Wanted[],
  locking: Locking,
): Promise<ContactFacts[]> => {
  const { rows } = await sql.query<ContactFacts>({
    ...READ(locking),
    values: withArrays([
      wanted.map(({ campaignId }) => campaignId),
      wanted.map(({ contactId }) => contactId),
      wanted.map(({ place }) => place ?? null),
      organisationId,
    ]),
  });
  return rows;
};

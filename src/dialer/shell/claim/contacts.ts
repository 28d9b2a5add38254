import type { ModeNumber, TriedModes } from '../../../contacts/strategy/plan';
import type { Sql } from '../../../infra/postgres';
import { withArrays } from '../../../infra/sql-array';
import { type Locking, lockable } from './locking';

// Skipped when locked: an import, an edit or a worker has the contact, it comes again later. LATERAL … OFFSET 0 keeps it one walk
// through the index for each campaign, whose contacts are the stretch of $4 from `first` to `last`, and a probe for each contact.
// Held inside it: by a clause at the end, PostgreSQL carries copies of the rows of all its tables along.
const READ = lockable(
  'contacts',
  (hold) => `SELECT cc.tid, u.campaign_id AS "campaignId", cc.contact_id AS "contactId", cc.list_id AS "listId",
  cc.state, (date_part('epoch', cc.due_at) * 1000)::bigint AS "dueAt", cc.attempts, ct.external_id AS person,
  ct.attributes ->> 'caller_id' AS "callerId", cc.tried, cc.callback_until AS "callbackUntil",
  cc.callback_agent_id AS "callbackAgentId", cc.callback_anyone_at AS "callbackAnyoneAt", ct.numbers,
  cc.number_index AS "numberIndex", cc.zone, cc.law,
  l.stopped_at IS NOT NULL AS "listStopped", l.expires_at AS "listExpiresAt",
  cc.callback_id IS NOT NULL OR contact_matches(ct.attributes, c.contact_filter_path) AS wanted
FROM unnest($1::uuid[], $2::integer[], $3::integer[]) AS u(campaign_id, first, last)
CROSS JOIN LATERAL (SELECT contact_filter_path FROM campaign WHERE id = u.campaign_id OFFSET 0) c
CROSS JOIN LATERAL (
  SELECT ctid AS tid, contact_id, list_id, state, due_at, attempts, tried, callback_id, callback_until, callback_agent_id,
    callback_anyone_at, number_index, zone, law
  FROM campaign_contact
  WHERE campaign_id = u.campaign_id AND contact_id = ANY(($4::bigint[])[u.first:u.last]) AND organisation_id = $5
  OFFSET 0 ${hold('FOR UPDATE SKIP LOCKED')}) cc
CROSS JOIN LATERAL (SELECT external_id, attributes, numbers FROM contact WHERE id = cc.contact_id OFFSET 0) ct
JOIN contact_list l ON l.id = cc.list_id`,
);

/** A contact's standing that is asked about. */
export interface Wanted {
  campaignId: string;
  contactId: number;
  /** Which of the contact's numbers; left out: the one that is next. */
  place?: number;
}

/** A standing as it is stored, with what is read beside it. */
interface Standing {
  /** Where its row lies; in a claim it stays there until the commit. */
  tid: string;
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
  /** The campaign's filter takes it, or it was promised a call. */
  wanted: boolean;
  /** Which of the numbers is next, with its zone and law as they stand beside it for the selection. */
  numberIndex: number;
  zone: string;
  law: string;
}

export interface ContactFacts extends Omit<Standing, 'numberIndex'> {
  /** Which of the numbers it is. */
  place: number;
  /** Whether this is the number that would be dialled next. */
  next: boolean;
  /** Null: the contact has no such number (any more). */
  number: string | null;
  mode: string | null;
}

// Written out: an object that is spread is slow to read for V8, and a claim reads hundreds of them again and again.
const ofNumber = (standing: Standing, place = standing.numberIndex): ContactFacts => {
  const entry = standing.numbers[place];
  const next = place === standing.numberIndex;
  return {
    tid: standing.tid,
    campaignId: standing.campaignId,
    contactId: standing.contactId,
    listId: standing.listId,
    state: standing.state,
    dueAt: standing.dueAt,
    attempts: standing.attempts,
    person: standing.person,
    callerId: standing.callerId,
    callbackUntil: standing.callbackUntil,
    callbackAgentId: standing.callbackAgentId,
    callbackAnyoneAt: standing.callbackAnyoneAt,
    tried: standing.tried,
    numbers: standing.numbers,
    listStopped: standing.listStopped,
    listExpiresAt: standing.listExpiresAt,
    wanted: standing.wanted,
    place,
    next,
    zone: next ? standing.zone : (entry?.zone ?? ''),
    law: next ? standing.law : (entry?.law ?? ''),
    number: entry?.number ?? null,
    mode: entry?.mode ?? null,
  };
};

const byCampaign = (wanted: readonly Wanted[]): Map<string, number[]> => {
  const contacts = new Map<string, number[]>();
  for (const { campaignId, contactId } of wanted) {
    const known = contacts.get(campaignId);
    if (known) known.push(contactId);
    else contacts.set(campaignId, [contactId]);
  }
  return contacts;
};

/** In the order in which they are asked for. */
export const readContacts = async (
  sql: Sql,
  organisationId: string,
  wanted: readonly Wanted[],
  locking: Locking,
): Promise<ContactFacts[]> => {
  const asked = byCampaign(wanted);
  const lengths = Array.from(asked.values(), ({ length }) => length);
  const lasts = lengths.map((_, index) => lengths.slice(0, index + 1).reduce((sum, length) => sum + length, 0));
  const { rows } = await sql.query<Standing>({
    ...READ(locking),
    values: withArrays([
      [...asked.keys()],
      lasts.map((last, index) => last - (lengths[index] as number) + 1),
      lasts,
      [...asked.values()].flat(),
      organisationId,
    ]),
  });
  const found = new Map(rows.map((row) => [`${row.campaignId}/${row.contactId}`, row]));
  return wanted.flatMap(({ campaignId, contactId, place }) => {
    const standing = found.get(`${campaignId}/${contactId}`);
    return standing ? [ofNumber(standing, place)] : [];
  });
};

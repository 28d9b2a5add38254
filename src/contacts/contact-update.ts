import { notFound, OutdialError } from '../errors';
import { maskNumber } from '../infra/logger';
import type { Sql } from '../infra/postgres';
import { audit } from '../organisations/audit';
import type { Caller } from '../organisations/caller';
import type { Contact } from './contact';
import type { UpdateContact } from './contact-input';
import { attributesOf, type ContactNormaliser, type ListRow } from './contact-normaliser';
import {
  LOCK_CONTACT,
  LOCK_FILLING,
  LOCK_LIST,
  LOCK_STANDINGS,
  READ_CONTACT,
  READ_LIST,
  SELECT_ANEW,
  STAND_ANEW,
  STANDS_LISTED,
  UPDATE_CONTACT,
} from './contact-sql';
import { requestReopening } from './dnc/reopen-unlisted';
import type { ContactNumber } from './normalise/normaliser';
import type { Places } from './normalise/places';

interface Standing {
  campaignId: string;
  state: string;
}

/**
 * Changes a contact in a transaction of the caller. Its numbers change only while it is in no call, under the locks of
 * whatever takes numbers up, in the order of all writers: list, campaigns being filled, its standings, the contact.
 */
export const updateContact = async (
  sql: Sql,
  caller: Caller,
  given: UpdateContact,
  { normaliser, at }: { normaliser: ContactNormaliser; at: Date },
): Promise<Contact> => {
  const key = [caller.organisationId, given.id];
  const found = (await sql.query<Contact>(READ_CONTACT, key)).rows[0];
  if (!found) throw notFound('contact', given.id);
  const touchesNumbers = (['numbers', 'timeZone', 'postalCode', 'jurisdiction'] as const).some(
    (name) => given[name] !== undefined,
  );
  // Campaigns may select by attributes: whoever changes those meets an import, a filling and a change of the filter in order too.
  const touchesStandings = touchesNumbers || given.attributes !== undefined;
  const lists = await sql.query<ListRow>(touchesStandings ? LOCK_LIST : READ_LIST, [
    found.listId,
    caller.organisationId,
  ]);
  const list = lists.rows[0];
  if (!list) throw notFound('contact', given.id);
  let standings: Standing[] = [];
  if (touchesStandings) {
    await sql.query(LOCK_FILLING, [found.listId]);
    standings = (await sql.query<Standing>(LOCK_STANDINGS, key)).rows;
  }
  const before = (await sql.query<Contact>(LOCK_CONTACT, key)).rows[0];
  if (!before) throw notFound('contact', given.id);
  if (before.version !== given.version) {
    const message = `version ${given.version} is not the newest: the contact has version ${before.version}; read it again`;
    throw new OutdialError('VERSION_CONFLICT', message, 'version');
  }
  const attributes = attributesOf(given.attributes, list);
  const places = touchesNumbers ? await normaliser.places(sql, caller.organisationId) : undefined;
  const numbers = places ? numbersOf(given, before, list, { normaliser, places }) : before.numbers;
  const values = {
    externalId: given.externalId === undefined ? before.externalId : given.externalId || null,
    attributes: { ...before.attributes, ...attributes },
    numbers,
  };
  if (!sameNumbers(before.numbers, numbers, 'zone', 'law')) {
    if (standings.some(({ state }) => state === 'IN_FLIGHT')) {
      const message = 'the contact is being called: its numbers and their zone can be changed after the call';
      throw new OutdialError('INVALID_STATE', message, given.numbers ? 'numbers' : 'timeZone');
    }
    await sql.query(STAND_ANEW, [
      given.id,
      standings.map(({ campaignId }) => campaignId),
      JSON.stringify(numbers),
      sameNumbers(before.numbers, numbers),
    ]);
  }
  const row = await write(sql, key, values, list);
  const another = !sameNumbers(before.numbers, numbers) || values.externalId !== before.externalId;
  // It may have been closed because of what it has no more.
  if (another && (await sql.query(STANDS_LISTED, key)).rowCount) await requestReopening(sql, caller, at);
  const campaignIds = standings.map(({ campaignId }) => campaignId);
  if (given.attributes !== undefined && campaignIds.length > 0) await sql.query(SELECT_ANEW, [given.id, campaignIds]);
  const seen = auditOf(Object.keys(attributes));
  const change = { action: 'update', entity: 'contact', entityId: given.id, before: seen(before), after: seen(row) };
  await audit(sql, caller, at, change);
  return row;
};

const numbersOf = (
  given: UpdateContact,
  before: Contact,
  list: ListRow,
  { normaliser, places }: { normaliser: ContactNormaliser; places: Places },
): ContactNumber[] => {
  const { numbers, ...more } = given;
  return numbers
    ? normaliser.numbers({ ...more, numbers }, list, places)
    : normaliser.moved(before.numbers, more, places);
};

const sameNumbers = (
  left: readonly ContactNumber[],
  right: readonly ContactNumber[],
  ...also: ('zone' | 'law')[]
): boolean =>
  left.length === right.length &&
  left.every((entry, at) => (['mode', 'number', ...also] as const).every((key) => entry[key] === right[at]?.[key]));

const write = async (
  sql: Sql,
  key: string[],
  { externalId, numbers, attributes }: Pick<Contact, 'externalId' | 'numbers' | 'attributes'>,
  list: ListRow,
): Promise<Contact> => {
  const number = numbers[0]?.number;
  const values = [...key, externalId, number, JSON.stringify(numbers), JSON.stringify(attributes)];
  const { rows } = await sql.query<Contact>(UPDATE_CONTACT, values).catch((error: unknown) => {
    if ((error as { constraint?: string }).constraint !== 'contact_once') throw error;
    throw inListAlready(numbers, list);
  });
  if (!rows[0]) throw new OutdialError('INTERNAL', 'the contact could not be read back');
  return rows[0];
};

export const inListAlready = (numbers: readonly ContactNumber[], list: ListRow): OutdialError => {
  const message = `a contact with the number ${maskNumber(numbers[0]?.number ?? '')} is in list "${list.name}" already`;
  return new OutdialError('CONFLICT', message, 'numbers');
};

/** Who the person is stays in the contact alone, where it can be erased: the audit has what changed, numbers masked. */
const auditOf =
  (attributesGiven: string[]) =>
  ({ externalId, numbers, version }: Contact) => ({
    externalId,
    numbers: numbers.map((entry) => ({ ...entry, number: maskNumber(entry.number) })),
    attributesGiven,
    version,
  });

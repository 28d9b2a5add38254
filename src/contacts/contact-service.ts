import type { Pool } from 'pg';
import type { LawBook } from '../compliance/own/law-book';
import { invalid, notFound, OutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import { maskNumber } from '../infra/logger';
import { type Page, type PageRequest, pageOf } from '../infra/page';
import { transaction } from '../infra/postgres';
import { id, parse } from '../infra/validate';
import { audit } from '../organisations/audit';
import { type Caller, seesNumbers } from '../organisations/caller';
import { takeKey } from '../organisations/idempotency';
import type { Contact } from './contact';
import { createContactInput, isRowId, updateContactInput } from './contact-input';
import { attributesOf, ContactNormaliser, type ListRow } from './contact-normaliser';
import { INSERT_CONTACT, LIST_CONTACTS, LOCK_LIST, NEXT_CONTACT_ID, READ_CONTACT } from './contact-sql';
import { inListAlready, updateContact } from './contact-update';
import { type LoadScrub, listedRows } from './dnc/scrub-load';

export interface ContactDeps {
  pool: Pool;
  clock: Clock;
  laws: LawBook;
}

/** Contacts as their caller may see them: without the right to numbers these are masked. */
export class ContactService {
  private readonly normaliser: ContactNormaliser;

  constructor(private readonly deps: ContactDeps) {
    this.normaliser = new ContactNormaliser(deps);
  }

  async get(caller: Caller, contactId: string): Promise<Contact> {
    const row = isRowId(contactId)
      ? (await this.deps.pool.query<Contact>(READ_CONTACT, [caller.organisationId, contactId])).rows[0]
      : undefined;
    if (!row) throw notFound('contact', contactId);
    return seenBy(caller, row);
  }

  async list(caller: Caller, listId: string, { first, after }: PageRequest): Promise<Page<Contact>> {
    const from = after && isRowId(after) ? after : '0';
    const values = [caller.organisationId, parse(id(), listId), from, first + 1];
    const { rows } = await this.deps.pool.query<Contact>(LIST_CONTACTS, values);
    return pageOf(
      rows.map((row) => seenBy(caller, row)),
      first,
    );
  }

  /** One contact into a list, also while its campaigns run: it stands in each of them at once. */
  async create(caller: Caller, input: unknown): Promise<Contact> {
    const given = parse(createContactInput, input);
    const { pool, clock } = this.deps;
    const at = clock.date();
    const row = await transaction(pool, async (sql) => {
      const list = (await sql.query<LoadedList>(LOCK_LIST, [given.listId, caller.organisationId])).rows[0];
      if (!list) throw invalid('listId', `listId ${given.listId} does not exist`);
      const next = await sql.query<{ id: number }>(NEXT_CONTACT_ID);
      const contactId = String(next.rows[0]?.id);
      const { idempotencyKey: key } = given;
      const once = { key, mutation: 'create contact', request: given, entityId: contactId, at };
      const known = await takeKey(sql, caller, once);
      if (known) return (await sql.query<Contact>(READ_CONTACT, [caller.organisationId, known])).rows[0];
      const places = await this.normaliser.places(sql, caller.organisationId);
      const numbers = this.normaliser.numbers(given, list, places);
      const person = { customerId: given.externalId ?? null, numbers: numbers.map(({ number }) => number) };
      const row = { contactId: Number(contactId), line: 0, ...person };
      const [listed] = await listedRows(sql, caller.organisationId, [row], list.scrub, at);
      if (listed) throw invalid('numbers', `numbers: ${listed.message}`);
      const made = await sql.query<Contact>(INSERT_CONTACT, [
        contactId,
        caller.organisationId,
        given.listId,
        given.externalId ?? null,
        numbers[0].number,
        JSON.stringify(numbers),
        JSON.stringify(attributesOf(given.attributes, list)),
        at,
        numbers[0].zone,
        numbers[0].law ?? '',
      ]);
      if (!made.rows[0]) throw inListAlready(numbers, list);
      const after = { listId: given.listId, externalId: given.externalId ?? null };
      await audit(sql, caller, at, { action: 'create', entity: 'contact', entityId: contactId, after });
      return made.rows[0];
    });
    if (!row) throw new OutdialError('INTERNAL', 'the contact could not be read back');
    return seenBy(caller, row);
  }

  /** Also while its campaigns run: wherever it waits it goes on with its new numbers. */
  async update(caller: Caller, input: unknown): Promise<Contact> {
    const given = parse(updateContactInput, input);
    const how = { normaliser: this.normaliser, at: this.deps.clock.date() };
    return seenBy(caller, await transaction(this.deps.pool, (sql) => updateContact(sql, caller, given, how)));
  }
}

interface LoadedList extends ListRow {
  scrub: LoadScrub;
}

const seenBy = (caller: Caller, contact: Contact): Contact =>
  seesNumbers(caller)
    ? contact
    : { ...contact, numbers: contact.numbers.map((entry) => ({ ...entry, number: maskNumber(entry.number) })) };

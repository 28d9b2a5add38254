import type { Pool } from 'pg';
import { z } from 'zod';
import { invalid, notFound, OutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import { maskNumber } from '../infra/logger';
import { type Page, type PageRequest, pageOf } from '../infra/page';
import { transaction } from '../infra/postgres';
import { id, parse, text } from '../infra/validate';
import { audit } from '../organisations/audit';
import { type Caller, seesNumbers } from '../organisations/caller';
import { idempotencyKey, takeKey } from '../organisations/idempotency';
import type { Contact } from './contact';
import { INSERT_CONTACT, LIST_CONTACTS, LOCK_LIST, NEXT_CONTACT_ID, READ_CONTACT } from './contact-sql';
import { type FieldMapping, parseFieldMapping } from './normalise/field-mapping';
import { Normaliser } from './normalise/normaliser';
import { isCountry } from './normalise/phone-number';
import { ZoneFinder } from './zones/zone-finder';
import { loadZoneTable, type ZoneTable } from './zones/zone-table';

const numberInput = z
  .object({
    mode: text(40).describe('Contact mode, one that the list has.'),
    number: text(40).describe("As it is written; read in the list's country."),
  })
  .meta({ typeName: 'ContactNumberInput', description: 'A number of a contact.' });
const attributeInput = z
  .object({
    name: text(100).describe("One of the list's attributes."),
    value: text(1000, 0).describe('Its value.'),
  })
  .meta({ typeName: 'ContactAttributeInput', description: 'What is known of a contact.' });

export const createContactInput = z.object({
  listId: id().describe('The list.'),
  externalId: text(100).optional().describe("The customer's identity in your own system."),
  numbers: z
    .array(numberInput)
    .min(1)
    .max(10)
    .describe("In any order: they are tried in the order of the list's modes."),
  timeZone: text(64).optional().describe('IANA time zone; by default the number decides.'),
  attributes: z.array(attributeInput).max(100).optional().describe("Values of the list's attributes."),
  idempotencyKey,
});
type CreateContact = z.output<typeof createContactInput>;

export interface ContactDeps {
  pool: Pool;
  clock: Clock;
}

/** Contacts as their caller may see them: without the right to numbers these are masked. */
export class ContactService {
  private table: ZoneTable | undefined;

  constructor(private readonly deps: ContactDeps) {}

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
      const locked = await sql.query<{ name: string; field_mapping: unknown; default_country: string }>(LOCK_LIST, [
        given.listId,
        caller.organisationId,
      ]);
      const list = locked.rows[0];
      if (!list) throw invalid('listId', `listId ${given.listId} does not exist`);
      const next = await sql.query<{ id: number }>(NEXT_CONTACT_ID);
      const contactId = String(next.rows[0]?.id);
      const { idempotencyKey: key } = given;
      const once = { key, mutation: 'create contact', request: given, entityId: contactId, at };
      const known = await takeKey(sql, caller, once);
      if (known) return (await sql.query<Contact>(READ_CONTACT, [caller.organisationId, known])).rows[0];
      const { numbers, attributes } = this.normalise(
        given,
        parseFieldMapping(list.field_mapping),
        list.default_country,
      );
      const made = await sql.query<Contact>(INSERT_CONTACT, [
        contactId,
        caller.organisationId,
        given.listId,
        given.externalId ?? null,
        numbers[0].number,
        JSON.stringify(numbers),
        JSON.stringify(attributes),
        at,
        numbers[0].zone,
      ]);
      if (!made.rows[0]) {
        const message = `a contact with the number ${maskNumber(numbers[0].number)} is in list "${list.name}" already`;
        throw new OutdialError('CONFLICT', message, 'numbers');
      }
      const after = { listId: given.listId, externalId: given.externalId ?? null };
      await audit(sql, caller, at, { action: 'create', entity: 'contact', entityId: contactId, after });
      return made.rows[0];
    });
    if (!row) throw new OutdialError('INTERNAL', 'the contact could not be read back');
    return seenBy(caller, row);
  }

  /** The same path as a row of a file: its columns are the mapping's. */
  private normalise(given: CreateContact, mapping: FieldMapping, country: string) {
    if (!isCountry(country)) throw new OutdialError('INTERNAL', `the list's country ${country} is not known`);
    this.table ??= loadZoneTable();
    const modes = mapping.modes.map(({ mode }) => mode);
    const own: FieldMapping = {
      ...mapping,
      modes: modes.map((mode) => ({ mode, column: `numbers.${mode}` })),
      externalId: null,
      timeZone: 'timeZone',
      attributes: [],
    };
    const normaliser = new Normaliser(own, country, new ZoneFinder(this.table, this.deps.clock.now()));
    const values = new Map<string, string>();
    for (const { mode, number } of given.numbers) {
      if (!modes.includes(mode))
        throw invalid('numbers', `numbers: the list has no mode "${mode}", only ${modes.join(', ')}`);
      const column = `numbers.${mode}`;
      if (values.has(column)) throw invalid('numbers', `numbers: mode "${mode}" is given twice`);
      values.set(column, number);
    }
    if (given.timeZone) values.set('timeZone', given.timeZone);
    const result = normaliser.normalise(normaliser.columns.map((column) => values.get(column)));
    const fault = 'reason' in result ? result.reason : result.contact.leftOut;
    if (fault || 'reason' in result)
      throw invalid(fault?.field || 'numbers', fault?.message ?? 'the numbers are not valid');
    return { numbers: result.contact.numbers, attributes: attributesOf(given, mapping) };
  }
}

const attributesOf = (given: CreateContact, mapping: FieldMapping): Record<string, string> => {
  const attributes: Record<string, string> = {};
  for (const { name, value } of given.attributes ?? []) {
    if (!mapping.attributes.includes(name)) {
      const known = mapping.attributes.join(', ') || 'none';
      throw invalid('attributes', `attributes: the list has no attribute "${name}", it has ${known}`);
    }
    attributes[name] = value;
  }
  return attributes;
};

const isRowId = (text: string): boolean => /^\d{1,15}$/.test(text);

const seenBy = (caller: Caller, contact: Contact): Contact =>
  seesNumbers(caller)
    ? contact
    : { ...contact, numbers: contact.numbers.map((entry) => ({ ...entry, number: maskNumber(entry.number) })) };

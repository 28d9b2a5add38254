import { z } from 'zod';
import { id, text } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';

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

const JURISDICTION_SAID = 'Jurisdictions whose law applies besides that of the number: "US-FL", several with a comma.';

const numbers = z.array(numberInput).min(1).max(10);
const attributes = z.array(attributeInput).max(100);

export const isRowId = (text: string): boolean => /^\d{1,15}$/.test(text);

export const createContactInput = z.object({
  listId: id().describe('The list.'),
  externalId: text(100).optional().describe("The customer's identity in your own system."),
  numbers: numbers.describe("In any order: they are tried in the order of the list's modes."),
  timeZone: text(64).optional().describe('IANA time zone; by default the postal code decides, else the number.'),
  postalCode: text(20)
    .optional()
    .describe('Postal code: of the US and Canada, it tells state or province, and the zone.'),
  jurisdiction: text(100).optional().describe(JURISDICTION_SAID),
  attributes: attributes.optional().describe("Values of the list's attributes."),
  idempotencyKey,
});
export type CreateContact = z.output<typeof createContactInput>;

export const updateContactInput = z.object({
  id: z.string().refine(isRowId, { error: 'is not an id' }).meta({ typeName: 'ID', description: 'The contact.' }),
  version: z.int().describe('The version that was read.'),
  externalId: text(100, 0).optional().describe("The customer's identity in your own system; empty takes it away."),
  numbers: numbers
    .optional()
    .describe(
      'All numbers anew, in any order; the first of them is tried next wherever the contact waits. Refused during a call.',
    ),
  timeZone: text(64)
    .optional()
    .describe(
      'IANA time zone of all its numbers, refused during a call. By default new numbers decide and old ones keep theirs.',
    ),
  postalCode: text(20).optional().describe('Postal code of the person: zone and law of all its numbers follow it.'),
  jurisdiction: text(100).optional().describe(`${JURISDICTION_SAID} In place of what the record said before.`),
  attributes: attributes
    .optional()
    .describe("Values of the list's attributes that change; an empty one stays as an empty value."),
});
export type UpdateContact = z.output<typeof updateContactInput>;

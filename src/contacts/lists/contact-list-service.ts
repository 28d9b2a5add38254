import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { OutdialError } from '../../errors';
import { id, patchOf, text } from '../../infra/validate';
import { idempotencyKey } from '../../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../../organisations/records';
import { fieldMappingInput } from '../normalise/field-mapping';
import { isCountry } from '../normalise/phone-number';
import { type ContactList, ContactListEntity } from './contact-list';

const shape = {
  name: text(200).describe('Name of the list.'),
  fieldMapping: fieldMappingInput.describe('Which column is what. Frozen once anything is loaded.'),
  defaultCountry: z
    .string()
    .trim()
    .toUpperCase()
    .refine(isCountry, {
      error: (issue) => `${String(issue.input).slice(0, 20)} is not an ISO 3166 country code such as US`,
    })
    .describe('How numbers without a country calling code are read. Frozen once anything is loaded.'),
};

export const createContactListInput = z.object({ ...shape, idempotencyKey });
export const updateContactListInput = z.object({
  id: id().describe('The list.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export type ContactListService = Records<ContactList>;

export const createContactListService = (deps: RecordDeps): ContactListService =>
  createRecords<ContactList, typeof createContactListInput, typeof updateContactListInput>(deps, {
    entity: ContactListEntity,
    label: 'contact list',
    create: createContactListInput,
    update: updateContactListInput,
    async fields(input, before) {
      const { name, fieldMapping, defaultCountry } = input;
      return {
        ...(name === undefined ? {} : { name }),
        ...(fieldMapping === undefined ? {} : { fieldMapping }),
        ...(defaultCountry === undefined ? {} : { defaultCountry }),
        ...(before ? {} : { contacts: 0, loadedAt: null }),
      };
    },
    async check(row, { before }) {
      if (!before?.loadedAt) return;
      for (const field of ['fieldMapping', 'defaultCountry'] as const) {
        if (isDeepStrictEqual(row[field], before[field])) continue;
        throw new OutdialError(
          'INVALID_STATE',
          `${field} cannot be changed: contacts were loaded into list "${before.name}" by it; make a new list`,
          field,
        );
      }
    },
  });

import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { invalid, OutdialError } from '../../errors';
import { id, patchOf, text } from '../../infra/validate';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey } from '../../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../../organisations/records';
import { requestListJob } from '../changes/request-job';
import { lockClaimsOut } from '../claim-locks';
import { LOAD_SCRUBS } from '../dnc/scrub-load';
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
  dncScrubAtLoad: z
    .enum(LOAD_SCRUBS)
    .meta({ typeName: 'LoadScrub' })
    .default('INTERNAL')
    .describe(
      'Rows kept out as they are loaded: none, those on INTERNAL do-not-call lists or opted out, or also those in national registries. Each number is checked again before it is dialled.',
    ),
  expiresAt: z
    .date()
    .nullish()
    .describe(
      'From then on its contacts are not dialled and are closed with LIST_EXPIRED; a later date opens them again.',
    ),
};

export const createContactListInput = z.object({ ...shape, idempotencyKey });
export const updateContactListInput = z.object({
  id: id().describe('The list.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export interface ContactListService extends Records<ContactList> {
  /** Its contacts are refused by the gate at once and closed by a worker; whoever is in a call is closed after it. */
  stop(caller: Caller, listId: string): Promise<ContactList>;
  /** Its contacts are opened again as they stood. */
  resume(caller: Caller, listId: string): Promise<ContactList>;
}

export const createContactListService = (deps: RecordDeps): ContactListService => {
  const records = createRecords<ContactList, typeof createContactListInput, typeof updateContactListInput>(deps, {
    entity: ContactListEntity,
    label: 'contact list',
    create: createContactListInput,
    update: updateContactListInput,
    async fields(input, before) {
      const { name, fieldMapping, defaultCountry, dncScrubAtLoad, expiresAt } = input;
      return {
        ...(name === undefined ? {} : { name }),
        ...(fieldMapping === undefined ? {} : { fieldMapping }),
        ...(defaultCountry === undefined ? {} : { defaultCountry }),
        ...(dncScrubAtLoad === undefined ? {} : { dncScrubAtLoad }),
        ...(expiresAt === undefined ? {} : { expiresAt, expiredAt: null }),
        ...(before ? {} : { contacts: 0, loadedAt: null, expiredAt: null, stoppedAt: null }),
      };
    },
    async check(row, { before, manager, caller }) {
      const at = deps.clock.date();
      if (row.expiresAt && row.expiresAt.getTime() !== before?.expiresAt?.getTime() && row.expiresAt <= at) {
        const message = `expiresAt ${row.expiresAt.toISOString()} is past: to end the list now, stop it`;
        throw invalid('expiresAt', message);
      }
      if (before?.expiredAt && !row.expiredAt) {
        await requestListJob(manager, caller, at, { kind: 'REOPEN', reason: 'LIST_EXPIRED', listId: row.id });
      }
      if (before && Boolean(row.stoppedAt) !== Boolean(before.stoppedAt)) {
        const kind = row.stoppedAt ? 'CLOSE' : 'REOPEN';
        // Whoever was claimed before is in a call when this answers; whoever is claimed after it meets the gate.
        if (row.stoppedAt) await lockClaimsOut(manager, caller.organisationId);
        await requestListJob(manager, caller, at, { kind, reason: 'LIST_STOPPED', listId: row.id });
      }
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
  return {
    ...records,
    stop: (caller, listId) =>
      records.act(caller, listId, 'stop', (list, at) => (list.stoppedAt ? null : { stoppedAt: at })),
    resume: (caller, listId) =>
      records.act(caller, listId, 'resume', (list) => (list.stoppedAt ? { stoppedAt: null } : null)),
  };
};

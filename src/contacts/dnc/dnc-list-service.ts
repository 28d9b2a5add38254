import type { Pool } from 'pg';
import { z } from 'zod';
import { notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { transaction } from '../../infra/postgres';
import { id, parse, patchOf, text } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey } from '../../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../../organisations/records';
import { lockClaimsOut } from '../claim-locks';
import { isCountry } from '../normalise/phone-number';
import { DNC_LIST_KINDS, type DncList, DncListEntity } from './dnc-list';
import { requestReopening } from './reopen-unlisted';

const shape = {
  name: text(200).describe('Name of the list.'),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .refine(isCountry, {
      error: (issue) => `${String(issue.input).slice(0, 20)} is not an ISO 3166 country code such as US`,
    })
    .default('US')
    .describe("Whose registry it is, and how numbers without a country's calling code are read: ISO 3166."),
};
const kind = z
  .enum(DNC_LIST_KINDS)
  .meta({ typeName: 'DncListKind' })
  .describe(
    'INTERNAL holds for every campaign; NDNC, a national registry, unless a campaign has it off; CUSTOM where it is chosen. Never changes.',
  );

export const createDncListInput = z.object({ ...shape, kind, idempotencyKey });
export const updateDncListInput = z.object({
  id: id().describe('The list.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});
export const removeDncListInput = z.object({
  id: id().describe('The list.'),
  reason: text(500).describe('Why its numbers may be dialled again; kept in the audit.'),
});

export interface DncListService extends Omit<Records<DncList>, 'act'> {
  /** With its entries and imported numbers. Refused while a campaign has chosen it. */
  remove(caller: Caller, input: unknown): Promise<DncList>;
}

const USED = `/* dncList.used */
SELECT name FROM campaign WHERE organisation_id = $1 AND $2 = ANY(dnc_list_ids) ORDER BY name LIMIT 1`;
const ENTRIES = `/* dncList.entries */ DELETE FROM dnc_entry WHERE list_id = $1`;
const IMPORTS = `/* dncList.imports */
UPDATE dnc_import SET superseded = true,
  state = CASE WHEN ended_at IS NULL THEN 'CANCELLED' ELSE state END, ended_at = coalesce(ended_at, $2), seq = seq + 1
WHERE list_id = $1`;
const REMOVE = `/* dncList.remove */ DELETE FROM dnc_list WHERE id = $1`;

export const createDncListService = ({
  database,
  clock,
  pool,
}: RecordDeps & { pool: Pool; clock: Clock }): DncListService => {
  const records = createRecords<DncList, typeof createDncListInput, typeof updateDncListInput>(
    { database, clock },
    {
      entity: DncListEntity,
      label: 'DNC list',
      create: createDncListInput,
      update: updateDncListInput,
      fields: (input, before) => ({
        ...(input.name === undefined ? {} : { name: input.name }),
        ...(input.country === undefined ? {} : { country: input.country }),
        ...(before || !('kind' in input)
          ? {}
          : { kind: input.kind, generation: null, importedNumbers: 0, importedAt: null }),
      }),
    },
  );
  return {
    ...records,
    async remove(caller, input) {
      const { id: listId, reason } = parse(removeDncListInput, input);
      const before = await records.get(caller, listId);
      const at = clock.date();
      await transaction(pool, async (sql) => {
        await lockClaimsOut(sql, caller.organisationId);
        const used = await sql.query<{ name: string }>(USED, [caller.organisationId, listId]);
        if (used.rows[0]) {
          throw new OutdialError(
            'IN_USE',
            `campaign "${used.rows[0].name}" has chosen the list: take it out there`,
            'id',
          );
        }
        await sql.query(ENTRIES, [listId]);
        await sql.query(IMPORTS, [listId, at]);
        if (!(await sql.query(REMOVE, [listId])).rowCount) throw notFound('DNC list', listId);
        await requestReopening(sql, caller, at);
        const change = { action: 'remove', entity: 'DNC list', entityId: listId, before, after: { reason } };
        await audit(sql, caller, at, change);
      });
      return before;
    },
  };
};

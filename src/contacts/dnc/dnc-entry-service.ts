import type { Pool } from 'pg';
import { z } from 'zod';
import { invalid, notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { maskNumber } from '../../infra/logger';
import { type Page, type PageRequest, pageOf } from '../../infra/page';
import { type Sql, transaction } from '../../infra/postgres';
import { isE164 } from '../../infra/telephone';
import { id, parse, text } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey, takeKey } from '../../organisations/idempotency';
import { lockClaimsOut, lockNumbers } from '../claim-locks';
import { DNC_ENTRY_KINDS, type DncEntryKind } from './dnc-list';
import { requestReopening } from './reopen-unlisted';

export interface DncEntry {
  id: number;
  listId: string;
  kind: DncEntryKind;
  value: string;
  source: string;
  reason: string;
  addedBy: string;
  addedAt: Date;
  expiresAt: Date | null;
}

/** What was done with the values of one request. */
export interface AddedEntries {
  listId: string;
  added: number;
  /** Stood in the list already; they keep their source and reason. */
  known: number;
}

export interface RemovedEntries {
  listId: string;
  removed: number;
}

const kind = z
  .enum(DNC_ENTRY_KINDS)
  .meta({ typeName: 'DncEntryKind' })
  .describe('NUMBER in E.164 form; PREFIX, its beginning, e.g. +1202555; CUSTOMER_ID, the external id of contacts.');
const values = z
  .array(z.string())
  .min(1)
  .max(1_000)
  .describe('1–1000 of them, all of one kind; more come as a file (`createDncImport`).');

export const addDncEntriesInput = z.object({
  listId: id().describe('The list.'),
  kind,
  values,
  source: text(100).describe('Where the request came from: caller, letter, registry …'),
  reason: text(500, 0).default('').describe('Why, in words.'),
  expiresAt: z.date().optional().describe('Until when they hold; by default for good.'),
  idempotencyKey,
});
export const removeDncEntriesInput = z.object({
  listId: id().describe('The list.'),
  kind,
  values,
  reason: text(500).describe('Why they may be dialled again; kept in the audit.'),
});

const SHAPES: Record<DncEntryKind, { of: (value: string) => boolean; words: string }> = {
  NUMBER: { of: isE164, words: 'is not a telephone number in E.164 form (+12025550100)' },
  // One digit would be a continent.
  PREFIX: { of: (value) => /^\+[1-9]\d{1,13}$/.test(value), words: 'is not a prefix: + and 2–14 digits (+1202555)' },
  CUSTOMER_ID: { of: (value) => value.length > 0 && value.length <= 100, words: 'must have 1–100 characters' },
};

const COLUMNS = `id, list_id AS "listId", kind, value, source, reason, added_by AS "addedBy", added_at AS "addedAt",
  expires_at AS "expiresAt"`;
const LIST_EXISTS = `/* dncEntry.list */ SELECT 1 FROM dnc_list WHERE id = $1 AND organisation_id = $2 FOR KEY SHARE`;
const INSERT = `/* dncEntry.insert */
INSERT INTO dnc_entry (organisation_id, list_id, kind, value, source, reason, added_by, added_at, expires_at)
SELECT $1, $2, $3, value, $5, $6, $7, $8, $9 FROM unnest($4::text[]) AS v(value)
ON CONFLICT (list_id, kind, value) DO NOTHING`;
const LENGTHS = `/* dncEntry.lengths */
UPDATE dnc_list SET prefix_lengths = (
  SELECT array_agg(DISTINCT of ORDER BY of) FROM unnest(prefix_lengths || $2::smallint[]) AS length(of)) WHERE id = $1`;
const DELETE = `/* dncEntry.delete */
DELETE FROM dnc_entry WHERE list_id = $1 AND kind = $2 AND value = ANY($3::text[])`;
const LIST = `/* dncEntry.page */
SELECT ${COLUMNS} FROM dnc_entry
WHERE organisation_id = $1 AND list_id = $2 AND ($3::text IS NULL OR kind = $3) AND id > $4 ORDER BY id LIMIT $5`;

/** Numbers, prefixes and customers' ids that were put into lists one by one. */
export class DncEntryService {
  constructor(private readonly deps: { pool: Pool; clock: Clock }) {}

  async list(caller: Caller, listId: string, of: DncEntryKind | undefined, page: PageRequest): Promise<Page<DncEntry>> {
    const from = Number(page.after ?? 0) || 0;
    const given = [caller.organisationId, parse(id(), listId), of ?? null, from, page.first + 1];
    const { rows } = await this.deps.pool.query<DncEntry>(LIST, given);
    return pageOf(rows, page.first);
  }

  /** All or none. They hold from the commit on: a claim after it sees them, one before it has dialled. */
  async add(caller: Caller, input: unknown): Promise<AddedEntries> {
    const { expiresAt = null, ...given } = parse(addDncEntriesInput, input);
    const { organisationId, actor } = caller;
    const { listId, source, reason, idempotencyKey: key } = given;
    const wanted = checked(given.kind, given.values);
    const at = this.deps.clock.date();
    if (expiresAt && expiresAt <= at) throw invalid('expiresAt', `expiresAt ${expiresAt.toISOString()} is past`);
    return transaction(this.deps.pool, async (sql) => {
      await lock(sql, caller, given.kind, wanted);
      await requireList(sql, caller, listId);
      const once = { key, mutation: 'add DNC entries', request: { ...given, expiresAt }, entityId: listId, at };
      if (await takeKey(sql, caller, once)) return { listId, added: 0, known: wanted.length };
      const row = [organisationId, listId, given.kind, wanted, source, reason, actor, at, expiresAt];
      const added = (await sql.query(INSERT, row)).rowCount ?? 0;
      if (given.kind === 'PREFIX') await sql.query(LENGTHS, [listId, wanted.map(({ length }) => length)]);
      const after = { kind: given.kind, values: wanted, source, reason, expiresAt };
      await audit(sql, caller, at, { action: 'add entries', entity: 'DNC list', entityId: listId, after });
      return { listId, added, known: wanted.length - added };
    });
  }

  async remove(caller: Caller, input: unknown): Promise<RemovedEntries> {
    const { listId, kind: of, values: asked, reason } = parse(removeDncEntriesInput, input);
    const wanted = checked(of, asked);
    const at = this.deps.clock.date();
    return transaction(this.deps.pool, async (sql) => {
      await lock(sql, caller, of, wanted);
      await requireList(sql, caller, listId);
      const removed = (await sql.query(DELETE, [listId, of, wanted])).rowCount ?? 0;
      if (removed === 0) {
        throw new OutdialError('NOT_FOUND', 'none of the values stands in this list as an entry of its own', 'values');
      }
      await requestReopening(sql, caller, at);
      const before = { kind: of, values: wanted };
      const change = { action: 'remove entries', entity: 'DNC list', entityId: listId, before, after: { reason } };
      await audit(sql, caller, at, change);
      return { listId, removed };
    });
  }
}

const checked = (kind: DncEntryKind, values: readonly string[]): string[] => {
  const { of, words } = SHAPES[kind];
  const trimmed = values.map((value) => value.trim());
  const at = trimmed.findIndex((value) => !of(value));
  if (at >= 0) {
    const value = trimmed[at] as string;
    throw invalid(`values.${at}`, `values.${at} ${kind === 'CUSTOMER_ID' ? '' : `${maskNumber(value)} `}${words}`);
  }
  return [...new Set(trimmed)].sort();
};

const lock = (sql: Sql, { organisationId }: Caller, kind: DncEntryKind, values: readonly string[]): Promise<void> =>
  kind === 'NUMBER' ? lockNumbers(sql, organisationId, values) : lockClaimsOut(sql, organisationId);

const requireList = async (sql: Sql, { organisationId }: Caller, listId: string): Promise<void> => {
  if (!(await sql.query(LIST_EXISTS, [listId, organisationId])).rowCount) throw notFound('DNC list', listId);
};

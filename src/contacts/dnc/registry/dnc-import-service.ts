import { rm } from 'node:fs/promises';
import type { Pool } from 'pg';
import { z } from 'zod';
import { invalid, notFound, OutdialError } from '../../../errors';
import type { Clock } from '../../../infra/clock';
import { newId } from '../../../infra/ids';
import { type Page, type PageRequest, pageOf } from '../../../infra/page';
import { transaction } from '../../../infra/postgres';
import { type PubSub, topics } from '../../../infra/pubsub';
import { id, parse, text } from '../../../infra/validate';
import { audit } from '../../../organisations/audit';
import type { Caller } from '../../../organisations/caller';
import { idempotencyKey, takeKey } from '../../../organisations/idempotency';
import { isId } from '../../../organisations/records';
import { UPLOAD_LIFE_MS } from '../../imports/import-service';
import { uploadPath } from '../../imports/upload-place';
import { hashUploadToken, newUploadToken } from '../../imports/upload-service';
import { DNC_IMPORT_COLUMNS, DNC_IMPORT_FORMATS, type DncImport, type DncImportError, isEnded } from './dnc-import';

export const createDncImportInput = z.object({
  listId: id().describe('The do-not-call list.'),
  format: z
    .enum(DNC_IMPORT_FORMATS)
    .meta({ typeName: 'DncImportFormat' })
    .default('PLAIN')
    .describe('PLAIN: a number on each line. CSV: with a header line.'),
  numberColumn: text(200).optional().describe('Of CSV: the column with the number.'),
  replaces: z
    .boolean()
    .default(true)
    .describe('Whether the file takes the place of the numbers imported before, or comes to them.'),
  source: text(100).describe('Where the file comes from.'),
  reason: text(500, 0).default('').describe('Why, in words.'),
  idempotencyKey,
});

export interface StagedDncImport {
  import: DncImport;
  /** Null when the answer repeats an earlier one whose address was used already. */
  uploadToken: string | null;
}

const INSERT = `/* dncImport.insert */
INSERT INTO dnc_import (id, organisation_id, list_id, format, number_column, replaces, source, reason, upload_token_hash,
  upload_expires_at, state, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'AWAITING_UPLOAD', $11, $12) RETURNING ${DNC_IMPORT_COLUMNS}`;
// A repeated answer cannot show the first token, of which only the hash is kept: a new one takes its place.
const NEW_TOKEN = `/* dncImport.newToken */
UPDATE dnc_import SET upload_token_hash = $3, upload_expires_at = $4, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state = 'AWAITING_UPLOAD' RETURNING ${DNC_IMPORT_COLUMNS}`;
const LIST_EXISTS = `/* dncImport.listExists */
SELECT 1 FROM dnc_list WHERE id = $1 AND organisation_id = $2 FOR KEY SHARE`;
const READ = `/* dncImport.read */ SELECT ${DNC_IMPORT_COLUMNS} FROM dnc_import WHERE id = $1 AND organisation_id = $2`;
const LIST = `/* dncImport.list */
SELECT ${DNC_IMPORT_COLUMNS} FROM dnc_import
WHERE organisation_id = $1 AND ($2::uuid IS NULL OR list_id = $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`;
const ERRORS = `/* dncImport.errors */
SELECT line, code, message FROM dnc_import_error WHERE import_id = $1 AND line > $2 ORDER BY line LIMIT $3`;
const CANCEL = `/* dncImport.cancel */
UPDATE dnc_import SET state = 'CANCELLED', ended_at = $3, superseded = true, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state NOT IN ('COMPLETED', 'FAILED', 'CANCELLED')
RETURNING ${DNC_IMPORT_COLUMNS}`;

export interface DncImportServiceDeps {
  pool: Pool;
  pubsub: PubSub;
  clock: Clock;
  home: string;
}

/** Files of numbers that must not be dialled: registries of any size. */
export class DncImportService {
  constructor(private readonly deps: DncImportServiceDeps) {}

  async create(caller: Caller, input: unknown): Promise<StagedDncImport> {
    const given = parse(createDncImportInput, input);
    const { listId, format, numberColumn = null, replaces, source, reason, idempotencyKey: key } = given;
    if (format === 'CSV' && numberColumn === null) throw invalid('numberColumn', 'numberColumn must be given for CSV');
    if (format === 'PLAIN' && numberColumn !== null)
      throw invalid('numberColumn', `numberColumn "${numberColumn}" is for CSV only: a PLAIN file has no columns`);
    const { organisationId, actor } = caller;
    const at = this.deps.clock.date();
    const expires = new Date(at.getTime() + UPLOAD_LIFE_MS);
    const uploadToken = newUploadToken();
    const hash = hashUploadToken(uploadToken);
    return transaction(this.deps.pool, async (sql) => {
      if (!(await sql.query(LIST_EXISTS, [listId, organisationId])).rowCount) throw notFound('DNC list', listId);
      const importId = newId();
      const once = { key, mutation: 'create DNC import', request: given, entityId: importId, at };
      const known = await takeKey(sql, caller, once);
      if (known) {
        const again = await sql.query<DncImport>(NEW_TOKEN, [known, organisationId, hash, expires]);
        if (again.rows[0]) return { import: again.rows[0], uploadToken };
        const before = (await sql.query<DncImport>(READ, [known, organisationId])).rows[0];
        if (!before) throw notFound('DNC import', known);
        return { import: before, uploadToken: null };
      }
      const what = [importId, organisationId, listId, format, numberColumn, replaces, source, reason];
      const made = (await sql.query<DncImport>(INSERT, [...what, hash, expires, actor, at])).rows[0];
      if (!made) throw new OutdialError('INTERNAL', 'the import could not be stored');
      const after = { listId, format, replaces, source, reason };
      await audit(sql, caller, at, { action: 'create', entity: 'DNC import', entityId: importId, after });
      return { import: made, uploadToken };
    });
  }

  async find(caller: Caller, importId: string): Promise<DncImport | null> {
    if (!isId(importId)) return null;
    const { rows } = await this.deps.pool.query<DncImport>(READ, [importId, caller.organisationId]);
    return rows[0] ?? null;
  }

  async get(caller: Caller, importId: string): Promise<DncImport> {
    const row = await this.find(caller, importId);
    if (!row) throw notFound('DNC import', importId);
    return row;
  }

  async list(caller: Caller, { first, after }: PageRequest, listId?: string): Promise<Page<DncImport>> {
    const from = after && isId(after) ? after : null;
    const values = [caller.organisationId, listId ? parse(id(), listId) : null, from, first + 1];
    const { rows } = await this.deps.pool.query<DncImport>(LIST, values);
    return pageOf(rows, first);
  }

  /** The lines that hold no number, in the order of the file. */
  async errors(caller: Caller, importId: string, { first, after }: PageRequest): Promise<Page<DncImportError>> {
    await this.get(caller, importId);
    const { rows } = await this.deps.pool.query<DncImportError>(ERRORS, [importId, Number(after ?? 0) || 0, first + 1]);
    return pageOf(rows, first);
  }

  /** What was in force before it stays so; what it has stored is removed. */
  async cancel(caller: Caller, importId: string): Promise<DncImport> {
    const { pool, clock, home, pubsub } = this.deps;
    const { organisationId } = caller;
    await this.get(caller, importId);
    const at = clock.date();
    const ended = await transaction(pool, async (sql) => {
      const row = (await sql.query<DncImport>(CANCEL, [importId, organisationId, at])).rows[0];
      if (row) await audit(sql, caller, at, { action: 'cancel', entity: 'DNC import', entityId: importId });
      return row;
    });
    if (!ended) {
      const now = await this.get(caller, importId);
      if (now.state === 'CANCELLED') return now;
      const left = isEnded(now.state) ? 'any more' : 'now';
      throw new OutdialError('INVALID_STATE', `the import is ${now.state}: it cannot be cancelled ${left}`, 'id');
    }
    await rm(uploadPath(home, importId), { force: true });
    pubsub.publish(topics.dncImport(organisationId, importId), { seq: ended.seq });
    return ended;
  }
}

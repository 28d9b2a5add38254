import { rm } from 'node:fs/promises';
import type { Pool } from 'pg';
import { z } from 'zod';
import { notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { newId } from '../../infra/ids';
import type { JobClient } from '../../infra/job-client';
import { type Page, type PageRequest, pageOf } from '../../infra/page';
import { transaction } from '../../infra/postgres';
import { type PubSub, topics } from '../../infra/pubsub';
import { id, parse } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey, takeKey } from '../../organisations/idempotency';
import { isId } from '../../organisations/records';
import { attachedCampaigns } from '../campaign-lists/attached-campaigns';
import { type ContactImport, type ContactImportError, IMPORT_COLUMNS, IMPORT_FORMATS, isEnded } from './contact-import';
import { uploadPath } from './upload-place';
import { hashUploadToken, newUploadToken } from './upload-service';

export const createContactImportInput = z.object({
  listId: id().describe('The list the rows go into.'),
  format: z
    .enum(IMPORT_FORMATS)
    .meta({ typeName: 'ContactImportFormat' })
    .describe('CSV with a header line; or JSON, one array of objects or one object a line.'),
  idempotencyKey,
});

export interface ImportServiceDeps {
  pool: Pool;
  pubsub: PubSub;
  clock: Clock;
  jobs: JobClient;
  home: string;
}

export interface StagedImport {
  import: ContactImport;
  /** Null when the answer repeats an earlier one whose address was used already. */
  uploadToken: string | null;
}

/** Long enough to upload the largest file over a slow line. */
export const UPLOAD_LIFE_MS = 3_600_000;

const INSERT = `/* import.insert */
INSERT INTO contact_import (id, organisation_id, list_id, format, upload_token_hash, upload_expires_at, state, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 'AWAITING_UPLOAD', $7, $8) RETURNING ${IMPORT_COLUMNS}`;
// A repeated answer cannot show the first token, of which only the hash is kept: a new one takes its place.
const NEW_TOKEN = `/* import.newToken */
UPDATE contact_import SET upload_token_hash = $3, upload_expires_at = $4, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state = 'AWAITING_UPLOAD' RETURNING ${IMPORT_COLUMNS}`;
const LIST_EXISTS = `/* import.listExists */
SELECT 1 FROM contact_list WHERE id = $1 AND organisation_id = $2 FOR KEY SHARE`;
const READ = `/* import.read */ SELECT ${IMPORT_COLUMNS} FROM contact_import WHERE id = $1 AND organisation_id = $2`;
const LIST = `/* import.list */
SELECT ${IMPORT_COLUMNS} FROM contact_import
WHERE organisation_id = $1 AND ($2::uuid IS NULL OR list_id = $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`;
const ERRORS = `/* import.errors */
SELECT row_no AS "rowNo", line, field, code, message FROM contact_import_error
WHERE import_id = $1 AND row_no > $2 ORDER BY row_no LIMIT $3`;
const CANCEL = `/* import.cancel */
UPDATE contact_import SET state = 'CANCELLED', ended_at = $3, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state NOT IN ('COMPLETED', 'FAILED', 'CANCELLED') RETURNING ${IMPORT_COLUMNS}`;

export class ImportService {
  constructor(private readonly deps: ImportServiceDeps) {}

  async create(caller: Caller, input: unknown): Promise<StagedImport> {
    const given = parse(createContactImportInput, input);
    const { organisationId, actor } = caller;
    const at = this.deps.clock.date();
    const expires = new Date(at.getTime() + UPLOAD_LIFE_MS);
    const uploadToken = newUploadToken();
    const hash = hashUploadToken(uploadToken);
    return transaction(this.deps.pool, async (sql) => {
      if (!(await sql.query(LIST_EXISTS, [given.listId, organisationId])).rowCount) {
        throw notFound('contact list', given.listId);
      }
      const importId = newId();
      const once = {
        key: given.idempotencyKey,
        mutation: 'create contact import',
        request: given,
        entityId: importId,
        at,
      };
      const known = await takeKey(sql, caller, once);
      if (known) {
        const again = await sql.query<ContactImport>(NEW_TOKEN, [known, organisationId, hash, expires]);
        if (again.rows[0]) return { import: again.rows[0], uploadToken };
        const before = (await sql.query<ContactImport>(READ, [known, organisationId])).rows[0];
        if (!before) throw notFound('contact import', known);
        return { import: before, uploadToken: null };
      }
      const values = [importId, organisationId, given.listId, given.format, hash, expires, actor, at];
      const made = (await sql.query<ContactImport>(INSERT, values)).rows[0];
      if (!made) throw new OutdialError('INTERNAL', 'the import could not be stored');
      const after = { listId: given.listId, format: given.format };
      await audit(sql, caller, at, { action: 'create', entity: 'contact import', entityId: importId, after });
      return { import: made, uploadToken };
    });
  }

  async find(caller: Caller, importId: string): Promise<ContactImport | null> {
    if (!isId(importId)) return null;
    const { rows } = await this.deps.pool.query<ContactImport>(READ, [importId, caller.organisationId]);
    return rows[0] ?? null;
  }

  async get(caller: Caller, importId: string): Promise<ContactImport> {
    const row = await this.find(caller, importId);
    if (!row) throw notFound('contact import', importId);
    return row;
  }

  async list(caller: Caller, { first, after }: PageRequest, listId?: string): Promise<Page<ContactImport>> {
    const from = after && isId(after) ? after : null;
    const values = [caller.organisationId, listId ? parse(id(), listId) : null, from, first + 1];
    const { rows } = await this.deps.pool.query<ContactImport>(LIST, values);
    return pageOf(rows, first);
  }

  /** The rows that were kept out or partly left out, in the order of the file. */
  async errors(caller: Caller, importId: string, { first, after }: PageRequest): Promise<Page<ContactImportError>> {
    await this.get(caller, importId);
    const values = [importId, Number(after ?? 0) || 0, first + 1];
    const { rows } = await this.deps.pool.query<ContactImportError>(ERRORS, values);
    return pageOf(rows, first);
  }

  /** Ends it where it stands: contacts that were taken already stay, none is taken after this. */
  async cancel(caller: Caller, importId: string): Promise<ContactImport> {
    const { pool, clock, home, jobs, pubsub } = this.deps;
    const { organisationId } = caller;
    const before = await this.get(caller, importId);
    const at = clock.date();
    const ended = await transaction(pool, async (sql) => {
      const row = (await sql.query<ContactImport>(CANCEL, [importId, organisationId, at])).rows[0];
      if (row) await audit(sql, caller, at, { action: 'cancel', entity: 'contact import', entityId: importId });
      return row;
    });
    if (!ended) {
      const now = await this.get(caller, importId);
      if (now.state === 'CANCELLED') return now;
      const state = isEnded(now.state) ? now.state : before.state;
      throw new OutdialError('INVALID_STATE', `the import is ${state}: it cannot be cancelled any more`, 'id');
    }
    await rm(uploadPath(home, importId), { force: true });
    pubsub.publish(topics.contactImport(organisationId, importId), { seq: ended.seq });
    for (const campaignId of await attachedCampaigns(pool, organisationId, ended.listId)) {
      await jobs.enqueue('fillCampaign', { organisationId, campaignId, listId: ended.listId });
    }
    return ended;
  }
}

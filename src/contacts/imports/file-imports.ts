import { rm } from 'node:fs/promises';
import type { Pool } from 'pg';
import { notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { newId } from '../../infra/ids';
import { type Page, type PageRequest, pageOf } from '../../infra/page';
import { type Sql, transaction } from '../../infra/postgres';
import { type PubSub, topics } from '../../infra/pubsub';
import { id, parse } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import { takeKey } from '../../organisations/idempotency';
import { isId } from '../../organisations/records';
import { type FileImport, isEnded } from './file-import';
import { uploadPath } from './upload-place';
import { hashUploadToken, newUploadToken, UPLOAD_LIFE_MS } from './upload-token';

export interface FileImportDeps {
  pool: Pool;
  pubsub: PubSub;
  clock: Clock;
  /** `OUTDIAL_HOME`, below which uploads lie. */
  home: string;
}

export interface Staged<I> {
  import: I;
  /** Null when the answer repeats an earlier one whose address was used already. */
  uploadToken: string | null;
}

/** A kind of file and where its imports stand. */
export interface FileImportKind {
  /** Stands in statements' names. */
  name: 'import' | 'dncImport';
  table: 'contact_import' | 'dnc_import';
  columns: string;
  /** Columns that only this kind has, in the order in which their values are given. */
  own: readonly string[];
  listTable: 'contact_list' | 'dnc_list';
  /** In words: the import and its list. */
  what: string;
  list: string;
  topic: 'contactImport' | 'dncImport';
  /** What a cancelled one is set to besides. */
  cancelled?: string;
}

const statementsOf = ({ name, table, columns, own, listTable, cancelled }: FileImportKind) => ({
  insert: `/* ${name}.insert */
INSERT INTO ${table} (id, organisation_id, list_id, upload_token_hash, upload_expires_at, state, created_by, created_at, ${own.join(', ')})
VALUES ($1, $2, $3, $4, $5, 'AWAITING_UPLOAD', $6, $7, ${own.map((_, index) => `$${index + 8}`).join(', ')}) RETURNING ${columns}`,
  // A repeated answer cannot show the first token, of which only the hash is kept: a new one takes its place.
  newToken: `/* ${name}.newToken */
UPDATE ${table} SET upload_token_hash = $3, upload_expires_at = $4, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state = 'AWAITING_UPLOAD' RETURNING ${columns}`,
  listExists: `/* ${name}.listExists */
SELECT 1 FROM ${listTable} WHERE id = $1 AND organisation_id = $2 FOR KEY SHARE`,
  read: `/* ${name}.read */ SELECT ${columns} FROM ${table} WHERE id = $1 AND organisation_id = $2`,
  list: `/* ${name}.list */
SELECT ${columns} FROM ${table}
WHERE organisation_id = $1 AND ($2::uuid IS NULL OR list_id = $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`,
  cancel: `/* ${name}.cancel */
UPDATE ${table} SET state = 'CANCELLED', ended_at = $3, ${cancelled ? `${cancelled}, ` : ''}seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state NOT IN ('COMPLETED', 'FAILED', 'CANCELLED') RETURNING ${columns}`,
});

/** Files that are staged, uploaded to a single-use address and taken in by a worker. */
export abstract class FileImports<I extends FileImport, D extends FileImportDeps = FileImportDeps> {
  private readonly statements: ReturnType<typeof statementsOf>;

  constructor(
    protected readonly deps: D,
    private readonly kind: FileImportKind,
  ) {
    this.statements = statementsOf(kind);
  }

  /** Makes the import, and the address for its file; the same key gives the same import again. */
  protected async stage(
    caller: Caller,
    given: { listId: string; idempotencyKey?: string | undefined },
    own: readonly unknown[],
    audited: object,
  ): Promise<Staged<I>> {
    const { kind, statements } = this;
    const { organisationId, actor } = caller;
    const { listId, idempotencyKey: key } = given;
    const at = this.deps.clock.date();
    const uploadToken = newUploadToken();
    const address = [hashUploadToken(uploadToken), new Date(at.getTime() + UPLOAD_LIFE_MS)];
    return transaction(this.deps.pool, async (sql) => {
      if (!(await sql.query(statements.listExists, [listId, organisationId])).rowCount) {
        throw notFound(kind.list, listId);
      }
      const importId = newId();
      const once = { key, mutation: `create ${kind.what}`, request: given, entityId: importId, at };
      const known = await takeKey(sql, caller, once);
      if (known) {
        const again = await sql.query<I>(statements.newToken, [known, organisationId, ...address]);
        if (again.rows[0]) return { import: again.rows[0], uploadToken };
        const before = await this.read(sql, caller, known);
        if (!before) throw notFound(kind.what, known);
        return { import: before, uploadToken: null };
      }
      const values = [importId, organisationId, listId, ...address, actor, at, ...own];
      const made = (await sql.query<I>(statements.insert, values)).rows[0];
      if (!made) throw new OutdialError('INTERNAL', 'the import could not be stored');
      await audit(sql, caller, at, { action: 'create', entity: kind.what, entityId: importId, after: audited });
      return { import: made, uploadToken };
    });
  }

  private async read(sql: Sql, { organisationId }: Caller, importId: string): Promise<I | null> {
    return (await sql.query<I>(this.statements.read, [importId, organisationId])).rows[0] ?? null;
  }

  async find(caller: Caller, importId: string): Promise<I | null> {
    return isId(importId) ? this.read(this.deps.pool, caller, importId) : null;
  }

  async get(caller: Caller, importId: string): Promise<I> {
    const row = await this.find(caller, importId);
    if (!row) throw notFound(this.kind.what, importId);
    return row;
  }

  async list(caller: Caller, { first, after }: PageRequest, listId?: string): Promise<Page<I>> {
    const from = after && isId(after) ? after : null;
    const values = [caller.organisationId, listId ? parse(id(), listId) : null, from, first + 1];
    return pageOf((await this.deps.pool.query<I>(this.statements.list, values)).rows, first);
  }

  /** Ends it where it stands; what it has taken by then is for its kind to say. */
  async cancel(caller: Caller, importId: string): Promise<I> {
    const { pool, clock, home, pubsub } = this.deps;
    const { organisationId } = caller;
    await this.get(caller, importId);
    const at = clock.date();
    const ended = await transaction(pool, async (sql) => {
      const row = (await sql.query<I>(this.statements.cancel, [importId, organisationId, at])).rows[0];
      if (row) await audit(sql, caller, at, { action: 'cancel', entity: this.kind.what, entityId: importId });
      return row;
    });
    if (!ended) {
      const now = await this.get(caller, importId);
      if (now.state === 'CANCELLED') return now;
      const left = isEnded(now.state) ? 'any more' : 'now';
      throw new OutdialError('INVALID_STATE', `the import is ${now.state}: it cannot be cancelled ${left}`, 'id');
    }
    await rm(uploadPath(home, importId), { force: true });
    pubsub.publish(topics[this.kind.topic](organisationId, importId), { seq: ended.seq });
    await this.afterCancel(ended);
    return ended;
  }

  protected async afterCancel(_ended: I): Promise<void> {}
}

import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { LawBook } from '../../src/compliance/own/law-book';
import { ImportRunner } from '../../src/contacts/imports/import-runner';
import { uploadDirectory, uploadPath } from '../../src/contacts/imports/upload-place';
import { OffsetClock } from '../../src/infra/clock';
import { newId } from '../../src/infra/ids';
import { createLogger } from '../../src/infra/logger';
import { createPool } from '../../src/infra/postgres';
import { createPubSub, type PubSub } from '../../src/infra/pubsub';
import { createRedis } from '../../src/infra/redis';
import { testStores } from '../setup/stores';

export const MAPPING = {
  modes: [{ mode: 'Mobile', column: 'phone' }],
  externalId: 'id',
  attributes: ['name'],
};

/** Stores, a home and an organisation for tests that run imports in this process. */
export interface ImportBench {
  pool: Pool;
  pubsub: PubSub;
  home: string;
  organisationId: string;
  databaseUrl: string;
  redisUrl: string;
  runner(chunkRows?: number): ImportRunner;
  makeList(mapping?: object): Promise<string>;
  /** An import whose file has been uploaded. */
  stage(listId: string, content: string | Buffer | { path: string }, format?: 'CSV' | 'JSON'): Promise<string>;
  importRow(importId: string): Promise<Record<string, unknown>>;
  reasons(importId: string): Promise<string[]>;
  numbers(listId: string): Promise<string[]>;
  close(): Promise<void>;
}

export const openImportBench = async (): Promise<ImportBench> => {
  const stores = await testStores();
  const home = mkdtempSync(join(tmpdir(), 'outdial-import-'));
  mkdirSync(uploadDirectory(home), { recursive: true });
  const pool = createPool({ url: stores.databaseUrl, applicationName: 'test-contacts' });
  const pubsub = createPubSub(createRedis(stores.redisUrl), createRedis(stores.redisUrl));
  const clock = new OffsetClock();
  const logger = createLogger('test', 'silent');
  const organisationId = newId();
  await pool.query('INSERT INTO organisation (id, name, created_at) VALUES ($1, $2, $3)', [
    organisationId,
    'Acme',
    clock.date(),
  ]);
  const query = async <T extends object>(text: string, values: unknown[]): Promise<T[]> =>
    (await pool.query<T>(text, values)).rows;
  return {
    pool,
    pubsub,
    home,
    organisationId,
    databaseUrl: stores.databaseUrl,
    redisUrl: stores.redisUrl,
    runner: (chunkRows) =>
      new ImportRunner({ pool, pubsub, clock, logger, laws: new LawBook(), home, ...(chunkRows ? { chunkRows } : {}) }),
    async makeList(mapping = MAPPING) {
      const listId = newId();
      await pool.query(
        `INSERT INTO contact_list (id, organisation_id, name, field_mapping, default_country, created_at)
         VALUES ($1, $2, $3, $4, 'US', $5)`,
        [listId, organisationId, `List ${listId}`, JSON.stringify(mapping), clock.date()],
      );
      return listId;
    },
    async stage(listId, content, format = 'CSV') {
      const importId = newId();
      const path = uploadPath(home, importId);
      if (typeof content === 'object' && 'path' in content) copyFileSync(content.path, path);
      else writeFileSync(path, content);
      await pool.query(
        `INSERT INTO contact_import (id, organisation_id, list_id, format, upload_token_hash, upload_expires_at, state,
           bytes_total, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, 'QUEUED', $7, 'test', $6)`,
        [importId, organisationId, listId, format, Buffer.from(importId), clock.date(), statSync(path).size],
      );
      return importId;
    },
    async importRow(importId) {
      const [row] = await query<Record<string, unknown>>(
        `SELECT state, rows_read AS read, rows_imported AS imported, rows_duplicate AS duplicate, rows_rejected AS rejected,
           error_code AS code, error_message AS message FROM contact_import WHERE id = $1`,
        [importId],
      );
      return row ?? {};
    },
    async reasons(importId) {
      const rows = await query<{ line: number; field: string; code: string }>(
        'SELECT line, field, code FROM contact_import_error WHERE import_id = $1 ORDER BY row_no',
        [importId],
      );
      return rows.map(({ line, field, code }) => [line, code, field].join(' ').trim());
    },
    async numbers(listId) {
      const rows = await query<{ number: string }>('SELECT number FROM contact WHERE list_id = $1 ORDER BY id', [
        listId,
      ]);
      return rows.map(({ number }) => number);
    },
    async close() {
      await Promise.all([pool.end(), pubsub.close()]);
      await stores.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
};

/** Ten thousand fictional numbers and more: +1 <area> 555 01xx. Area codes need not exist in tests that only count. */
export const fictional = (index: number): string => {
  const areas = ['212', '303', '312', '404', '415', '503', '602', '617', '702', '713', '808', '907'];
  return `+1${areas[Math.floor(index / 100) % areas.length]}55501${String(index % 100).padStart(2, '0')}`;
};

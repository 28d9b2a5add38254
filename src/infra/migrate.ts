import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { PROJECT_ROOT } from './project-root';

/** Any number: one for the whole product, so that processes starting together migrate one after another. */
const ADVISORY_LOCK = 7_318_290_451;

/**
 * Brings a database to the newest schema; several processes may call it at once. The lock is held by a connection of its
 * own, because the migrations' connection comes and goes.
 */
export const migratePostgres = async (databaseUrl: string): Promise<string[]> => {
  const lock = new Client({ connectionString: databaseUrl, application_name: 'outdial-migrate' });
  await lock.connect();
  try {
    await lock.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK]);
    const source = new DataSource({
      type: 'postgres',
      url: databaseUrl,
      applicationName: 'outdial-migrate',
      migrations: [join(__dirname, '..', '..', 'migrations', 'postgres', '*.{ts,js}')],
      migrationsTableName: 'schema_migration',
      migrationsTransactionMode: 'each',
    });
    await source.initialize();
    try {
      return (await source.runMigrations()).map(({ name }) => name);
    } finally {
      await source.destroy();
    }
  } finally {
    await lock.end();
  }
};

/** Statements end with a semicolon at the end of a line; a comment may stand before each. */
const statementsOf = (text: string): string[] =>
  text
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement.replace(/--[^\n]*/g, '').trim() !== '');

const FILE_NAME = /^\d{4}_[a-z0-9_]+\.sql$/;

/** Same for the warehouse. Its DDL has no transactions: each file is idempotent, so a half-run one is run again. */
export const migrateClickhouse = async (url: string): Promise<string[]> => {
  const client = createClient({ url, request_timeout: 60_000 });
  try {
    await client.command({
      query: `CREATE TABLE IF NOT EXISTS schema_migration (name String, checksum String)
        ENGINE = ReplacingMergeTree ORDER BY name`,
    });
    const rows = await client.query({ query: 'SELECT name FROM schema_migration FINAL', format: 'JSONEachRow' });
    const done = new Set((await rows.json<{ name: string }>()).map(({ name }) => name));
    const directory = join(PROJECT_ROOT, 'migrations', 'clickhouse');
    const pending = readdirSync(directory)
      .filter((file) => FILE_NAME.test(file) && !done.has(file))
      .sort();
    for (const name of pending) {
      const text = readFileSync(join(directory, name), 'utf8');
      for (const query of statementsOf(text)) await client.command({ query });
      const checksum = createHash('sha256').update(text).digest('hex');
      await client.insert({ table: 'schema_migration', values: [{ name, checksum }], format: 'JSONEachRow' });
    }
    return pending;
  } finally {
    await client.close();
  }
};

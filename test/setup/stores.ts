import { randomBytes } from 'node:crypto';
import { createClient } from '@clickhouse/client';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { migrateClickhouse } from '../../src/infra/migrate';

/** What global setup starts once for a run; tests take their own part by `testStores`. */
export interface SharedStores {
  databaseUrl: string;
  redisUrl: string;
  clickhouseUrl: string;
  redisDatabases: number;
}

export interface TestStores {
  databaseUrl: string;
  redisUrl: string;
  clickhouseUrl: string;
  close(): Promise<void>;
}

/** The variable through which a run hands its stores to its workers, or a person a standing set to many runs. */
export const STORES_VARIABLE = 'OUTDIAL_TEST_STORES';
export const TEMPLATE_VARIABLE = 'OUTDIAL_TEST_TEMPLATE';

export const sharedStores = (): SharedStores => {
  const text = process.env[STORES_VARIABLE];
  if (!text) throw new Error('Stores run only for tests in test/integration, test/e2e and test/chaos');
  return JSON.parse(text) as SharedStores;
};

const withPath = (url: string, path: string): string => {
  const parsed = new URL(url);
  parsed.pathname = `/${path}`;
  return parsed.toString();
};

const admin = async (url: string, sql: string): Promise<void> => {
  const client = new Client({ connectionString: withPath(url, 'postgres') });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
};

const warehouse = async (url: string, query: string): Promise<void> => {
  const client = createClient({ url: withPath(url, 'default') });
  try {
    await client.command({ query });
  } finally {
    await client.close();
  }
};

const takeRedisDatabase = async ({ redisUrl, redisDatabases }: SharedStores): Promise<string> => {
  const redis = new Redis(withPath(redisUrl, '0'));
  try {
    // Database 0 holds the counter. A standing set may wrap around: the index is emptied before its next use.
    const index = 1 + ((await redis.incr('next-database')) % (redisDatabases - 1));
    await redis.select(index);
    await redis.flushdb();
    return withPath(redisUrl, String(index));
  } finally {
    redis.disconnect();
  }
};

/** A migrated PostgreSQL database, an empty Redis database and a migrated warehouse database for one test file. */
export const testStores = async (): Promise<TestStores> => {
  const shared = sharedStores();
  const name = `t_${randomBytes(6).toString('hex')}`;
  const clickhouseUrl = withPath(shared.clickhouseUrl, name);
  const databaseUrl = withPath(shared.databaseUrl, name);
  const [redisUrl] = await Promise.all([
    takeRedisDatabase(shared),
    admin(shared.databaseUrl, `CREATE DATABASE ${name} TEMPLATE ${process.env[TEMPLATE_VARIABLE]} STRATEGY FILE_COPY`),
    warehouse(shared.clickhouseUrl, `CREATE DATABASE ${name}`).then(() => migrateClickhouse(clickhouseUrl)),
  ]);
  return {
    databaseUrl,
    redisUrl,
    clickhouseUrl,
    close: async () => {
      await Promise.all([
        admin(shared.databaseUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
        warehouse(shared.clickhouseUrl, `DROP DATABASE IF EXISTS ${name}`),
      ]);
    },
  };
};

import { createClient } from '@clickhouse/client';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { type TestStores, testStores } from '../setup/stores';

let stores: TestStores;
let startedInMs: number;
beforeAll(async () => {
  const start = performance.now();
  stores = await testStores();
  startedInMs = performance.now() - start;
});
afterAll(() => stores.close());

test('a test file has a migrated PostgreSQL database of its own', async () => {
  const client = new Client({ connectionString: stores.databaseUrl });
  await client.connect();
  const tables = await client.query(
    `SELECT count(*)::int AS n FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  await client.end();
  expect(tables.rows[0].n).toBeGreaterThan(5);
});

test('a test file has an empty Redis database of its own', async () => {
  const redis = new Redis(stores.redisUrl);
  expect(await redis.dbsize()).toBe(0);
  redis.disconnect();
});

test('a test file has a migrated warehouse database of its own', async () => {
  const client = createClient({ url: stores.clickhouseUrl });
  const tables = await client.query({ query: 'SHOW TABLES', format: 'JSONEachRow' });
  expect(await tables.json()).toContainEqual({ name: 'call_attempt' });
  await client.close();
});

test('the stores of a file are quick to have', () => {
  // 150 ms when the machine is free; the limit leaves room for a loaded one.
  expect(startedInMs).toBeLessThan(3000);
  if (process.env.OUTDIAL_SHOW_TIMES) process.stderr.write(`testStores: ${startedInMs.toFixed(0)} ms\n`);
});

import type { Pool, PoolConfig } from 'pg';
import { createPool } from '../../src/infra/postgres';
import { type TestStores, testStores } from './stores';

/** The stores of a test file with a pool on them, there from its `beforeAll` on and closed behind its last test. */
export const testPool = (options: PoolConfig = {}): { readonly stores: TestStores; readonly pool: Pool } => {
  const given = {} as { stores: TestStores; pool: Pool };
  beforeAll(async () => {
    given.stores = await testStores();
    given.pool = createPool({ url: given.stores.databaseUrl, applicationName: 'test', ...options });
  });
  afterAll(async () => {
    await given.pool.end();
    await given.stores.close();
  });
  return given;
};

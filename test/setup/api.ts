import { type Api, startApi } from '../../graphql/server';
import { loadConfig } from '../../src/config';
import { buildContainer, type Container } from '../../src/container';
import { type TestStores, testStores } from './stores';

export const ADMIN_TOKEN = 'test-administrator-token';
export const JWT_SECRET = 'a secret of tests only, long enough for HS256';

export interface TestApi extends Api {
  container: Container;
  stores: TestStores;
}

/** An api on a free port over stores of its own, in this process. */
export const startTestApi = async (
  environment: Record<string, string> = {},
  /** Stores of another part of the test, which closes them. */
  shared?: TestStores,
): Promise<TestApi> => {
  const stores = shared ?? (await testStores());
  const config = loadConfig({
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    CLICKHOUSE_URL: stores.clickhouseUrl,
    OUTDIAL_ADMIN_TOKEN: ADMIN_TOKEN,
    OUTDIAL_JWT_SECRET: JWT_SECRET,
    OUTDIAL_LOG_LEVEL: 'fatal',
    ...environment,
  });
  const container = await buildContainer(config, 'api');
  const api = await startApi(container, { port: 0 });
  return {
    ...api,
    container,
    stores,
    close: async () => {
      await api.close();
      await container.close();
      if (!shared) await stores.close();
    },
  };
};

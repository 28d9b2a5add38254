import type { Config } from '../config';
import { migrateClickhouse, migratePostgres } from '../infra/migrate';
import type { Home } from './home';
import { KeptStore } from './kept-store';
import { startPostgres } from './postgres';
import { startRedis } from './redis';
import { startWarehouse } from './warehouse';

export interface StoreUrls {
  databaseUrl: string;
  redisUrl: string;
  clickhouseUrl: string;
}

export interface StoreSet {
  urls: StoreUrls;
  /** The embedded ones, by name. */
  kept: Map<string, KeptStore>;
}

const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Starts each store that has no URL and brings all of them to the newest schema. Fills `kept` as it goes. */
export const openStores = async (
  config: Config,
  home: Home,
  kept: Map<string, KeptStore>,
  nodeArguments: readonly string[],
): Promise<StoreUrls> => {
  const { secrets, say } = home;
  const open = async (
    name: string,
    url: string | undefined,
    start: Parameters<typeof KeptStore.start>[0],
  ): Promise<string> => {
    if (url) return url;
    const since = performance.now();
    const store = await KeptStore.start(start, say);
    kept.set(name, store);
    say(`  ${name} is up (${seconds(since)})`);
    return store.url;
  };
  const place = home;
  const settled = await Promise.allSettled([
    open('postgres', config.stores.databaseUrl, (port) =>
      startPostgres({ place, port, password: secrets.postgresPassword, durable: true }),
    ),
    open('redis', config.stores.redisUrl, (port) =>
      startRedis({ place, port, password: secrets.redisPassword, durable: true }),
    ),
    open('warehouse', config.stores.clickhouseUrl, (port) =>
      startWarehouse({ place, port, password: secrets.warehousePassword, nodeArguments }),
    ),
  ]);
  const [databaseUrl, redisUrl, clickhouseUrl] = settled.map((result) => {
    // Only now, when all have settled, so that what did start is known and can be stopped.
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }) as [string, string, string];

  const since = performance.now();
  const [tables, facts] = await Promise.all([migratePostgres(databaseUrl), migrateClickhouse(clickhouseUrl)]);
  const count = tables.length + facts.length;
  say(count === 0 ? '  the schema is up to date' : `  ${count} migrations applied (${seconds(since)})`);
  return { databaseUrl, redisUrl, clickhouseUrl };
};

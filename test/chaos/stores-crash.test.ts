import { type CrashSite, judge, order, startCrashSite } from '../setup/crash-site';
import { type OwnStores, openOwnStores } from '../setup/own-stores';
import { pause, until } from '../setup/until';

/**
 * Everything but the dialer dies in turn by kill -9 while calls go on: the api, the worker, Redis, PostgreSQL, the warehouse.
 * Run by `npm run test:long`.
 */
const ROUNDS = 3;
const FLOW_MS = 4_000;
const BACK_WITHIN_MS = 60_000;

const STORES = ['redis', 'postgres', 'warehouse'] as const;
type Victim = 'worker' | 'api' | (typeof STORES)[number];

let stores: OwnStores;
let site: CrashSite | undefined;

afterEach(async () => {
  if (site) await site.close();
  else await stores?.close();
});

const isBack = async (victim: Victim, { system }: CrashSite): Promise<boolean> => {
  if (victim === 'redis') return (await system.redis.ping()) === 'PONG';
  if (victim === 'postgres') return (await system.pool.query('SELECT 1')).rowCount === 1;
  if (victim === 'warehouse') return (await system.warehouse.ping()).success;
  return true;
};

const kill = async (victim: Victim, at: CrashSite): Promise<void> => {
  const { system } = at;
  if (victim === 'worker' || victim === 'api') {
    system[victim]?.signal('SIGKILL');
    await system[victim]?.exited;
    await (victim === 'worker' ? system.startWorker() : system.startApi());
    return;
  }
  const killed = stores.kill(victim);
  await until(
    `${victim} is back`,
    async () => stores.pid(victim) !== killed && (await isBack(victim, at)),
    BACK_WITHIN_MS,
  );
  // The supervisor would do this.
  while (system.dialers.length < 2) await system.startDialer();
};

test('the death of api, worker, Redis, PostgreSQL and warehouse in turn loses nothing and harms nobody', async () => {
  stores = await openOwnStores();
  site = await startCrashSite(600, stores);
  const { system } = site;
  await order(site, 'CAMPAIGN_START');
  const outages: { from: number; to: number }[] = [];
  const told: string[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const victim of ['worker', 'api', ...STORES] as const) {
      await pause(FLOW_MS);
      const from = Date.now();
      await kill(victim, site);
      const back = Date.now();
      // Whatever died, calls are placed again soon after its return.
      await until(
        `calls are placed after ${victim}`,
        () => system.truth().customers.some((leg) => leg.originatedAt > back),
        20_000,
      );
      if (victim === 'postgres') outages.push({ from, to: Date.now() });
      told.push(`${victim} ${((Date.now() - from) / 1000).toFixed(1)} s`);
    }
  }
  await order(site, 'CAMPAIGN_PAUSE');
  const { placed } = await judge(site, outages, told.join(', '));
  expect(placed).toBeGreaterThan(200);
}, 600_000);

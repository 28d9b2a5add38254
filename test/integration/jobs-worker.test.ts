import { CATALOG, type Catalog } from '../../jobs/catalog';
import type { JobRun } from '../../jobs/handler';
import { startWorker, type Worker } from '../../jobs/worker';
import { loadConfig } from '../../src/config';
import { buildContainer, type Container } from '../../src/container';
import { commandTopics } from '../../src/dialer/command-kinds';
import { newId } from '../../src/infra/ids';
import { createJobClient, type JobClient, jobPrefix } from '../../src/infra/job-client';
import { createMetrics, type Metrics } from '../../src/infra/metrics';
import { type Seeded, seedCampaign } from '../setup/seed';
import { type TestStores, testStores } from '../setup/stores';
import { faultyWire, seedAttempts } from './reporting-facts';

const at = new Date('2026-05-04T15:00:00.000Z');
let stores: TestStores;
let container: Container;
let metrics: Metrics;
let wire: Awaited<ReturnType<typeof faultyWire>>;
let worker: Worker | undefined;
let jobs: JobClient;

beforeAll(async () => {
  stores = await testStores();
  wire = await faultyWire(stores.redisUrl);
  const config = loadConfig({
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: wire.url,
    CLICKHOUSE_URL: stores.clickhouseUrl,
    OUTDIAL_LOG_LEVEL: 'silent',
  });
  container = await buildContainer(config, 'worker');
  jobs = createJobClient(wire.url, jobPrefix(stores.databaseUrl));
});

afterEach(async () => {
  wire.set('open');
  await worker?.stop(5_000);
  worker = undefined;
});

afterAll(async () => {
  await jobs?.close();
  await container?.close();
  await wire?.close();
  await stores?.close();
});

const start = (catalog: Catalog = CATALOG): void => {
  metrics = createMetrics('worker');
  worker = startWorker({ ...container, metrics }, { databaseUrl: stores.databaseUrl, redisUrl: wire.url }, catalog);
};

const until = async (what: string, is: () => Promise<boolean> | boolean, withinMs = 10_000): Promise<void> => {
  const deadline = Date.now() + withinMs;
  while (!(await is())) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
};

const busyContact = async (): Promise<Seeded> => {
  const seeded = await seedCampaign(container.hot, { at, contacts: 1 });
  const { rows } = await container.hot.query(`SELECT contact_id FROM campaign_contact WHERE campaign_id = $1`, [
    seeded.campaignId,
  ]);
  const spec = { claimedAt: at, outcome: 'BUSY', contactId: rows[0].contact_id };
  const [attempt] = await seedAttempts(container.hot, seeded, [spec], at);
  await container.hot.query(
    `UPDATE campaign_contact SET state = 'AWAITING_RETRY', last_outcome = 'BUSY', last_attempt_id = $2 WHERE campaign_id = $1`,
    [seeded.campaignId, attempt],
  );
  return seeded;
};

const isReady = async ({ campaignId }: Seeded): Promise<boolean> => {
  const { rows } = await container.hot.query(`SELECT state FROM campaign_contact WHERE campaign_id = $1`, [campaignId]);
  return rows[0].state === 'READY';
};

const isReported = async ({ organisationId }: Seeded): Promise<boolean> => {
  const query = 'SELECT count() AS n FROM call_attempt FINAL WHERE organisation_id = {org:UUID}';
  const result = await container.warehouse.query({
    query,
    query_params: { org: organisationId },
    format: 'JSONEachRow',
  });
  return Number((await result.json<{ n: number }>())[0]?.n) === 1;
};

const withSweeps = (sweepEveryMs: number, more: Partial<Catalog> = {}): Catalog => {
  const slowed = Object.fromEntries(
    Object.entries(CATALOG).map(([name, config]) => [name, { ...config, sweepEveryMs }]),
  );
  return { ...(slowed as unknown as Catalog), ...more };
};

test('sweeps alone do all due work, and the dialer is told', async () => {
  const seeded = await busyContact();
  const woken = new Promise<void>((resolve) => {
    container.pubsub.subscribe(commandTopics.wake(seeded.dialerId), () => resolve());
  });
  start();
  await until('the contact is ready', () => isReady(seeded));
  await until('the attempt is reported', () => isReported(seeded));
  await woken;
});

test('a hint is quicker than the sweep', async () => {
  start(withSweeps(60_000));
  const seeded = await busyContact();
  expect(
    await jobs.enqueue('applyRetries', { organisationId: seeded.organisationId, campaignId: seeded.campaignId }),
  ).toBe(true);
  await until('the contact is ready', () => isReady(seeded));
});

test('without Redis hints are dropped at once, the work is done, and hints count again when it is back', async () => {
  start();
  wire.set('down');
  const seeded = await busyContact();
  const began = Date.now();
  const ids = { organisationId: seeded.organisationId, campaignId: seeded.campaignId };
  expect(await jobs.enqueue('applyRetries', ids)).toBe(false);
  expect(Date.now() - began).toBeLessThan(2_000);
  await until('the contact is ready', () => isReady(seeded));
  await until('the attempt is reported', () => isReported(seeded));
  await worker?.stop(5_000);
  start(withSweeps(60_000));
  wire.set('open');
  const next = await busyContact();
  const nextIds = { organisationId: next.organisationId, campaignId: next.campaignId };
  await until('a hint is taken', () => jobs.enqueue('applyRetries', nextIds));
  await until('the contact is ready', () => isReady(next));
});

test('PostgreSQL connections that break are made anew', async () => {
  start();
  await container.hot.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  const seeded = await busyContact();
  await until('the contact is ready', () => isReady(seeded));
});

test('a payload that breaks its contract is refused by the sender', async () => {
  await expect(jobs.enqueue('applyRetries', { organisationId: newId(), campaignId: 'none' })).rejects.toThrow();
});

test('the same work runs once at a time, and once more if it came meanwhile', async () => {
  const fill = { organisationId: newId(), campaignId: newId(), listId: newId() };
  const other = { ...fill, listId: newId() };
  let running = 0;
  let most = 0;
  let runs = 0;
  let others = 0;
  const handler = async ({ listId }: typeof fill) => {
    if (listId === other.listId) {
      others += 1;
      return;
    }
    runs += 1;
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 100));
    running -= 1;
  };
  start(withSweeps(60_000, { fillCampaign: { ...CATALOG.fillCampaign, handler, sweepEveryMs: 60_000 } }));
  await jobs.enqueue('fillCampaign', fill);
  await until('it runs', () => running === 1);
  for (let hint = 0; hint < 5; hint += 1) await jobs.enqueue('fillCampaign', fill);
  await until('it runs again', () => runs === 2 && running === 0);
  // Hints are taken in order: once this one is, none of the five is left.
  await jobs.enqueue('fillCampaign', other);
  await until('the next hint is taken', () => others === 1);
  await worker?.stop(5_000);
  worker = undefined;
  expect({ runs, most }).toEqual({ runs: 2, most: 1 });
});

test('a job that fails is run again by the sweep, ever slower, and stops nobody', async () => {
  const calls: number[] = [];
  const payload = { organisationId: newId(), importId: newId() };
  const broken: Catalog['importContacts'] = {
    ...CATALOG.importContacts,
    due: async () => [payload],
    handler: async () => {
      calls.push(performance.now());
      throw new Error('it does not work');
    },
    sweepEveryMs: 50,
  };
  start({ ...CATALOG, importContacts: broken });
  const seeded = await busyContact();
  await until('the other work is done', () => isReady(seeded));
  await until('it was tried again', () => calls.length >= 3);
  const waits = calls.slice(1).map((time, index) => time - (calls[index] as number));
  expect(waits[1]).toBeGreaterThan(waits[0] as number);
  const text = await metrics.registry.metrics();
  expect(text).toMatch(/outdial_jobs_total\{job="importContacts",source="sweep",result="failed",role="worker"\} [3-9]/);
});

test('at shutdown a running job is told to stop, and waited for', async () => {
  let stopped = false;
  let began = false;
  const handler = async (_payload: unknown, _services: unknown, { signal }: JobRun) => {
    began = true;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    stopped = true;
  };
  start(withSweeps(60_000, { fillCampaign: { ...CATALOG.fillCampaign, handler, sweepEveryMs: 60_000 } }));
  await jobs.enqueue('fillCampaign', { organisationId: newId(), campaignId: newId(), listId: newId() });
  await until('it runs', () => began);
  await worker?.stop(5_000);
  worker = undefined;
  expect(stopped).toBe(true);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config';
import { runRole } from '../../src/dialer/main';
import { createPool } from '../../src/infra/postgres';
import type { Lifecycle, ShutdownStep } from '../../src/infra/shutdown';
import { startSimulatedSwitch } from '../../src/telephony/simulated-switch';
import { seedCampaign } from '../setup/seed';
import { testStores } from '../setup/stores';
import { until } from './dialer-harness';

it('stands by until there is a dialer, says what it serves, and gives the lease back', async () => {
  const stores = await testStores();
  const directory = mkdtempSync(join(tmpdir(), 'outdial-switch-'));
  const truthLog = join(directory, 'truth.jsonl');
  const gateway = await startSimulatedSwitch({ port: 0, seed: 1, world: {}, truthLog });
  const config = loadConfig({
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    CLICKHOUSE_URL: stores.clickhouseUrl,
    ARI_URL: gateway.url,
    OUTDIAL_LOG_LEVEL: 'silent',
  });
  const steps: ShutdownStep[] = [];
  const facts: Record<string, string | number> = {};
  const controller = new AbortController();
  const life: Lifecycle = {
    signal: controller.signal,
    onShutdown: (_name, step) => void steps.push(step),
    shutdown: async () => undefined,
    announce: (more) => void Object.assign(facts, more),
    ready: () => undefined,
  };
  await runRole(config, life);
  const ready = async () => fetch(`http://127.0.0.1:${facts.healthPort}/readyz`);
  expect((await ready()).status).toBe(200);

  const pool = createPool({ url: stores.databaseUrl, applicationName: 'test' });
  const seeded = await seedCampaign(pool, { at: new Date() });
  await until('the lease', async () => facts.dialerId === seeded.dialerId);
  await until('the take-over', async () => (await ready()).status === 200);
  const metrics = await (await fetch(`http://127.0.0.1:${facts.healthPort}/metrics`)).text();
  expect(metrics).toContain('outdial_dialer_tick_lag_seconds');

  controller.abort();
  for (const step of steps.reverse()) await step(5_000);
  const { rows } = await pool.query('SELECT 1 FROM dialer_lease');
  expect(rows).toEqual([]);
  await pool.end();
  await gateway.close();
  await stores.close();
  rmSync(directory, { recursive: true, force: true });
}, 30_000);

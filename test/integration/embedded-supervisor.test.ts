import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from '@clickhouse/client';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { StoreUrls } from '../../src/embedded/embedded-stores';
import { identify } from '../../src/embedded/process-identity';

const setup = join(__dirname, '..', 'setup');
const NAMES = ['postgres', 'redis', 'switch', 'warehouse'];

interface Supervised {
  process: ChildProcess;
  pids: Record<string, number>;
  stores: StoreUrls;
  said: () => string;
  exited: Promise<number | null>;
}

let home: string;
const processes: ChildProcess[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'outdial-supervisor-'));
  // As the real one: PostgreSQL's user passes through it.
  chmodSync(home, 0o711);
});
afterEach(async () => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  for (const pid of recordedPids()) endGroup(pid);
  rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

const recordedPids = (): number[] =>
  readdirSync(join(home, 'run')).map((file) => JSON.parse(readFileSync(join(home, 'run', file), 'utf8')).pid);
const endGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
};

const spawnSupervisor = (...roles: 'dialer'[]): ChildProcess => {
  const child = spawn(process.execPath, ['-r', join(setup, 'register.cjs'), join(setup, 'supervised.ts'), ...roles], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      OUTDIAL_HOME: home,
      PORT: '0',
      OUTDIAL_LOG_LEVEL: 'warn',
    },
  });
  processes.push(child);
  return child;
};

const supervised = async (...roles: 'dialer'[]): Promise<Supervised> => {
  const child = spawnSupervisor(...roles);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const lines = createInterface({ input: child.stdout! });
  const line = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    exited.then(() => {
      throw new Error(`the supervisor ended: ${said}`);
    }),
  ]);
  const { pids, stores } = JSON.parse(line);
  return { process: child, pids, stores, said: () => said, exited };
};

const until = async (condition: () => boolean, what: string): Promise<void> => {
  const deadline = performance.now() + 60_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
const gone = (pids: Record<string, number>) => Object.values(pids).every((pid) => identify(pid) === undefined);

test('starts, keeps its secrets to itself, refuses a second start, and stops without leftovers', async () => {
  const first = await supervised('dialer');
  expect(Object.keys(first.pids).sort()).toEqual(['dialer', ...NAMES]);
  // The dialer alone keeps its memory, and with it its compiled code.
  const keeping = Object.entries(first.pids).filter(([, pid]) =>
    identify(pid)?.command.includes('--no-memory-reducer'),
  );
  expect(keeping.map(([name]) => name)).toEqual(['dialer']);
  for (const file of ['secrets.json', 'supervisor.lock', 'redis/redis.conf', 'warehouse/endpoint.json']) {
    expect(statSync(join(home, file)).mode & 0o077).toBe(0);
  }
  const secrets = JSON.parse(readFileSync(join(home, 'secrets.json'), 'utf8')) as Record<string, string>;
  for (const pid of Object.values(first.pids)) {
    for (const secret of Object.values(secrets)) expect(identify(pid)?.command).not.toContain(secret);
  }

  await expect(supervised()).rejects.toThrow(/already runs on .* at http:/);

  first.process.kill('SIGTERM');
  // Started while the first is still stopping: it waits for its turn.
  const again = await supervised();
  expect(await first.exited).toBe(0);
  expect(gone(first.pids)).toBe(true);
  expect(again.said()).toContain('the schema is up to date');
  again.process.kill('SIGTERM');
  expect(await again.exited).toBe(0);
  expect(gone(again.pids)).toBe(true);
  expect(readdirSync(join(home, 'run'))).toEqual([]);
}, 120_000);

/** Runs `work` on a connection of its own to each store, since they come and go. */
const onStores = async (
  { databaseUrl, redisUrl, clickhouseUrl }: StoreUrls,
  work: (postgres: Client, redis: Redis, warehouse: ReturnType<typeof createClient>) => Promise<void>,
): Promise<void> => {
  const postgres = new Client({ connectionString: databaseUrl });
  const redis = new Redis(redisUrl);
  const warehouse = createClient({ url: clickhouseUrl });
  try {
    await postgres.connect();
    await work(postgres, redis, warehouse);
  } finally {
    await postgres.end();
    redis.disconnect();
    await warehouse.close();
  }
};

const write = (stores: StoreUrls) =>
  onStores(stores, async (postgres, redis, warehouse) => {
    await postgres.query('CREATE TABLE kept (id int)');
    await postgres.query('INSERT INTO kept VALUES (1)');
    await redis.set('kept', '1');
    await warehouse.command({ query: 'CREATE TABLE kept (id Int32) ENGINE = MergeTree ORDER BY id' });
    await warehouse.insert({ table: 'kept', values: [{ id: 1 }], format: 'JSONEachRow' });
    // Redis writes its log to the disk every second.
    await new Promise((resolve) => setTimeout(resolve, 1200));
  });

const check = (stores: StoreUrls) =>
  onStores(stores, async (postgres, redis, warehouse) => {
    expect((await postgres.query('SELECT id FROM kept')).rows).toEqual([{ id: 1 }]);
    expect(await redis.get('kept')).toBe('1');
    const rows = await warehouse.query({ query: 'SELECT id FROM kept', format: 'JSONEachRow' });
    expect(await rows.json()).toEqual([{ id: 1 }]);
  });

test('whatever dies is started again with its data, and nothing that a killed supervisor leaves blocks the next start', async () => {
  const first = await supervised();
  await write(first.stores);
  for (const pid of Object.values(first.pids)) process.kill(pid, 'SIGKILL');
  await until(() => NAMES.every((name) => first.said().includes(`${name} is back`)), 'everything is back');
  await check(first.stores);
  const before = Object.fromEntries(recordedPids().map((pid) => [pid, pid]));
  expect(Object.keys(before)).toHaveLength(NAMES.length);

  first.process.kill('SIGKILL');
  await first.exited;
  // A record that names a foreign process, as after a reboot: it must be left alone.
  const stranger = spawn('sleep', ['60']);
  processes.push(stranger);
  const record = { ...identify(stranger.pid!), startedAt: '1', name: 'demo', marker: 'sleep', stopSignal: 'SIGTERM' };
  writeFileSync(join(home, 'run', 'demo.json'), JSON.stringify(record));

  const next = await supervised();
  expect(gone(before)).toBe(true);
  await check(next.stores);
  expect(next.said()).toMatch(/Ended \d processes/);
  expect(identify(stranger.pid!)).toBeDefined();
  next.process.kill('SIGTERM');
  expect(await next.exited).toBe(0);
  expect(gone(next.pids)).toBe(true);
}, 120_000);

test('a stop while it still starts ends what was started', async () => {
  const child = spawnSupervisor();
  await until(() => {
    try {
      return readdirSync(join(home, 'run')).length > 0;
    } catch {
      return false;
    }
  }, 'the first store runs');
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
  await until(() => recordedPids().every((pid) => identify(pid) === undefined), 'nothing runs');
}, 120_000);

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createClient } from '@clickhouse/client';
import { Command } from 'commander';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { type Config, loadConfig } from '../config';
import { portIsFree } from '../embedded/free-port';
import { hugePagesWanted } from '../embedded/postgres';
import { postgresNativeDirectory } from '../embedded/postgres-binaries';

/** What is right, or throws what is not. */
type Finding = () => Promise<string> | string;

/** A dialer places nothing when its clock is further than this from PostgreSQL's. */
const CLOCK_LIMIT_MS = 500;

const withPostgres = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const postgresVersion = (url: string): Promise<string> =>
  withPostgres(url, async (client) => {
    const found = await client.query<{ server_version: string }>('SHOW server_version');
    return `version ${found.rows[0]?.server_version}`;
  });

const hugePagesAdvice = (wanted: number): string =>
  `PostgreSQL has no huge pages; large campaigns are dialled faster with them: sysctl -w vm.nr_hugepages=${wanted}`;

const hugePages = (url: string): Promise<string> =>
  withPostgres(url, async (client) => {
    const { rows } = await client.query<{ status: string | null; wanted: number | null }>(
      `SELECT current_setting('huge_pages_status', true) AS status, current_setting('shared_memory_size_in_huge_pages', true)::int AS wanted`,
    );
    const { status, wanted } = rows[0] ?? { status: null, wanted: null };
    // Below zero where its system has none.
    return status === 'off' && wanted !== null && wanted > 0
      ? hugePagesAdvice(wanted)
      : `huge pages ${status ?? 'unknown'}`;
  });

/** Whether the machine has reserved what the embedded PostgreSQL would take. */
const reservedHugePages = (): string => {
  if (process.platform !== 'linux') return 'as the system gives it';
  const total = Number(/^HugePages_Total:\s+(\d+)$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0);
  const wanted = hugePagesWanted();
  return total >= wanted ? `${total} huge pages reserved` : hugePagesAdvice(wanted);
};

const clockOffset = (url: string): Promise<string> =>
  withPostgres(url, async (client) => {
    const before = Date.now();
    const found = await client.query<{ at: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at',
    );
    const offset = Math.round((found.rows[0]?.at ?? 0) - (before + Date.now()) / 2);
    if (Math.abs(offset) > CLOCK_LIMIT_MS) {
      throw new Error(`${offset} ms from PostgreSQL's clock; a dialer places nothing above ${CLOCK_LIMIT_MS} ms`);
    }
    return `${offset} ms from PostgreSQL's clock`;
  });

const redisVersion = async (url: string): Promise<string> => {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'unknown';
    const policy = /maxmemory_policy:(\S+)/.exec(await redis.info('memory'))?.[1];
    if (policy && policy !== 'noeviction') throw new Error(`maxmemory-policy is ${policy}; jobs need noeviction`);
    return `version ${version}`;
  } finally {
    redis.disconnect();
  }
};

const warehouseVersion = async (url: string): Promise<string> => {
  const client = createClient({ url, request_timeout: 5000 });
  try {
    const answer = await client.query({ query: 'SELECT version() AS version', format: 'JSONEachRow' });
    const rows = await answer.json<{ version: string }>();
    return `version ${rows[0]?.version}`;
  } finally {
    await client.close();
  }
};

const findingsOf = ({ stores, api }: Config): Record<string, Finding> => ({
  node: () => process.version,
  postgres: () =>
    stores.databaseUrl ? postgresVersion(stores.databaseUrl) : `embedded, in ${postgresNativeDirectory()}`,
  ...(stores.databaseUrl ? { clock: () => clockOffset(stores.databaseUrl ?? '') } : {}),
  memory: () => (stores.databaseUrl ? hugePages(stores.databaseUrl) : reservedHugePages()),
  redis: () => {
    if (stores.redisUrl) return redisVersion(stores.redisUrl);
    const found = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
    if (found.status !== 0) throw new Error('redis-server is not on the PATH; a start as root installs it');
    return `embedded, ${/v=(\S+)/.exec(found.stdout)?.[1] ?? found.stdout.trim()}`;
  },
  warehouse: () => (stores.clickhouseUrl ? warehouseVersion(stores.clickhouseUrl) : 'embedded'),
  port: async () => {
    if (api.port === 0 || (await portIsFree(api.port, api.host))) return `${api.host}:${api.port} is free`;
    throw new Error(`${api.host}:${api.port} is in use (by Outdial itself, if it runs)`);
  },
});

export const doctorCommand = (): Command =>
  new Command('doctor').description('checks stores, versions, ports, memory and the clock').action(async () => {
    let faults = 0;
    for (const [name, finding] of Object.entries(findingsOf(loadConfig()))) {
      try {
        process.stdout.write(`ok    ${name.padEnd(10)} ${await finding()}\n`);
      } catch (error) {
        faults += 1;
        const { message, code } = error as { message?: string; code?: string };
        process.stdout.write(`FAULT ${name.padEnd(10)} ${message || code}\n`);
      }
    }
    process.exitCode = faults === 0 ? 0 : 1;
  });

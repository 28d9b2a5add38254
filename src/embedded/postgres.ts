import { spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { childEnvironment } from '../config';
import { launch } from './launch';
import { type PostgresPlace, postgresPlace } from './postgres-place';
import { endProcess, identify } from './process-identity';
import type { Store, StorePlace } from './store';

export interface PostgresStartOptions {
  place: StorePlace;
  port: number;
  password: string;
  /** Off only where losing the data is meant, in tests. */
  durable: boolean;
  /** Added to the server's settings. */
  settings?: Record<string, string>;
}

const USER = 'outdial';
export const DATABASE = 'outdial';

const run = (command: string, args: string[], where: PostgresPlace): Promise<void> =>
  new Promise((resolve, reject) => {
    const owner = where.user ? { uid: where.user.uid, gid: where.user.gid } : {};
    const child = spawn(command, args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], ...owner });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      output += chunk;
    });
    child.once('error', reject);
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} failed (exit code ${code}):\n${output.trim()}`)),
    );
  });

/** The cluster is complete only when this file is there: a first start cut off in the middle begins again. */
const MARK = 'outdial-initialised';

const initialise = async (where: PostgresPlace, password: string, durable: boolean): Promise<void> => {
  if (existsSync(join(where.data, MARK))) return;
  for (const entry of existsSync(where.data) ? readdirSync(where.data) : []) {
    rmSync(join(where.data, entry), { recursive: true, force: true });
  }
  mkdirSync(where.data, { recursive: true, mode: 0o700 });
  const passwordFile = `${where.data}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (where.user) chownSync(passwordFile, where.user.uid, where.user.gid);
  try {
    await run(
      join(where.native, 'bin', 'initdb'),
      [
        `--pgdata=${where.data}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The server's own locale: the same order on every machine, whatever locales are installed.
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        ...(durable ? [] : ['--no-sync']),
      ],
      where,
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(join(where.data, MARK), '');
};

/**
 * PostgreSQL trusts the pid in its lock file; after a crash that pid may belong to anybody, and the start would be refused for
 * ever. Only a server on this very data is ended, and only a lock nobody holds is removed.
 */
const clearStaleLock = async (data: string): Promise<void> => {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  const holder = pid > 0 ? identify(pid) : undefined;
  if (holder?.command.includes(data)) await endProcess(holder, 'SIGINT');
  rmSync(file, { force: true });
};

/** A quarter of the machine's memory, in MB; no less than small machines can spare, no more than a database gains from. */
const quarterOfMemoryMb = (): number => {
  const given = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  return Math.round(Math.min(Math.max(given / 4 / 2 ** 20, 128), 8_192));
};

/** So many huge pages of 2 MB hold all of the server's shared memory, which is somewhat more than its buffers. */
export const hugePagesWanted = (): number => Math.ceil((quarterOfMemoryMb() * 1.1) / 2);

const settingsOf = (options: PostgresStartOptions): Record<string, string> => ({
  listen_addresses: '127.0.0.1',
  port: String(options.port),
  unix_socket_directories: '',
  max_connections: '200',
  // A claim holds two locks for each line: its number and its person.
  max_locks_per_transaction: '256',
  // Taken from the machine page by page, as they come to be used; from huge pages where the machine has reserved them.
  shared_buffers: `${quarterOfMemoryMb()}MB`,
  effective_cache_size: `${quarterOfMemoryMb()}MB`,
  work_mem: '8MB',
  maintenance_work_mem: '64MB',
  // Kept to be written over: to make a new segment takes as long as ten commits, and a claim waits for it.
  min_wal_size: '2GB',
  // A checkpoint in between writes what claims are writing too, and every page goes into the log whole again after it.
  max_wal_size: '4GB',
  checkpoint_completion_target: '0.9',
  // What there is to choose in the embedded build takes a claim of scattered contacts longer than writing whole pages does.
  wal_compression: 'off',
  jit: 'off',
  fsync: options.durable ? 'on' : 'off',
  synchronous_commit: options.durable ? 'on' : 'off',
  full_page_writes: options.durable ? 'on' : 'off',
  log_min_messages: 'warning',
  // Statements may hold phone numbers; the server's log never shows them.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  ...options.settings,
});

const KEPT = String(16 * 2 ** 20);

/**
 * The system's allocator (glibc) keeps what a statement has freed for the next one. As it comes it gives large pieces back at once,
 * and every claim takes them anew from the system page by page, which costs more than what is done with them.
 */
const KEEP_FREED = { MALLOC_TRIM_THRESHOLD_: KEPT, MALLOC_MMAP_THRESHOLD_: KEPT };

const withClient = async <T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const ensureDatabase = (adminUrl: string): Promise<void> =>
  withClient(adminUrl, async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  });

export const startPostgres = async (options: PostgresStartOptions): Promise<Store> => {
  const { place, port, password } = options;
  const where = postgresPlace(place);
  await initialise(where, password, options.durable);
  await clearStaleLock(where.data);
  const urlOf = (database: string) => `postgresql://${USER}:${password}@127.0.0.1:${port}/${database}`;
  const running = await launch({
    name: 'postgres',
    command: join(where.native, 'bin', 'postgres'),
    args: [
      '-D',
      where.data,
      ...Object.entries(settingsOf(options)).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    cwd: '/',
    env: childEnvironment(KEEP_FREED),
    uid: where.user?.uid,
    gid: where.user?.gid,
    logFile: join(place.logs, 'postgres.log'),
    runDirectory: place.run,
    marker: where.data,
    stopSignal: 'SIGINT',
    // Long, because it may have to replay its log after a crash.
    readyTimeoutMs: 120_000,
    ready: async () => {
      await withClient(urlOf('postgres'), (client) => client.query('SELECT 1'));
      return true;
    },
  });
  await ensureDatabase(urlOf('postgres'));
  return { ...running, port, url: urlOf(DATABASE) };
};

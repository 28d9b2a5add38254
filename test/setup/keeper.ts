import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/embedded/free-port';
import { startPostgres } from '../../src/embedded/postgres';
import { identify } from '../../src/embedded/process-identity';
import { endOrphan, readRecord, recordedNames, recordIsAlive, writeRecord } from '../../src/embedded/process-record';
import { startRedis } from '../../src/embedded/redis';
import type { Store, StorePlace } from '../../src/embedded/store';
import { startWarehouse } from '../../src/embedded/warehouse';
import type { SharedStores } from './stores';

/**
 * Keeps one set of stores for a test run. It lives as long as its standard input is open, so the stores go with the test
 * runner even when that is killed. With `--stay` it lives until Ctrl-C, for use by many runs:
 *   node -r ./test/setup/register.cjs test/setup/keeper.ts --stay
 */
const PREFIX = 'outdial-test-';
const REDIS_DATABASES = 2048;

const retried = async <T>(start: (port: number) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      // Mostly a port that somebody else took first.
      if (attempt === 3) throw error;
    }
  }
};

/** Memory where there is plenty: a database is cloned in a tenth of the time. */
const roomyDirectory = (): string => {
  try {
    accessSync('/dev/shm', constants.W_OK | constants.X_OK);
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize > 4 * 1024 ** 3 ? '/dev/shm' : tmpdir();
  } catch {
    return tmpdir();
  }
};

/** Ends what a keeper left that was itself killed: its own file in its home says who it was. */
const sweep = async (directory: string): Promise<void> => {
  for (const name of readdirSync(directory)) {
    const keeper = name.startsWith(PREFIX) ? readRecord(join(directory, name), 'keeper') : undefined;
    if (!keeper || recordIsAlive(keeper)) continue;
    const home = join(directory, name);
    for (const store of recordedNames(join(home, 'run'))) await endOrphan(join(home, 'run'), store, 0);
    rmSync(home, { recursive: true, force: true });
  }
};

const main = async (): Promise<void> => {
  const directory = roomyDirectory();
  const home = mkdtempSync(join(directory, PREFIX));
  chmodSync(home, 0o711);
  const self = identify(process.pid);
  if (self) writeRecord(home, { ...self, name: 'keeper', marker: 'keeper', stopSignal: 'SIGTERM' });
  const place: StorePlace = { home, logs: join(home, 'logs'), run: join(home, 'run'), say: () => undefined };
  mkdirSync(place.logs);
  mkdirSync(place.run);
  const password = randomBytes(12).toString('hex');
  const started: Store[] = [];
  let ending = false;
  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    await Promise.allSettled(started.map((store) => store.stop(0)));
    rmSync(home, { recursive: true, force: true });
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end(0));
  const stay = process.argv.includes('--stay');
  if (!stay) {
    process.stdin.resume();
    for (const event of ['end', 'close', 'error']) process.stdin.on(event, () => void end(0));
  }
  const keep = async (starting: Promise<Store>): Promise<Store> => {
    const store = await starting;
    started.push(store);
    if (ending) await store.stop(0);
    return store;
  };
  try {
    await sweep(directory);
    const [postgres, redis, warehouse] = await Promise.all([
      keep(
        retried((port) =>
          startPostgres({
            place,
            port,
            password,
            durable: false,
            settings: { max_connections: '500', shared_buffers: '64MB' },
          }),
        ),
      ),
      keep(retried((port) => startRedis({ place, port, password, durable: false, databases: REDIS_DATABASES }))),
      keep(retried((port) => startWarehouse({ place, port, password }))),
    ]);
    const stores: SharedStores = {
      databaseUrl: postgres.url,
      redisUrl: redis.url,
      clickhouseUrl: warehouse.url,
      redisDatabases: REDIS_DATABASES,
    };
    const line = JSON.stringify(stores);
    process.stdout.write(stay ? `export OUTDIAL_TEST_STORES='${line}'\n` : `${line}\n`);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await end(1);
  }
};

void main();

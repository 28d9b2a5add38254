import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config';
import { openStores, type StoreUrls } from '../../src/embedded/embedded-stores';
import { openHome } from '../../src/embedded/home';
import type { KeptStore } from '../../src/embedded/kept-store';

export interface BenchStores extends StoreUrls {
  /** An `OUTDIAL_HOME` of the bench's own. */
  home: string;
  close(): Promise<void>;
}

/**
 * Fresh embedded stores with fsync and synchronous_commit on, as a person's own `npm start` has them; or those that
 * DATABASE_URL, REDIS_URL and CLICKHOUSE_URL name.
 */
export const openBenchStores = async (say: (line: string) => void): Promise<BenchStores> => {
  const directory = mkdtempSync(join(tmpdir(), 'outdial-bench-'));
  // PostgreSQL, which does not run as root, must be able to pass through.
  chmodSync(directory, 0o711);
  const home = await openHome(join(directory, 'home'), say);
  const kept = new Map<string, KeptStore>();
  const stop = async (): Promise<void> => {
    await Promise.allSettled([...kept.values()].map((store) => store.stop(5_000)));
    home.release();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const urls = await openStores(loadConfig(), home, kept, process.execArgv);
    return { ...urls, home: home.home, close: stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

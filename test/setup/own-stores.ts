import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config';
import { openStores } from '../../src/embedded/embedded-stores';
import { openHome } from '../../src/embedded/home';
import type { KeptStore } from '../../src/embedded/kept-store';
import type { StoreName } from '../../src/embedded/store';
import type { SystemStores } from './system';

/** Stores of a test's own, as `npm start` has them: durable, and started again when they die. */
export interface OwnStores extends SystemStores {
  /** kill -9; answers the process that was killed. */
  kill(name: StoreName): number;
  pid(name: StoreName): number;
}

export const openOwnStores = async (): Promise<OwnStores> => {
  const directory = mkdtempSync(join(tmpdir(), 'outdial-stores-'));
  // PostgreSQL, which does not run as root, must be able to pass through.
  chmodSync(directory, 0o711);
  const home = await openHome(join(directory, 'home'), () => undefined);
  const kept = new Map<string, KeptStore>();
  const close = async (): Promise<void> => {
    await Promise.allSettled([...kept.values()].map((store) => store.stop(10_000)));
    home.release();
    rmSync(directory, { recursive: true, force: true });
  };
  const pid = (name: StoreName): number => kept.get(name)?.pid ?? 0;
  try {
    const urls = await openStores(loadConfig({}), home, kept, ['-r', join(__dirname, 'register.cjs')]);
    return {
      ...urls,
      pid,
      kill(name) {
        const victim = pid(name);
        process.kill(victim, 'SIGKILL');
        return victim;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};

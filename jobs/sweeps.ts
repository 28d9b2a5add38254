import { monotonic } from '../src/infra/clock';
import type { JobName, JobPayloads } from '../src/infra/job-contracts';
import { isStoreAway } from '../src/infra/store-away';
import type { Catalog } from './catalog';
import type { JobServices } from './handler';
import type { Runner } from './runner';

export interface Sweeps {
  stop(): Promise<void>;
}

const MOST_BACKOFF_MS = 60_000;

/**
 * All due work is a row, found here by a timer of its own for each kind; hints only make it quicker. Every worker sweeps:
 * the handlers are safe against each other, so none needs to be chosen.
 */
export const startSweeps = (catalog: Catalog, runner: Runner, services: JobServices): Sweeps => {
  const timers = new Map<JobName, NodeJS.Timeout>();
  const sweeping = new Set<Promise<void>>();
  const failures = new Map<string, { count: number; notBefore: number }>();
  let stopped = false;

  const start = <N extends JobName>(name: N, payload: JobPayloads[N]): void => {
    const key = catalog[name].dedupe(payload);
    const failed = (): void => {
      const count = (failures.get(key)?.count ?? 0) + 1;
      const wait = Math.min(MOST_BACKOFF_MS, catalog[name].sweepEveryMs * 2 ** Math.min(count, 16));
      failures.set(key, { count, notBefore: monotonic() + wait });
    };
    runner.run(name, payload, 'sweep').then(
      () => failures.delete(key),
      // A store that comes back must not find us waiting for a minute.
      (error: unknown) => (isStoreAway(error) ? undefined : failed()),
    );
  };

  const sweep = async <N extends JobName>(name: N): Promise<void> => {
    const due = await catalog[name].due(services);
    for (const payload of due) {
      if (stopped || runner.room(name) === 0) return;
      const failed = failures.get(catalog[name].dedupe(payload));
      if (runner.isRunning(name, payload) || (failed && failed.notBefore > monotonic())) continue;
      start(name, payload);
    }
  };

  const schedule = (name: JobName): void => {
    if (stopped) return;
    const timer = setTimeout(() => {
      const turn = sweep(name)
        .catch((error: unknown) => {
          if (!isStoreAway(error)) services.logger.error({ err: error, job: name }, 'a sweep failed');
        })
        .finally(() => {
          sweeping.delete(turn);
          schedule(name);
        });
      sweeping.add(turn);
    }, catalog[name].sweepEveryMs);
    timers.set(name, timer);
  };

  for (const name of Object.keys(catalog) as JobName[]) schedule(name);
  return {
    async stop() {
      stopped = true;
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.allSettled(sweeping);
    },
  };
};

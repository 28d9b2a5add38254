import { monotonic } from '../src/infra/clock';
import type { JobName, JobPayloads } from '../src/infra/job-contracts';
import { isStoreAway } from '../src/infra/store-away';
import type { Catalog } from './catalog';
import type { JobServices } from './handler';
import { jobMetrics } from './job-metrics';

export type JobSource = 'hint' | 'sweep';

export interface Runner {
  /** Runs a job, after the same work if that is running already. Rejects when the handler does. */
  run<N extends JobName>(name: N, payload: unknown, source: JobSource, waitedMs?: number): Promise<void>;
  /** Whether this very work is running here. */
  isRunning<N extends JobName>(name: N, payload: JobPayloads[N]): boolean;
  /** How many more of this kind may run here now. */
  room(name: JobName): number;
  stalled(name: JobName): void;
  /** Tells every running job to stop and waits for them. */
  stop(): Promise<void>;
}

const settled = (work: Promise<void>): Promise<void> => work.catch(() => undefined);

export const createRunner = (catalog: Catalog, services: JobServices): Runner => {
  const metrics = jobMetrics(services.metrics);
  const controller = new AbortController();
  const running = new Map<string, Promise<void>>();
  const byName = new Map<JobName, Set<Promise<void>>>();

  const activeOf = (name: JobName): Set<Promise<void>> => {
    const active = byName.get(name) ?? new Set();
    byName.set(name, active);
    return active;
  };

  const execute = async <N extends JobName>(name: N, payload: JobPayloads[N], source: JobSource): Promise<void> => {
    const logger = services.logger.child({ job: name, source, ...payload });
    const started = monotonic();
    let result = 'done';
    try {
      await catalog[name].handler(payload, services, { logger, signal: controller.signal });
    } catch (error) {
      result = controller.signal.aborted ? 'stopped' : isStoreAway(error) ? 'away' : 'failed';
      if (result === 'failed') logger.error({ err: error }, 'a job failed; it is run again');
      throw error;
    } finally {
      metrics.seconds.observe({ job: name, source }, (monotonic() - started) / 1000);
      metrics.ended.inc({ job: name, source, result });
    }
  };

  /** Resolves when the same work is not running (what came while it ran may have been overlooked) and there is room. */
  const turn = async (name: JobName, key: string): Promise<void> => {
    for (;;) {
      const same = running.get(key);
      const active = activeOf(name);
      if (same) await settled(same);
      else if (active.size >= catalog[name].concurrency) await Promise.race([...active].map(settled));
      else return;
    }
  };

  return {
    async run(name, raw, source, waitedMs) {
      const payload = catalog[name].payload.parse(raw);
      if (waitedMs !== undefined) metrics.waited.observe({ job: name }, waitedMs / 1000);
      const key = catalog[name].dedupe(payload);
      await turn(name, key);
      if (controller.signal.aborted) throw new Error('this worker is shutting down');
      const active = activeOf(name);
      const work = execute(name, payload, source).finally(() => {
        running.delete(key);
        active.delete(work);
        metrics.running.set({ job: name }, active.size);
      });
      running.set(key, work);
      active.add(work);
      metrics.running.set({ job: name }, active.size);
      await work;
    },
    isRunning: (name, payload) => running.has(catalog[name].dedupe(payload)),
    room: (name) => Math.max(0, catalog[name].concurrency - activeOf(name).size),
    stalled: (name) => metrics.stalled.inc({ job: name }),
    async stop() {
      controller.abort();
      await Promise.allSettled(running.values());
    },
  };
};

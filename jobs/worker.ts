import type { Container } from '../src/container';
import { createJobClient } from '../src/infra/job-client';
import { jobPrefix } from '../src/infra/job-contracts';
import { createOutboxExporter } from '../src/reporting/outbox-exporter';
import { CATALOG, type Catalog } from './catalog';
import type { JobServices } from './handler';
import { startQueues } from './queues';
import { createRunner } from './runner';
import { startSweeps } from './sweeps';

const MEASURE_EVERY_MS = 5_000;

export interface Worker {
  /** Stops taking work, lets what runs reach a safe place. */
  stop(deadlineMs: number): Promise<void>;
}

export interface WorkerStores {
  databaseUrl: string;
  redisUrl: string;
}

type Parts = Pick<Container, 'config' | 'clock' | 'hot' | 'pubsub' | 'warehouse' | 'laws' | 'logger' | 'metrics'>;

export const startWorker = (container: Parts, stores: WorkerStores, catalog: Catalog = CATALOG): Worker => {
  const { config, clock, hot, pubsub, warehouse, laws, logger, metrics } = container;
  const prefix = jobPrefix(stores.databaseUrl);
  const exporter = createOutboxExporter({ pool: hot, warehouse, clock, logger, metrics });
  const jobs = createJobClient(stores.redisUrl, prefix);
  const services: JobServices = { config, clock, hot, pubsub, warehouse, laws, logger, metrics, jobs, exporter };
  const runner = createRunner(catalog, services);
  const queues = startQueues(catalog, runner, stores.redisUrl, prefix);
  const sweeps = startSweeps(catalog, runner, services);
  // A PostgreSQL that is away leaves the gauges as they are; readiness tells of it.
  const gauges = setInterval(() => exporter.measure().catch(() => undefined), MEASURE_EVERY_MS);
  return {
    async stop(deadlineMs) {
      clearInterval(gauges);
      await sweeps.stop();
      await runner.stop();
      await queues.close(Math.min(2_000, deadlineMs));
      await jobs.close();
    },
  };
};

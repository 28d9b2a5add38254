import type { Container } from '../src/container';
import type { JobClient } from '../src/infra/job-client';
import type { JobName, JobPayloads } from '../src/infra/job-contracts';
import type { Logger } from '../src/infra/logger';
import type { OutboxExporter } from '../src/reporting/outbox-exporter';

/** What handlers work with. */
export interface JobServices
  extends Pick<Container, 'config' | 'clock' | 'hot' | 'pubsub' | 'warehouse' | 'logger' | 'metrics' | 'laws'> {
  jobs: JobClient;
  exporter: OutboxExporter;
}

export interface JobRun {
  /** Knows the job and its ids. */
  logger: Logger;
  /** Aborted at shutdown: stop at the next safe place, the sweep of another worker takes the row up again. */
  signal: AbortSignal;
}

/**
 * Does the work that stands in the rows its payload names. It may be called twice, in two processes at once, or for work
 * that is done already: the rows decide. It rejects to be called again later.
 */
export type JobHandler<N extends JobName> = (
  payload: JobPayloads[N],
  services: JobServices,
  run: JobRun,
) => Promise<void>;

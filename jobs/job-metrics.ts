import type { Metrics } from '../src/infra/metrics';

const SECONDS = [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300];

export const jobMetrics = (metrics: Metrics) => ({
  waited: metrics.histogram('outdial_job_wait_seconds', 'From a hint to the start of its job', SECONDS, ['job']),
  seconds: metrics.histogram('outdial_job_seconds', 'How long a job ran', SECONDS, ['job', 'source']),
  /** `result`: done, failed, away (a store was), stopped (at shutdown). */
  ended: metrics.counter('outdial_jobs_total', 'Jobs that ended, by result', ['job', 'source', 'result']),
  stalled: metrics.counter('outdial_jobs_stalled_total', 'Jobs taken over from a worker that went silent', ['job']),
  running: metrics.gauge('outdial_jobs_running', 'Jobs running in this process', ['job']),
});

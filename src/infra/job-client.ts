import { Queue } from 'bullmq';
import { JOB_PAYLOADS, JOB_SEND_OPTIONS, type JobName, type JobPayloads, jobKey } from './job-contracts';
import { createRedis } from './redis';

export type { JobName, JobPayloads } from './job-contracts';
export { jobPrefix } from './job-contracts';

export interface EnqueueOptions {
  /** A hint as well: due work is a row with its own time. */
  delayMs?: number;
}

export interface JobClient {
  /**
   * Wakes a worker for work that already stands as a row. Resolves to false when Redis did not take it: nothing is lost,
   * the worker's sweep finds the row. Rejects only for a payload that breaks its contract.
   */
  enqueue<N extends JobName>(name: N, payload: JobPayloads[N], options?: EnqueueOptions): Promise<boolean>;
  close(): Promise<void>;
}

/** While Redis hangs, at most this many hints wait for it; more are dropped. */
const MAX_WAITING = 200;
const GIVE_UP_MS = 1_000;

export const createJobClient = (redisUrl: string, prefix: string): JobClient => {
  const connection = createRedis(redisUrl, { enableOfflineQueue: false });
  const queues = new Map<JobName, Queue>();
  const queueOf = (name: JobName): Queue => {
    const known = queues.get(name);
    if (known) return known;
    const queue = new Queue(name, { connection, prefix, skipWaitingForReady: true });
    queue.on('error', () => undefined);
    queues.set(name, queue);
    return queue;
  };
  let waiting = 0;
  let ready: Promise<unknown> | undefined;
  /** The first hints of a process may come before its connection is up. */
  const connected = async (): Promise<boolean> => {
    if (connection.status === 'ready') return true;
    if (connection.status === 'end') return false;
    ready ??= new Promise((resolve) => connection.once('ready', resolve)).then(() => {
      ready = undefined;
    });
    await ready;
    return true;
  };
  const add = async <N extends JobName>(name: N, payload: JobPayloads[N], options: EnqueueOptions) => {
    if (!(await connected())) return false;
    await queueOf(name).add(name, payload, {
      ...JOB_SEND_OPTIONS[name],
      delay: options.delayMs,
      // Work that is added while the same work runs is run once more after it.
      deduplication: { id: jobKey(name, payload), keepLastIfActive: true },
      removeOnComplete: true,
      removeOnFail: { count: 100 },
    });
    return true;
  };
  return {
    async enqueue(name, payload, options = {}) {
      const parsed = JOB_PAYLOADS[name].parse(payload) as typeof payload;
      if (waiting >= MAX_WAITING) return false;
      waiting += 1;
      let timer: NodeJS.Timeout | undefined;
      const sent = add(name, parsed, options).catch(() => false);
      void sent.finally(() => {
        waiting -= 1;
      });
      const gaveUp = new Promise<false>((resolve) => {
        timer = setTimeout(() => resolve(false), GIVE_UP_MS);
      });
      return Promise.race([sent, gaveUp]).finally(() => clearTimeout(timer));
    },
    async close() {
      await Promise.allSettled([...queues.values()].map((queue) => queue.close()));
      connection.disconnect();
    },
  };
};

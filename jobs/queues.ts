import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { JobName } from '../src/infra/job-contracts';
import { createRedis } from '../src/infra/redis';
import type { Catalog } from './catalog';
import type { Runner } from './runner';

export interface Queues {
  close(deadlineMs: number): Promise<void>;
}

/** Takes hints from Redis. While Redis is away the workers keep trying to connect, and the sweeps do the work. */
export const startQueues = (catalog: Catalog, runner: Runner, redisUrl: string, prefix: string): Queues => {
  const connections: Redis[] = [];
  const start = (name: JobName): Worker => {
    const { queue, concurrency, lockMs, maxStalledCount } = catalog[name];
    // A worker's commands wait for Redis however long it is away: BullMQ demands it.
    const connection = createRedis(redisUrl, { maxRetriesPerRequest: null });
    connections.push(connection);
    const process = (job: Job) => runner.run(name, job.data, 'hint', Date.now() - job.timestamp);
    const worker = new Worker(queue, process, {
      connection,
      prefix,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount,
    });
    worker.on('error', () => undefined);
    worker.on('stalled', () => runner.stalled(name));
    return worker;
  };
  const workers = (Object.keys(catalog) as JobName[]).map(start);
  return {
    async close(deadlineMs) {
      // Jobs have been waited for; a Redis that is away cannot be told of their end, and must not be waited for.
      const away = connections.some(({ status }) => status !== 'ready');
      const closing = Promise.allSettled(workers.map((worker) => worker.close(away)));
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, deadlineMs);
      });
      // What Redis still knows of our jobs is given to others as stalled.
      await Promise.race([closing, late]);
      clearTimeout(timer);
      for (const connection of connections) connection.disconnect();
    },
  };
};

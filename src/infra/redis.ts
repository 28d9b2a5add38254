import { Redis, type RedisOptions } from 'ioredis';

/** A connection that keeps trying: Redis may come and go, no fact is lost with it. */
export const createRedis = (url: string, options: RedisOptions = {}): Redis => {
  const redis = new Redis(url, {
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 5), 2000),
    ...options,
  });
  redis.on('error', () => undefined);
  return redis;
};

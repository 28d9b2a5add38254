import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { launch } from './launch';
import { ensureRedisProgram } from './redis-program';
import type { Store, StorePlace } from './store';

export interface RedisStartOptions {
  place: StorePlace;
  port: number;
  password: string;
  durable: boolean;
  databases?: number;
}

const configuration = (options: RedisStartOptions, data: string): string =>
  [
    'bind 127.0.0.1',
    `port ${options.port}`,
    `requirepass ${options.password}`,
    `dir "${data}"`,
    `databases ${options.databases ?? 16}`,
    `appendonly ${options.durable ? 'yes' : 'no'}`,
    'appendfsync everysec',
    'save ""',
    // BullMQ loses jobs when keys are evicted.
    'maxmemory-policy noeviction',
    // Keeps the path of this file in the command line, by which a later start knows its orphan.
    'set-proc-title no',
    'daemonize no',
    'loglevel warning',
    '',
  ].join('\n');

const ping = async (url: string): Promise<boolean> => {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 1000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } finally {
    redis.disconnect();
  }
};

export const startRedis = async (options: RedisStartOptions): Promise<Store> => {
  const { place, port, password } = options;
  ensureRedisProgram(place.say);
  const data = join(place.home, 'redis');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const file = join(data, 'redis.conf');
  writeFileSync(file, configuration(options, data), { mode: 0o600 });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  const running = await launch({
    name: 'redis',
    command: 'redis-server',
    args: [file],
    cwd: data,
    logFile: join(place.logs, 'redis.log'),
    runDirectory: place.run,
    marker: file,
    stopSignal: 'SIGTERM',
    readyTimeoutMs: 60_000,
    ready: () => ping(url),
  });
  return { ...running, port, url };
};

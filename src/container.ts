import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { DataSource } from 'typeorm';
import { LawBook } from './compliance/own/law-book';
import type { Config } from './config';
import { entities } from './entities';
import { createWarehouse, type Warehouse } from './infra/clickhouse';
import { type Clock, OffsetClock } from './infra/clock';
import { followClockOffset } from './infra/clock-offset';
import type { Checks } from './infra/health';
import { createLogger, type Logger } from './infra/logger';
import { createMetrics, type Metrics } from './infra/metrics';
import { createPool } from './infra/postgres';
import { createPubSub, type PubSub } from './infra/pubsub';
import { createRedis } from './infra/redis';

export type Role = 'api' | 'worker' | 'dialer' | 'switch';

/** What every role is built from. Nothing here is global: tests build as many as they like. */
export interface Container {
  readonly config: Config;
  readonly role: Role;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** Configuration entities, by TypeORM. */
  readonly database: DataSource;
  /** Claims, attempts, agents, outcomes, imports, outbox: `pg` with time-outs of its own. */
  readonly hot: Pool;
  readonly redis: Redis;
  readonly pubsub: PubSub;
  readonly warehouse: Warehouse;
  /** What the law says, by organisation. */
  readonly laws: LawBook;
  /** Of the stores, for `/readyz`. */
  readonly checks: Checks;
  close(): Promise<void>;
}

export class MissingStoreError extends Error {}

const required = (name: string, url: string | undefined): string => {
  if (url) return url;
  throw new MissingStoreError(
    `${name} is not set: a role alone needs it ('outdial start' without --role starts its own)`,
  );
};

/** Connects to the stores. PostgreSQL must be there; Redis and the warehouse may come and go. */
export const buildContainer = async (config: Config, role: Role): Promise<Container> => {
  const databaseUrl = required('DATABASE_URL', config.stores.databaseUrl);
  const redisUrl = required('REDIS_URL', config.stores.redisUrl);
  const clickhouseUrl = required('CLICKHOUSE_URL', config.stores.clickhouseUrl);
  const logger = createLogger(role, config.logLevel);
  const hot = createPool({
    url: databaseUrl,
    applicationName: `outdial-${role}`,
    statementTimeoutMs: 10_000,
    connectionTimeoutMillis: 5000,
  });
  const database = new DataSource({
    type: 'postgres',
    url: databaseUrl,
    applicationName: `outdial-${role}-configuration`,
    entities,
    synchronize: false,
    poolSize: 8,
    connectTimeoutMS: 5000,
    extra: { statement_timeout: 15_000, idle_in_transaction_session_timeout: 15_000 },
    poolErrorHandler: () => undefined,
  });
  try {
    await database.initialize();
  } catch (error) {
    await hot.end();
    throw error;
  }
  const clock = new OffsetClock();
  const stopClock = config.testClock ? await followClockOffset(clock, hot) : () => undefined;
  const redis = createRedis(redisUrl);
  const pubsub = createPubSub(createRedis(redisUrl), createRedis(redisUrl));
  const warehouse = createWarehouse(clickhouseUrl);
  const checks: Checks = {
    postgres: async () => {
      await hot.query('/* readyPostgres */ SELECT 1');
    },
    redis: async () => {
      await redis.ping();
    },
    warehouse: async () => {
      const answer = await warehouse.ping();
      if (!answer.success) throw answer.error;
    },
  };
  return {
    config,
    role,
    logger,
    metrics: createMetrics(role),
    clock,
    database,
    hot,
    redis,
    pubsub,
    warehouse,
    laws: new LawBook(),
    checks,
    close: async () => {
      stopClock();
      await pubsub.close();
      redis.disconnect();
      await Promise.allSettled([database.destroy(), hot.end(), warehouse.close()]);
    },
  };
};

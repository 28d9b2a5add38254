import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { type CommandClient, createCommandClient } from '../../src/dialer/command-client';
import { createWarehouse, type Warehouse } from '../../src/infra/clickhouse';
import { OffsetClock } from '../../src/infra/clock';
import { createPool } from '../../src/infra/postgres';
import { createPubSub, type PubSub } from '../../src/infra/pubsub';
import { createRedis } from '../../src/infra/redis';
import { readTruthLog, type TruthSummary, type WorldInput } from '../../src/telephony/simulated-switch';
import { type RoleProcess, startRole } from './processes';
import { type Seeded, type SeedOptions, seedCampaign } from './seed';
import { testStores } from './stores';
import { installWitness } from './witness';

export const SYSTEM_ADMIN_TOKEN = 'system-administrator-token';

export interface SystemStores {
  databaseUrl: string;
  redisUrl: string;
  clickhouseUrl: string;
  close(): Promise<void>;
}

export interface SystemOptions {
  roles: { api?: boolean; worker?: boolean; dialers: number };
  /** The callees and the wire of the simulated switch. */
  world?: WorldInput;
  /** Of the callees' luck. */
  seedNumber?: number;
  /** The organisation and the campaign to be dialled; without one the test sets them up through the API. */
  campaign?: Omit<SeedOptions, 'at'>;
  stores?: SystemStores;
  /** Added to the environment of every role. */
  environment?: Record<string, string>;
}

/** All of Outdial as processes, over stores of its own, with an organisation that is ready to dial. */
export interface System {
  stores: SystemStores;
  pool: Pool;
  redis: Redis;
  pubsub: PubSub;
  warehouse: Warehouse;
  clock: OffsetClock;
  seeded: Seeded;
  commands: CommandClient;
  api: RoleProcess | undefined;
  worker: RoleProcess | undefined;
  switch: RoleProcess;
  /** Those that were started and have not been seen to end. */
  dialers: RoleProcess[];
  truthLog: string;
  /** What the switch saw so far. */
  truth(): TruthSummary;
  startDialer(): Promise<RoleProcess>;
  startWorker(): Promise<RoleProcess>;
  startApi(): Promise<RoleProcess>;
  /** Sends a fault to the switch's control surface. */
  fault(body: Record<string, unknown>): Promise<void>;
  /** Moves business time forward for every process, and waits until all have seen it. */
  advanceClock(ms: number): Promise<void>;
  /** The end of every role's log, for the message of a failed test. */
  logs(lines?: number): string;
  close(): Promise<void>;
}

/** Every process reads the offset five times a second. */
const CLOCK_SEEN_MS = 500;

class RunningSystem implements System {
  readonly pool: Pool;
  readonly redis: Redis;
  readonly pubsub: PubSub;
  readonly warehouse: Warehouse;
  readonly clock = new OffsetClock();
  readonly commands: CommandClient;
  readonly dialers: RoleProcess[] = [];
  readonly truthLog: string;
  api: RoleProcess | undefined;
  worker: RoleProcess | undefined;
  switch!: RoleProcess;
  seeded!: Seeded;
  private readonly home: string;
  private readonly started: RoleProcess[] = [];
  private ariUrl = '';

  constructor(
    private readonly options: SystemOptions,
    readonly stores: SystemStores,
  ) {
    this.home = mkdtempSync(join(tmpdir(), 'outdial-system-'));
    mkdirSync(join(this.home, 'logs'));
    this.truthLog = join(this.home, 'truth.jsonl');
    this.pool = createPool({
      url: stores.databaseUrl,
      applicationName: 'outdial-test',
      connectionTimeoutMillis: 5_000,
    });
    this.redis = createRedis(stores.redisUrl);
    this.pubsub = createPubSub(createRedis(stores.redisUrl), createRedis(stores.redisUrl));
    this.warehouse = createWarehouse(stores.clickhouseUrl);
    this.commands = createCommandClient(this);
  }

  async start(): Promise<void> {
    const { roles, campaign } = this.options;
    await installWitness(this.pool);
    this.switch = await this.startSwitch();
    this.ariUrl = `ari://outdial:outdial@127.0.0.1:${this.switch.facts.port}`;
    if (campaign) this.seeded = await seedCampaign(this.pool, { ...campaign, at: this.clock.date() });
    await Promise.all([
      roles.api ? this.startApi() : undefined,
      roles.worker ? this.startWorker() : undefined,
      ...Array.from({ length: roles.dialers }, () => this.startDialer()),
    ]);
  }

  truth(): TruthSummary {
    return readTruthLog(this.truthLog);
  }

  async startDialer(): Promise<RoleProcess> {
    const dialer = await this.run('dialer', this.options.campaign ? { OUTDIAL_DIALER: this.seeded.dialerId } : {});
    this.dialers.push(dialer);
    void dialer.exited.then(() => this.dialers.splice(this.dialers.indexOf(dialer), 1));
    return dialer;
  }

  async startWorker(): Promise<RoleProcess> {
    this.worker = await this.run('worker');
    return this.worker;
  }

  async startApi(): Promise<RoleProcess> {
    this.api = await this.run('api');
    return this.api;
  }

  async fault(body: Record<string, unknown>): Promise<void> {
    const answer = await fetch(`http://127.0.0.1:${this.switch.facts.port}/simulator/faults`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`the switch refused a fault: ${await answer.text()}`);
  }

  async advanceClock(ms: number): Promise<void> {
    const offset = this.clock.offset + ms;
    await this.pool.query(
      `INSERT INTO clock_offset (id, offset_ms) VALUES (1, $1)
       ON CONFLICT (id) DO UPDATE SET offset_ms = greatest(clock_offset.offset_ms, excluded.offset_ms)`,
      [offset],
    );
    this.clock.setOffset(offset);
    await new Promise((resolve) => setTimeout(resolve, CLOCK_SEEN_MS));
  }

  logs(lines = 20): string {
    const names = [...new Set(this.started.map(({ role }) => role))];
    return names.map((name) => `--- ${name}\n${this.logOf(name).split('\n').slice(-lines).join('\n')}`).join('\n');
  }

  async close(): Promise<void> {
    await Promise.all(this.started.filter((role) => role !== this.switch).map((role) => role.stop()));
    await this.switch?.stop();
    await this.pubsub.close();
    this.redis.disconnect();
    await Promise.allSettled([this.pool.end(), this.warehouse.close()]);
    await this.stores.close();
    rmSync(this.home, { recursive: true, force: true });
  }

  private startSwitch(): Promise<RoleProcess> {
    const world = join(this.home, 'world.json');
    writeFileSync(world, JSON.stringify(this.options.world ?? {}));
    return this.run('switch', {
      OUTDIAL_WORLD: world,
      OUTDIAL_TRUTH_LOG: this.truthLog,
      OUTDIAL_SEED: String(this.options.seedNumber ?? 1),
    });
  }

  private async run(role: string, more: Record<string, string> = {}): Promise<RoleProcess> {
    const { databaseUrl, redisUrl, clickhouseUrl } = this.stores;
    const environment: Record<string, string> = {
      OUTDIAL_HOME: this.home,
      OUTDIAL_TEST_CLOCK: 'on',
      OUTDIAL_LOG_LEVEL: 'info',
      OUTDIAL_ADMIN_TOKEN: SYSTEM_ADMIN_TOKEN,
      OUTDIAL_JWT_SECRET: 'a secret of tests only, long enough for HS256',
      PORT: '0',
      DATABASE_URL: databaseUrl,
      REDIS_URL: redisUrl,
      CLICKHOUSE_URL: clickhouseUrl,
      ...(this.ariUrl && { ARI_URL: this.ariUrl }),
      ...this.options.environment,
      ...more,
    };
    const started = await startRole(role, environment, { logFile: join(this.home, 'logs', `${role}.log`) });
    this.started.push(started);
    return started;
  }

  private logOf(role: string): string {
    try {
      return readFileSync(join(this.home, 'logs', `${role}.log`), 'utf8').trimEnd();
    } catch {
      return '';
    }
  }
}

export const startSystem = async (options: SystemOptions): Promise<System> => {
  const system = new RunningSystem(options, options.stores ?? (await testStores()));
  try {
    await system.start();
    return system;
  } catch (error) {
    const logs = system.logs();
    await system.close();
    throw new Error(`the system did not start: ${error instanceof Error ? error.message : error}\n${logs}`);
  }
};

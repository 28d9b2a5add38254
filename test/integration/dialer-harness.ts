import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { campaignReadiness } from '../../src/campaigns/readiness';
import { type CommandClient, createCommandClient } from '../../src/dialer/command-client';
import type { CommandBody, CommandKind, CommandResult } from '../../src/dialer/command-kinds';
import { dialerMetrics } from '../../src/dialer/shell/dialer-metrics';
import { presenceKey } from '../../src/dialer/shell/presence';
import { type ServedDialer, serveDialer } from '../../src/dialer/shell/serve';
import { monotonic, OffsetClock } from '../../src/infra/clock';
import { newId } from '../../src/infra/ids';
import { createLogger } from '../../src/infra/logger';
import { createMetrics } from '../../src/infra/metrics';
import { createPool } from '../../src/infra/postgres';
import { createPubSub, type PubSub } from '../../src/infra/pubsub';
import { createRedis } from '../../src/infra/redis';
import { createAriPort } from '../../src/telephony/ari';
import {
  readTruthLog,
  type SimulatedSwitch,
  startSimulatedSwitch,
  type TruthSummary,
  type WorldInput,
} from '../../src/telephony/simulated-switch';
import { type Seeded, type SeedOptions, seedCampaign } from '../setup/seed';
import { type TestStores, testStores } from '../setup/stores';

/** Callees that answer within tens of milliseconds and talk for a moment. */
export const QUICK_WORLD: WorldInput = {
  callees: {
    answerProbability: 0.6,
    // Nobody lets it ring out: that would take the whole ring limit.
    failures: { busy: 0.8, invalid: 0.2, rejected: 0, networkFailure: 0 },
    ringMs: { min: 20, max: 120 },
    failureMs: { min: 20, max: 100 },
    talkMs: { min: 50, max: 250 },
    patienceMs: { min: 4000, max: 9000 },
  },
  media: { defaultMs: 300 },
};

export interface DialerProcess {
  served: Promise<ServedDialer | undefined>;
  /** Why it could not go on, once it could not. */
  fatal: Promise<string>;
  /** Stops standing by or acting, in good order. */
  end(): Promise<void>;
  /** As a crash: the lease runs out, nothing is tidied up. */
  die(): Promise<void>;
}

export interface World {
  stores: TestStores;
  pool: Pool;
  redis: Redis;
  pubsub: PubSub;
  clock: OffsetClock;
  gateway: SimulatedSwitch;
  client: CommandClient;
  /** A directory per dialer, for `replay`. */
  inputLogs: string;
  seed(options: Partial<SeedOptions>): Promise<Seeded>;
  startDialer(wanted: string, more?: { forgottenAfterMs?: number }): DialerProcess;
  send<K extends CommandKind>(
    seeded: Seeded,
    kind: K,
    targetId: string,
    body: CommandBody<K>,
    waitMs?: number,
  ): Promise<CommandResult>;
  truth(): TruthSummary;
  close(): Promise<void>;
}

const targetOf = (kind: CommandKind, id: string) =>
  kind.startsWith('CAMPAIGN_')
    ? (`campaign:${id}` as const)
    : kind.startsWith('AGENT_')
      ? (`agent:${id}` as const)
      : (`organisation:${id}` as const);

export const startWorld = async (world: WorldInput = QUICK_WORLD): Promise<World> => {
  const stores = await testStores();
  const pool = createPool({ url: stores.databaseUrl, applicationName: 'test' });
  const redis = createRedis(stores.redisUrl);
  const pubsub = createPubSub(createRedis(stores.redisUrl), createRedis(stores.redisUrl));
  const clock = new OffsetClock();
  const truthLog = join(mkdtempSync(join(tmpdir(), 'outdial-switch-')), 'truth.jsonl');
  const inputLogs = mkdtempSync(join(tmpdir(), 'outdial-inputs-'));
  const gateway = await startSimulatedSwitch({ port: 0, seed: 7, world, truthLog });
  const client = createCommandClient({ pool, pubsub, clock });
  const logger = createLogger('test', process.env.OUTDIAL_LOG_LEVEL ?? 'silent');
  const processes: DialerProcess[] = [];

  const startDialer: World['startDialer'] = (wanted, more = {}) => {
    const leasePool = createPool({ url: stores.databaseUrl, applicationName: 'outdial-dialer-lease', max: 2 });
    const readPool = createPool({ url: stores.databaseUrl, applicationName: 'outdial-dialer' });
    const controller = new AbortController();
    let current: ServedDialer | undefined;
    let onFatal: (reason: string) => void = () => undefined;
    const fatal = new Promise<string>((resolve) => {
      onFatal = resolve;
    });
    const served = serveDialer({
      wanted,
      owner: newId(),
      leasePool,
      signal: controller.signal,
      deps: {
        databaseUrl: stores.databaseUrl,
        readPool,
        redis,
        pubsub,
        jobs: { enqueue: async () => false },
        clock,
        logger,
        metrics: dialerMetrics(createMetrics('dialer')),
        endpointTemplate: 'PJSIP/{number}@{trunk}',
        readiness: campaignReadiness,
        ...more,
        inputLog: { directory: inputLogs, maxBytes: 64 * 1024 ** 2 },
      },
      createPort: (row) => (permits) =>
        createAriPort({
          url: gateway.url,
          app: row.application,
          endpointTemplate: 'PJSIP/{number}@{trunk}',
          trunks: [row.trunk],
          logger,
          monotonic,
          ...permits,
        }),
      onServing: (dialer) => {
        current = dialer;
      },
      onFatal,
    });
    let over = false;
    const close = async (how: (dialer: ServedDialer) => Promise<void>): Promise<void> => {
      if (over) return;
      over = true;
      controller.abort();
      if (current) await how(current);
      await served.catch(() => undefined);
      await Promise.all([leasePool.end(), readPool.end()]);
    };
    const started: DialerProcess = {
      served,
      fatal,
      end: () => close((dialer) => dialer.end(3_000)),
      die: () => close((dialer) => dialer.die()),
    };
    processes.push(started);
    return started;
  };

  return {
    stores,
    pool,
    redis,
    pubsub,
    clock,
    gateway,
    client,
    inputLogs,
    seed: (options) => seedCampaign(pool, { at: clock.date(), ...options }),
    startDialer,
    send: (seeded, kind, targetId, body, waitMs) =>
      client.send(
        {
          organisationId: seeded.organisationId,
          dialerId: seeded.dialerId,
          id: newId(),
          target: targetOf(kind, targetId),
          kind,
          body,
          createdBy: 'test',
        },
        waitMs,
      ),
    truth: () => readTruthLog(truthLog),
    async close() {
      for (const dialer of processes) await dialer.die();
      await gateway.close();
      await pubsub.close();
      redis.disconnect();
      await pool.end();
      await stores.close();
      rmSync(dirname(truthLog), { recursive: true, force: true });
      rmSync(inputLogs, { recursive: true, force: true });
    },
  };
};

export const until = async <T>(what: string, read: () => Promise<T | undefined | false>, ms = 20_000): Promise<T> => {
  const end = performance.now() + ms;
  for (;;) {
    const found = await read();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/**
 * Logs agents in, makes them available, and wraps up whatever they have talked about until stopped; stopping waits for what was
 * said.
 */
export const staff = async (world: World, seeded: Seeded): Promise<() => Promise<void>> => {
  for (const agent of seeded.agents) {
    await world.redis.set(presenceKey(seeded.organisationId, agent.id), 'x', 'PX', 600_000);
    const login = await world.send(seeded, 'AGENT_LOGIN', agent.id, { deviceId: agent.deviceId });
    if (!login.ok) throw new Error(login.message);
    await world.send(seeded, 'AGENT_AVAILABLE', agent.id, {});
  }
  const said = new Set<string>();
  const wrapUp = async (agentId: string, attemptId: string): Promise<void> => {
    if (said.has(attemptId)) return;
    said.add(attemptId);
    const result = await world
      .send(seeded, 'AGENT_WRAP_UP', agentId, { attemptId, code: 'DONE' })
      .catch(() => ({ ok: false }));
    if (!result.ok) said.delete(attemptId);
  };
  const look = async (): Promise<void> => {
    const { rows } = await world.pool
      .query<{ agent_id: string; attempt_id: string }>(
        `SELECT agent_id, attempt_id FROM agent_state
         WHERE organisation_id = $1 AND state = 'WRAP_UP' AND attempt_id IS NOT NULL`,
        [seeded.organisationId],
      )
      .catch(() => ({ rows: [] }));
    await Promise.all(rows.map((row) => wrapUp(row.agent_id, row.attempt_id)));
  };
  const looks = new Set<Promise<void>>();
  const timer = setInterval(() => {
    const one = look().finally(() => looks.delete(one));
    looks.add(one);
  }, 50);
  return async () => {
    clearInterval(timer);
    await Promise.all(looks);
  };
};

/** What a worker would do: every contact whose attempt has ended is closed. */
export const closeEnded = (world: World, seeded: Seeded): Promise<unknown> =>
  world.pool.query(
    `UPDATE campaign_contact SET state = 'CLOSED', close_reason = 'DONE', version = version + 1
     WHERE campaign_id = $1 AND state = 'AWAITING_RETRY'`,
    [seeded.campaignId],
  );

export const campaignState = async (world: World, seeded: Seeded): Promise<string> =>
  (await world.pool.query<{ state: string }>('SELECT state FROM campaign WHERE id = $1', [seeded.campaignId])).rows[0]
    ?.state ?? '';

export interface AttemptRow {
  id: string;
  number: string;
  phase: string;
  outcome: string | null;
  abandon_cause: string | null;
  live_answer: boolean;
  placed_at: Date | null;
  connected_at: Date | null;
  epoch: number;
  wrap_up_code: string | null;
}

export const attemptsOf = async (world: World, seeded: Seeded): Promise<AttemptRow[]> =>
  (
    await world.pool.query<AttemptRow>('SELECT * FROM call_attempt WHERE campaign_id = $1 ORDER BY claimed_at, id', [
      seeded.campaignId,
    ])
  ).rows;

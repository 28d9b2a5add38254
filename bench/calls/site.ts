import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { OffsetClock } from '../../src/infra/clock';
import { createPool } from '../../src/infra/postgres';
import { createPubSub } from '../../src/infra/pubsub';
import { createRedis } from '../../src/infra/redis';
import type { WorldInput } from '../../src/telephony/simulated-switch';
import type { BenchStores } from '../lib/stores';
import { createDesk } from './desk';
import { type RoleProcess, startRoleProcess } from './role-process';
import { type SeededBench, seedBench } from './seed';

/** Everything that takes part in a bench of calls: stores, switch, worker, dialer and the agents. */
export interface Site {
  pool: ReturnType<typeof createPool>;
  seeded: SeededBench;
  switch: RoleProcess;
  worker: RoleProcess;
  dialer: RoleProcess;
  truthLog: string;
  /** How long the callees ring before they answer or fail, from the next call on. */
  ringFor(ms: number): Promise<void>;
  start(): Promise<void>;
  /** Ends dialing and every role; the stores stay. */
  stopRoles(): Promise<void>;
  close(): Promise<void>;
}

export interface SiteOptions {
  stores: BenchStores;
  agents: number;
  contacts: number;
  say: (line: string) => void;
  /** For the dialer's process, e.g. a profiler. */
  nodeArguments?: readonly string[];
}

const world = (ringMs: number): WorldInput => ({
  callees: {
    answerProbability: 0.4,
    // Together they are all calls that are not answered: none rings out.
    failures: { busy: 0.8, rejected: 0.1, invalid: 0.1, congestion: 0, networkFailure: 0 },
    ringMs,
    failureMs: ringMs,
    talkMs: 4_000,
  },
  agents: { answerMs: 20 },
  // A bridge is entered as soon as it is asked for: the answer's way to the connect command is what is measured.
  wire: { bridgeMs: 0 },
});

export const RING_MS = 4_000;

/**
 * All callees ring and talk equally long, so agents who begin together would stay together in waves of 450 calls. They
 * come in over the time of one call, ringing, talk and wrap-up, a few at a time.
 */
const CYCLE_MS = 9_000;
const LOG_INS = 10;

export const openSite = async ({ stores, agents, contacts, say, nodeArguments }: SiteOptions): Promise<Site> => {
  const logs = join(stores.home, 'bench-logs');
  mkdirSync(logs, { recursive: true });
  const truthLog = join(stores.home, 'truth.jsonl');
  const worldFile = join(stores.home, 'world.json');
  writeFileSync(worldFile, JSON.stringify(world(RING_MS)));
  const environment = {
    OUTDIAL_HOME: stores.home,
    OUTDIAL_LOG_LEVEL: 'warn',
    OUTDIAL_METRICS_PORT: '0',
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    CLICKHOUSE_URL: stores.clickhouseUrl,
    OUTDIAL_WORLD: worldFile,
    OUTDIAL_TRUTH_LOG: truthLog,
    OUTDIAL_SWITCH_PORT: '0',
    OUTDIAL_SWITCH_PASSWORD: 'bench',
  };
  const started: RoleProcess[] = [];
  const run = async (role: 'switch' | 'worker' | 'dialer', more: Record<string, string> = {}) => {
    const extra = role === 'dialer' && nodeArguments ? { nodeArguments } : {};
    const logFile = join(logs, `${role}.log`);
    const found = await startRoleProcess({ role, environment: { ...environment, ...more }, logFile, ...extra });
    started.push(found);
    return found;
  };
  const pool = createPool({ url: stores.databaseUrl, applicationName: 'bench', statementTimeoutMs: 0, max: 8 });
  const redis = createRedis(stores.redisUrl);
  const pubsub = createPubSub(createRedis(stores.redisUrl), createRedis(stores.redisUrl));
  const stopRoles = async (): Promise<void> => {
    // The switch last: whoever talks to it has ended by then.
    for (const role of started.splice(0).reverse()) await role.stop();
  };
  const close = async (): Promise<void> => {
    await stopRoles();
    await pubsub.close();
    redis.disconnect();
    await pool.end();
  };
  try {
    say(`seeding ${contacts} contacts and ${agents} agents`);
    const seeded = await seedBench(pool, { at: new Date(), agents, contacts });
    const theSwitch = await run('switch');
    const ariUrl = `ari://outdial:bench@127.0.0.1:${theSwitch.facts.port}`;
    const [worker, dialer] = await Promise.all([run('worker'), run('dialer', { ARI_URL: ariUrl })]);
    const desk = createDesk({ pool, redis, pubsub, clock: new OffsetClock(), ...seeded, agents: [] });
    return {
      pool,
      seeded,
      switch: theSwitch,
      worker,
      dialer,
      truthLog,
      async ringFor(ms) {
        const answer = await fetch(`http://127.0.0.1:${theSwitch.facts.port}/simulator/world`, {
          method: 'PATCH',
          body: JSON.stringify({ callees: { ringMs: ms, failureMs: ms } }),
        });
        if (!answer.ok) throw new Error(`the switch refused a world: ${await answer.text()}`);
      },
      async start() {
        await desk.open();
        const result = await desk.send('CAMPAIGN_START', `campaign:${seeded.campaignId}`, {});
        if (!result.ok) throw new Error(`the campaign does not start: ${result.code} ${result.message}`);
        say('logging the agents in');
        const began = performance.now();
        for (let from = 0; from < seeded.agents.length; from += LOG_INS) {
          await desk.add(seeded.agents.slice(from, from + LOG_INS));
          const due = began + (CYCLE_MS * (from + LOG_INS)) / seeded.agents.length;
          await pause(Math.max(0, due - performance.now()));
        }
      },
      async stopRoles() {
        await desk.close();
        await stopRoles();
      },
      async close() {
        await desk.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

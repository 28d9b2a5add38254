import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { change } from '../../src/api-client/change';
import { type ApiClient, createClient } from '../../src/api-client/graphql-client';
import { AgentBot } from '../../src/demo/agent-bot';
import { loadContacts } from '../../src/demo/load-contacts';
import { logIn } from '../../src/demo/log-in';
import { setUpWorkspace, type Workspace } from '../../src/demo/workspace';
import { createPool } from '../../src/infra/postgres';
import { type RoleProcess, startRoleProcess } from '../calls/role-process';
import type { BenchStores } from '../lib/stores';
import { writeFictionalContacts } from './contacts';
import { ABANDON_PERCENT, CPA, PACING, RING_LIMIT_SECONDS, switchWorld, WRAP_UP_MS } from './world';

const ADMIN_TOKEN = 'bench-administrator-token';

/** All of Outdial as processes, a predictive campaign with its list, and bots at their desktops: through the API alone. */
export interface Site {
  pool: ReturnType<typeof createPool>;
  dialer: RoleProcess;
  campaignId: string;
  dialerId: string;
  truthLog: string;
  inputLog: string;
  /** Resolves when every bot is available. */
  staff(): Promise<void>;
  startCampaign(): Promise<void>;
  /** What went wrong at the desktops, in their words. */
  faults: string[];
  /** Ends the roles in good order; the stores and what was written stay. */
  stopRoles(): Promise<void>;
  close(): Promise<void>;
}

export interface SiteOptions {
  stores: BenchStores;
  agents: number;
  contacts: number;
  /** Of the callees' luck at the switch. */
  seed: number;
  say: (line: string) => void;
}

const setUp = (admin: ApiClient, agents: number): Promise<Workspace> =>
  setUpWorkspace(admin, ADMIN_TOKEN, {
    agents,
    wrapUpLimitSeconds: 120,
    group: {
      pacingMode: 'PREDICTIVE',
      ...PACING,
      abandonRate: ABANDON_PERCENT,
      noAnswerRingLimitSeconds: RING_LIMIT_SECONDS,
      cpa: CPA,
    },
    // Each contact once: the simulator's list is dialled once too.
    campaign: { maxAttempts: 1 },
  });

export const openSite = async ({ stores, agents, contacts, seed, say }: SiteOptions): Promise<Site> => {
  const logs = join(stores.home, 'bench-logs');
  mkdirSync(logs, { recursive: true });
  const truthLog = join(stores.home, 'truth.jsonl');
  const worldFile = join(stores.home, 'world.json');
  writeFileSync(worldFile, JSON.stringify(switchWorld()));
  const environment = {
    OUTDIAL_HOME: stores.home,
    OUTDIAL_LOG_LEVEL: 'warn',
    OUTDIAL_METRICS_PORT: '0',
    OUTDIAL_ADMIN_TOKEN: ADMIN_TOKEN,
    OUTDIAL_JWT_SECRET: 'a secret of this bench alone, long enough for HS256',
    PORT: '0',
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    CLICKHOUSE_URL: stores.clickhouseUrl,
    OUTDIAL_WORLD: worldFile,
    OUTDIAL_TRUTH_LOG: truthLog,
    OUTDIAL_SEED: String(seed),
    OUTDIAL_SWITCH_PORT: '0',
    OUTDIAL_SWITCH_PASSWORD: 'bench',
  };
  const started: RoleProcess[] = [];
  const run = async (role: 'api' | 'switch' | 'worker' | 'dialer', more: Record<string, string> = {}) => {
    const found = await startRoleProcess({
      role,
      environment: { ...environment, ...more },
      logFile: join(logs, `${role}.log`),
    });
    started.push(found);
    return found;
  };
  const pool = createPool({ url: stores.databaseUrl, applicationName: 'bench', statementTimeoutMs: 0, max: 4 });
  const bots: AgentBot[] = [];
  const faults: string[] = [];
  let admin: ApiClient | undefined;
  const stopRoles = async (): Promise<void> => {
    await Promise.all(bots.splice(0).map((bot) => bot.close()));
    await admin?.close();
    // The switch last: whoever talks to it has ended by then.
    for (const role of started.splice(0).reverse()) await role.stop();
  };
  try {
    const theSwitch = await run('switch');
    const api = await run('api');
    const url = `http://127.0.0.1:${api.facts.port}`;
    const client = createClient(url, ADMIN_TOKEN);
    admin = client;
    await run('worker');
    const workspace = await setUp(client, agents);
    say(`importing ${contacts} contacts through the API`);
    const file = join(stores.home, 'contacts.csv');
    writeFictionalContacts(file, contacts, new Date());
    const { rowsImported, errorMessage } = await loadContacts(url, client, workspace, file);
    if (rowsImported !== contacts) throw new Error(`${rowsImported} of ${contacts} contacts came in: ${errorMessage}`);
    const dialer = await run('dialer', { ARI_URL: `ari://outdial:bench@127.0.0.1:${theSwitch.facts.port}` });
    const { dialers } = await client.query<{ dialers: { edges: { node: { id: string } }[] } }>(
      '{ dialers(first: 1) { edges { node { id } } } }',
    );
    const dialerId = dialers.edges[0]?.node.id ?? '';
    const available = new Set<string>();
    return {
      pool,
      dialer,
      campaignId: workspace.campaignId,
      dialerId,
      truthLog,
      inputLog: join(stores.home, 'input-log', dialerId),
      faults,
      async staff() {
        const ready = new Promise<void>((resolve) => {
          for (const agent of workspace.agents) {
            const bot = new AgentBot({
              url,
              agentId: agent.agentId,
              deviceId: agent.deviceId,
              token: () => logIn(url, agent),
              wrapUpMs: () => WRAP_UP_MS.min + Math.random() * (WRAP_UP_MS.max - WRAP_UP_MS.min),
              onView: ({ state }) => {
                if (state === 'AVAILABLE') available.add(agent.agentId);
                if (available.size === agents) resolve();
              },
              onFault: (error) => faults.push(String(error)),
            });
            bots.push(bot);
            bot.start();
          }
        });
        await ready;
      },
      async startCampaign() {
        await change(client, 'Campaign', 'startCampaign(id: $id)', 'id', {
          id: { type: 'ID!', value: workspace.campaignId },
        });
      },
      stopRoles,
      async close() {
        await stopRoles();
        await pool.end();
      },
    };
  } catch (error) {
    await stopRoles();
    await pool.end();
    throw error;
  }
};

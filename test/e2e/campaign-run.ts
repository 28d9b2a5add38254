import { type ApiClient, createClient } from '../../src/api-client/graphql-client';
import { lawOf } from '../../src/compliance/law/law-of';
import { LawRegistry } from '../../src/compliance/law/registry';
import { loadShippedProfiles } from '../../src/compliance/law/shipped';
import { AgentBot, type AgentBotOptions } from '../../src/demo/agent-bot';
import { logIn } from '../../src/demo/log-in';
import { type DemoAgent, setUpWorkspace, type Workspace, type WorkspaceSize } from '../../src/demo/workspace';
import type { WorldInput } from '../../src/telephony/simulated-switch';
import { SYSTEM_ADMIN_TOKEN, type System, startSystem } from '../setup/system';
import { until } from '../setup/until';

export interface CampaignRun {
  system: System;
  url: string;
  admin: ApiClient;
  workspace: Workspace;
  bots: AgentBot[];
  organisationId: string;
  dialerId: string;
  close(): Promise<void>;
}

/** Callees who ring and talk 50–500 ms; nobody rings out, which would take the real 16 s of the shortest ring limit. */
const QUICK_WORLD: WorldInput = {
  callees: {
    answerProbability: 0.45,
    failures: { busy: 0.6, invalid: 0.2, rejected: 0.1, congestion: 0.05, networkFailure: 0.05 },
    ringMs: { min: 50, max: 500 },
    failureMs: { min: 20, max: 300 },
    talkMs: { min: 50, max: 500 },
    patienceMs: { min: 4_000, max: 9_000 },
  },
  /** The carrier's own word for no answer. */
  rules: [{ suffix: '7', script: { outcome: 480 } }],
  agents: { does: 'answer', answerMs: 20 },
  media: { defaultMs: 500 },
};

export interface CampaignRunOptions {
  world?: WorldInput;
  /** When it all begins, in business time; without it now. */
  at?: number;
  /** What of a bot differs; asked when the run is there. */
  bot?: (agent: DemoAgent) => Partial<AgentBotOptions>;
}

/** All roles as processes, and a workspace with its agents at their desktops, set up through the API alone. */
export const startCampaignRun = async (
  size: WorkspaceSize,
  { world = QUICK_WORLD, at, bot }: CampaignRunOptions = {},
): Promise<CampaignRun> => {
  const system = await startSystem({ roles: { api: true, worker: true, dialers: 1 }, world });
  if (at !== undefined) await system.advanceClock(at - system.clock.now());
  const url = `http://127.0.0.1:${system.api?.facts.port}`;
  const admin = createClient(url, SYSTEM_ADMIN_TOKEN);
  const workspace = await setUpWorkspace(admin, SYSTEM_ADMIN_TOKEN, size);
  const { me, dialers } = await admin.query<{
    me: { organisationId: string };
    dialers: { edges: { node: { id: string } }[] };
  }>('{ me { organisationId } dialers(first: 1) { edges { node { id } } } }');
  const bots = workspace.agents.map(
    (agent) =>
      new AgentBot({
        url,
        agentId: agent.agentId,
        deviceId: agent.deviceId,
        token: () => logIn(url, agent),
        wrapUpMs: () => 50,
        ...bot?.(agent),
      }),
  );
  return {
    system,
    url,
    admin,
    workspace,
    bots,
    organisationId: me.organisationId,
    dialerId: dialers.edges[0]?.node.id ?? '',
    async close() {
      await Promise.all(bots.map((bot) => bot.close()));
      await admin.close();
      await system.close();
    },
  };
};

const UNSETTLED = `SELECT count(*) FILTER (WHERE state IN ('IN_FLIGHT', 'AWAITING_RETRY'))::int AS moving, max(version)::int AS version,
  sum(version)::int AS changes FROM campaign_contact`;

/** Resolves when nothing has moved for a while: whoever is lawful now has been dialled. */
export const settled = async (run: CampaignRun, quietMs: number): Promise<void> => {
  let changes = -1;
  let since = performance.now();
  await until(
    'the campaign has nothing more to dial at this hour',
    async () => {
      const { rows } = await run.system.pool.query<{ moving: number; changes: number }>(UNSETTLED);
      const [row] = rows;
      if (!row || row.moving > 0 || row.changes !== changes) {
        changes = row?.changes ?? -1;
        since = performance.now();
      }
      return performance.now() - since > quietMs;
    },
    120_000,
  );
};

export const campaignState = async (
  { admin, workspace }: CampaignRun,
  campaignId = workspace.campaignId,
): Promise<string> => {
  const { campaign } = await admin.query<{ campaign: { state: string } }>(
    'query($id: ID!) { campaign(id: $id) { state } }',
    { id: campaignId },
  );
  return campaign.state;
};

const HOUR_MS = 3_600_000;

const shippedLaw = new LawRegistry(loadShippedProfiles());

const WAITING = `SELECT zone, law, min(due_at) AS due FROM campaign_contact WHERE state = 'READY' GROUP BY zone, law`;

/** How long nobody who waits may be called: over a weekend for instance, where their laws forbid it. */
export const nobodyFor = async ({ system }: CampaignRun): Promise<number> => {
  const now = system.clock.now();
  const { rows } = await system.pool.query<{ zone: string; law: string; due: Date }>(WAITING);
  const moments = rows.map(({ zone, law, due }) => {
    const from = Math.max(now, due.getTime());
    const { open, nextAt } = lawOf(law, from, shippedLaw).callingHours(from, zone);
    return open ? from : (nextAt ?? from);
  });
  return moments.length === 0 ? 0 : Math.min(...moments) - now;
};

/** Moves the clock on, whenever everything rests, until retries and calling hours of every zone have come to an end. */
export const runToCompletion = async (run: CampaignRun, stepHours = 6, mostSteps = 40): Promise<void> => {
  for (let step = 0; step < mostSteps; step += 1) {
    await settled(run, 600);
    if ((await campaignState(run)) === 'COMPLETED') return;
    await run.system.advanceClock(Math.max(stepHours * HOUR_MS, (await nobodyFor(run)) + 1_000));
  }
  throw new Error(`the campaign is not complete after ${mostSteps} steps of ${stepHours} hours\n${run.system.logs()}`);
};

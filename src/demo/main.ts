import { change } from '../api-client/change';
import { type ApiClient, createClient } from '../api-client/graphql-client';
import type { Config } from '../config';
import { createLogger } from '../infra/logger';
import type { Lifecycle } from '../infra/shutdown';
import { AgentBot } from './agent-bot';
import { loadContacts } from './load-contacts';
import { logIn } from './log-in';
import { showFigures } from './screen';
import { EXAMPLE_CONTACTS, resetPasswords, setUpWorkspace } from './workspace';

const SIZE = { agents: 20, dialingRate: 1.5, wrapUpLimitSeconds: 30 };
const WRAP_UP_MS = { min: 1_000, max: 4_000 };

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** RUNNING already after a second start; PAUSED or STOPPED was somebody's wish and is left. */
const startCampaign = async (admin: ApiClient, campaignId: string): Promise<void> => {
  const { campaign } = await admin.query<{ campaign: { state: string } }>(
    'query($id: ID!) { campaign(id: $id) { state } }',
    { id: campaignId },
  );
  if (campaign.state !== 'DRAFT') return;
  await change(admin, 'Campaign', 'startCampaign(id: $id)', 'id', { id: { type: 'ID!', value: campaignId } });
};

/**
 * The role `demo`: sets up an organisation's first campaign and works it with bots that are plain GraphQL clients, so that
 * a first start shows calls being dialled. It uses nothing that another program could not use.
 */
export const runRole = async (config: Config, life: Lifecycle): Promise<void> => {
  const { url } = config.api;
  const { adminToken } = config.auth;
  if (!url || !adminToken) throw new Error('The demo needs OUTDIAL_API_URL and OUTDIAL_ADMIN_TOKEN');
  const logger = createLogger('demo', config.logLevel);
  const admin = createClient(url, adminToken, { retryAttempts: Number.POSITIVE_INFINITY });
  life.onShutdown('client', () => admin.close());

  const workspace = await setUpWorkspace(admin, adminToken, SIZE);
  const [first] = workspace.agents;
  if (first) await logIn(url, first).catch(() => resetPasswords(admin, adminToken));
  say('Importing examples/contacts.csv');
  const { rowsImported, rowsRejected, rowsDuplicate, errorMessage } = await loadContacts(
    url,
    admin,
    workspace,
    EXAMPLE_CONTACTS,
  );
  say(errorMessage ?? `  ${rowsImported} contacts, ${rowsRejected} rows rejected, ${rowsDuplicate} duplicates`);

  const bots = workspace.agents.map(
    (agent) =>
      new AgentBot({
        url,
        agentId: agent.agentId,
        deviceId: agent.deviceId,
        token: () => logIn(url, agent),
        wrapUpMs: () => WRAP_UP_MS.min + Math.random() * (WRAP_UP_MS.max - WRAP_UP_MS.min),
        onFault: (error) => logger.debug({ agentId: agent.agentId, reason: String(error) }, 'a bot starts over'),
      }),
  );
  for (const bot of bots) bot.start();
  life.onShutdown('bots', async () => {
    await Promise.all(bots.map((bot) => bot.close()));
  });
  await startCampaign(admin, workspace.campaignId);
  say(`${bots.length} agent bots work the demo campaign. Paste this at ${url}/ with the token above:`);
  const day = new Date().toISOString().slice(0, 10);
  say(
    `  { campaignReport(filter: { from: "${day}T00:00:00Z", to: "${day}T23:59:59Z", campaignIds: ["${workspace.campaignId}"] })`,
  );
  say(
    '    { totals { attempts liveAnswers connected abandonRatePercent } rows(groupBy: [OUTCOME], first: 20) { edges { node { outcome measures { attempts } } } } } }',
  );
  void showFigures(admin, workspace.campaignId, life.signal).catch((error) => {
    if (!life.signal.aborted) logger.warn({ reason: String(error) }, 'the live figures ended');
  });
};

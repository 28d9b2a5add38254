import { join } from 'node:path';
import { change } from '../api-client/change';
import { type ApiClient, createClient } from '../api-client/graphql-client';
import { followImport, stageImport, uploadFile } from '../api-client/import-file';
import type { Config } from '../config';
import { createLogger } from '../infra/logger';
import { PROJECT_ROOT } from '../infra/project-root';
import type { Lifecycle } from '../infra/shutdown';
import { AgentBot } from './agent-bot';
import { showFigures } from './screen';
import { type DemoAgent, resetPasswords, setUpWorkspace, type Workspace } from './workspace';

const WRAP_UP_MS = { min: 1_000, max: 4_000 };

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const logIn = async (url: string, { email, password }: DemoAgent): Promise<string> => {
  const anyone = createClient(url);
  const { logIn: answer } = await anyone.query<{ logIn: { token: string } }>(
    'mutation($email: String!, $password: String!) { logIn(email: $email, password: $password) { token } }',
    { email, password },
  );
  return answer.token;
};

const importContacts = async (url: string, admin: ApiClient, { listId, campaignId }: Workspace): Promise<void> => {
  await change(admin, 'CampaignList', 'attachContactList(input: $input)', '__typename', {
    input: { type: 'AttachContactListInput!', value: { campaignId, listId, idempotencyKey: 'demo-attach' } },
  });
  const staged = await stageImport(admin, { listId, format: 'CSV', idempotencyKey: 'demo-import' });
  if (staged.import.state === 'AWAITING_UPLOAD' && staged.uploadUrl) {
    say('Importing examples/contacts.csv');
    await uploadFile(url, staged.uploadUrl, join(PROJECT_ROOT, 'examples', 'contacts.csv'));
  }
  for await (const step of followImport(admin, staged.import.id)) {
    if (step.state === 'COMPLETED') {
      say(`  ${step.rowsImported} contacts, ${step.rowsRejected} rows rejected, ${step.rowsDuplicate} duplicates`);
    } else if (step.state === 'FAILED') say(`  the import failed: ${step.errorMessage}`);
  }
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

  const workspace = await setUpWorkspace(admin, adminToken);
  const [first] = workspace.agents;
  if (first) await logIn(url, first).catch(() => resetPasswords(admin, adminToken));
  await importContacts(url, admin, workspace);

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
    await Promise.all(bots.map((bot) => bot.stop()));
  });
  await startCampaign(admin, workspace.campaignId);
  say(`${bots.length} agent bots work the demo campaign. Paste this at ${url}/ with the token above:`);
  say(`  { campaignReport(filter: { campaignIds: ["${workspace.campaignId}"] }) { totals { attempts connected } } }`);
  void showFigures(admin, workspace.campaignId, life.signal).catch((error) => {
    if (!life.signal.aborted) logger.warn({ reason: String(error) }, 'the live figures ended');
  });
};

import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { change, create } from '../api-client/change';
import type { ApiClient } from '../api-client/graphql-client';
import { PROJECT_ROOT } from '../infra/project-root';

const EXAMPLES = join(PROJECT_ROOT, 'examples');
export const EXAMPLE_CONTACTS = join(EXAMPLES, 'contacts.csv');

export interface WorkspaceSize {
  agents: number;
  wrapUpLimitSeconds: number;
  /** Of the progressive campaign; left out when `group` names another mode. */
  dialingRate?: number;
  /** Further fields of the campaign group. */
  group?: Record<string, unknown>;
  /** Further fields of the campaign. */
  campaign?: Record<string, unknown>;
}

export interface DemoAgent {
  agentId: string;
  deviceId: string;
  email: string;
  password: string;
}

export interface Workspace {
  campaignId: string;
  listId: string;
  agents: DemoAgent[];
}

/** The same at every start, and of no use without the administrator's token. */
const passwordFor = (email: string, adminToken: string): string =>
  createHmac('sha256', adminToken).update(`demo:${email}`).digest('base64url');

/**
 * What an administrator sets up before the first campaign, in the order of the documentation, through the API alone.
 * Every step has a fixed idempotency key: a set-up that was cut short is completed, one that is complete changes nothing.
 */
export const setUpWorkspace = async (admin: ApiClient, adminToken: string, size: WorkspaceSize): Promise<Workspace> => {
  const make = (type: string, key: string, input: Record<string, unknown>): Promise<{ id: string }> =>
    create(admin, type, { ...input, idempotencyKey: `demo-${key}` });

  const dialer = await make('Dialer', 'dialer', { name: 'Demo dialer' });
  const team = await make('Team', 'team', { name: 'Demo team', dialerId: dialer.id });
  const agents: DemoAgent[] = [];
  for (let index = 1; index <= size.agents; index += 1) {
    const email = `agent-${index}@demo.example`;
    const password = passwordFor(email, adminToken);
    const user = await make('User', `user-${index}`, { email, name: `Agent ${index}`, roles: ['AGENT'], password });
    const agent = await make('Agent', `agent-${index}`, { name: `Agent ${index}`, teamId: team.id, userId: user.id });
    const address = `demo-${String(index).padStart(3, '0')}`;
    const device = await make('Device', `device-${index}`, { agentId: agent.id, kind: 'EXTENSION', address });
    agents.push({ agentId: agent.id, deviceId: device.id, email, password });
  }
  const queue = await make('Queue', 'queue', {
    name: 'Demo outdial queue',
    outboundCampaign: true,
    teamIds: [team.id],
  });
  const callerId = '+12025550100';
  const entryPoint = await make('EntryPoint', 'entry-point', {
    name: 'Demo outdial',
    queueId: queue.id,
    callerId,
    allowedCallerIds: [callerId],
  });
  const group = await make('CampaignGroup', 'group', {
    name: 'Demo group',
    dialerId: dialer.id,
    entryPointId: entryPoint.id,
    teamIds: [team.id],
    pacingMode: 'PROGRESSIVE',
    dialingRate: size.dialingRate,
    wrapUpLimitSeconds: size.wrapUpLimitSeconds,
    ...size.group,
  });
  const campaign = await make('Campaign', 'campaign', {
    name: 'Demo campaign',
    groupId: group.id,
    ...size.campaign,
  });
  const mapping = JSON.parse(readFileSync(join(EXAMPLES, 'contacts.mapping.json'), 'utf8')) as Record<string, unknown>;
  const list = await make('ContactList', 'list', { name: 'Demo contacts', ...mapping });
  return { campaignId: campaign.id, listId: list.id, agents };
};

/** After a change of the administrator's token the agents' passwords are those of the former: they are set anew. */
export const resetPasswords = async (admin: ApiClient, adminToken: string): Promise<void> => {
  const { users } = await admin.query<{ users: { edges: { node: { id: string; version: number; email: string } }[] } }>(
    '{ users(first: 100) { edges { node { id version email } } } }',
  );
  for (const { node } of users.edges) {
    if (!node.email.endsWith('@demo.example')) continue;
    await change(admin, 'User', 'updateUser(input: $input)', 'id', {
      input: {
        type: 'UpdateUserInput!',
        value: { id: node.id, version: node.version, password: passwordFor(node.email, adminToken) },
      },
    });
  }
};

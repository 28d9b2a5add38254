import type { TestClient } from './graphql-client';

/** A set-up made through the API alone, as an administrator would. Numbers are fictional. */
export interface BuiltCampaign {
  dialerId: string;
  teamId: string;
  queueId: string;
  entryPointId: string;
  groupId: string;
  campaignId: string;
  agents: { id: string; deviceId: string; userId: string; email: string; password: string }[];
}

export interface BuildOptions {
  agents?: number;
  dialingRate?: number;
  /** Makes names unique where several are built in one organisation. */
  suffix?: string;
  group?: Record<string, unknown>;
  campaign?: Record<string, unknown>;
  dialerId?: string;
}

export const CALLER_ID = '+12025550100';

const ID_OF = '... on Refusal { code message field }';

/** Runs a mutation of a record and gives its id; a refusal is thrown as an error. */
export const makeRecord = async (
  client: TestClient,
  type: string,
  input: Record<string, unknown>,
): Promise<{ id: string; version: number }> => {
  const document = `mutation ($input: Create${type}Input!) { made: create${type}(input: $input) {
    __typename ... on ${type} { id version } ${ID_OF} } }`;
  const { made } = await client.query<{ made: { __typename: string; id: string; version: number; message?: string } }>(
    document,
    { input },
  );
  if (made.__typename === 'Refusal') throw new Error(`create${type}: ${made.message}`);
  return made;
};

export const buildCampaign = async (client: TestClient, options: BuildOptions = {}): Promise<BuiltCampaign> => {
  const suffix = options.suffix ? ` ${options.suffix}` : '';
  const make = async (type: string, input: Record<string, unknown>) => (await makeRecord(client, type, input)).id;
  const dialerId = options.dialerId ?? (await make('Dialer', { name: `Dialer${suffix}` }));
  const teamId = await make('Team', { name: `Team${suffix}`, dialerId });
  const agents: BuiltCampaign['agents'] = [];
  for (let index = 1; index <= (options.agents ?? 2); index += 1) {
    const slug = `${suffix.trim().toLowerCase() || 'main'}-${index}`.replace(/[^a-z0-9-]/g, '');
    const email = `agent-${slug}@example.com`;
    const password = `password of agent ${index}`;
    const userId = await make('User', { email, name: `Agent ${index}`, roles: ['AGENT'], password });
    const id = await make('Agent', { name: `Agent ${index}`, teamId, userId });
    const deviceId = await make('Device', { agentId: id, kind: 'EXTENSION', address: `ext-${slug}` });
    agents.push({ id, deviceId, userId, email, password });
  }
  const queueId = await make('Queue', { name: `Queue${suffix}`, outboundCampaign: true, teamIds: [teamId] });
  const entryPointId = await make('EntryPoint', {
    name: `Entry${suffix}`,
    queueId,
    callerId: CALLER_ID,
    allowedCallerIds: [CALLER_ID],
  });
  const groupId = await make('CampaignGroup', {
    name: `Group${suffix}`,
    dialerId,
    entryPointId,
    teamIds: [teamId],
    pacingMode: 'PROGRESSIVE',
    dialingRate: options.dialingRate ?? 1,
    ...options.group,
  });
  const campaignId = await make('Campaign', { name: `Campaign${suffix}`, groupId, ...options.campaign });
  return { dialerId, teamId, queueId, entryPointId, groupId, campaignId, agents };
};

import { newId } from '../../src/infra/ids';
import { topics } from '../../src/infra/pubsub';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { type BuiltCampaign, buildCampaign } from '../setup/build-campaign';
import { createClient, GraphqlFailure, type TestClient, take } from '../setup/graphql-client';
import { seedOrganisation } from '../setup/seed';
import { until } from '../setup/until';

const DESKTOP = `subscription ($agentId: ID!, $takeOver: Boolean, $desktop: String) {
  agentDesktop(agentId: $agentId, takeOver: $takeOver, desktop: $desktop) {
    seq state reason pending campaign { name }
    popOver { campaignName customer { attemptId variables { name value } } }
    customer { attemptId number externalId variables { name value } connectedAt }
  } }`;

interface View {
  seq: number;
  state: string;
  reason: string | null;
  popOver: { campaignName: string; customer: { variables: unknown[] } | null } | null;
  customer: { number: string; variables: { name: string; value: string }[] } | null;
}
type Message = { agentDesktop: View };

describe('the agent desktop', () => {
  let api: TestApi;
  let admin: TestClient;
  let built: BuiltCampaign;
  let organisationId: string;
  let open: TestClient[] = [];

  beforeAll(async () => {
    api = await startTestApi();
    organisationId = await seedOrganisation(api.container.hot, new Date());
    admin = createClient(api.url, ADMIN_TOKEN);
    built = await buildCampaign(admin, { agents: 5 });
  });
  afterEach(async () => {
    await Promise.all(open.map((client) => client.close()));
    open = [];
  });
  afterAll(() => api.close());

  const agentAt = (index: number) => built.agents[index] as BuiltCampaign['agents'][number];

  const logIn = async (index: number): Promise<TestClient> => {
    const { email, password } = agentAt(index);
    const { logIn: answer } = await admin.query<{ logIn: { token: string; agentId: string } }>(
      'mutation ($email: String!, $password: String!) { logIn(email: $email, password: $password) { token agentId } }',
      { email, password },
    );
    expect(answer.agentId).toBe(agentAt(index).id);
    const client = createClient(api.url, answer.token);
    open.push(client);
    return client;
  };

  /** As the dialer does: the row's seq rises in the transaction that changes it, the notice follows the commit. */
  const setState = async (index: number, state: string, more: Record<string, unknown> = {}, notice = true) => {
    const { rows } = await api.container.hot.query<{ seq: number }>(
      `INSERT INTO agent_state AS s (agent_id, organisation_id, dialer_id, state, reason, since, campaign_id, attempt_id, seq)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)
       ON CONFLICT (agent_id) DO UPDATE SET state = excluded.state, reason = excluded.reason, since = excluded.since,
         campaign_id = excluded.campaign_id, attempt_id = excluded.attempt_id, seq = s.seq + 1 RETURNING seq`,
      [
        agentAt(index).id,
        organisationId,
        built.dialerId,
        state,
        more.reason ?? null,
        new Date(),
        more.campaignId ?? null,
        more.attemptId ?? null,
      ],
    );
    const { seq } = rows[0] as { seq: number };
    if (notice) api.container.pubsub.publish(topics.agent(organisationId, agentAt(index).id), { seq });
    return seq;
  };

  const makeAttempt = async (index: number): Promise<string> => {
    const { hot } = api.container;
    const at = new Date();
    const attributes = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`field${n}`, `value ${n}`]));
    const listId = newId();
    const mapping = { modes: { Mobile: 'phone' }, attributes: ['field7', 'field3'] };
    await hot.query(
      `INSERT INTO contact_list (id, organisation_id, name, field_mapping, default_country, created_at)
       VALUES ($1, $2, $3, $4, 'US', $5)`,
      [listId, organisationId, `List ${listId}`, JSON.stringify(mapping), at],
    );
    const { rows } = await hot.query<{ id: number }>(
      `INSERT INTO contact (organisation_id, list_id, external_id, number, numbers, attributes, created_at)
       VALUES ($1, $2, 'c-1', '+12125550123', '[]', $3, $4) RETURNING id`,
      [organisationId, listId, JSON.stringify(attributes), at],
    );
    const id = newId();
    await hot.query(
      `INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone,
         caller_id, attempt_no, agent_id, covered, claimed_at, not_after, phase, ended_at, outcome, verdict_id)
       VALUES ($1, $2, $3, $4, $5, $6, 1, '+12125550123', 'Mobile', 'UTC', '+12025550100', 1, $7, true, $8, $8, 'ENDED', $8,
         'LIVE_VOICE', gen_random_uuid())`,
      [id, organisationId, built.campaignId, listId, rows[0]?.id, built.dialerId, agentAt(index).id, at],
    );
    return id;
  };

  const next = async (stream: AsyncIterator<Message>): Promise<View> => {
    const [message] = await take(stream, 1);
    return (message as Message).agentDesktop;
  };

  test('the snapshot comes first, then every change, also when its notice was lost', async () => {
    const client = await logIn(0);
    const stream = client.subscribe<Message>(DESKTOP, { agentId: agentAt(0).id });
    expect(await next(stream)).toMatchObject({ seq: 0, state: 'LOGGED_OUT' });
    await setState(0, 'IDLE', { reason: 'LOGGED_IN' });
    expect(await next(stream)).toMatchObject({ seq: 1, state: 'IDLE', reason: 'LOGGED_IN' });
    await setState(0, 'AVAILABLE', {}, false);
    const started = Date.now();
    expect(await next(stream)).toMatchObject({ seq: 2, state: 'AVAILABLE' });
    expect(Date.now() - started).toBeLessThan(7_000);
  });

  test('notices that repeat or come late repeat nothing', async () => {
    const client = await logIn(1);
    await setState(1, 'IDLE');
    const stream = client.subscribe<Message>(DESKTOP, { agentId: agentAt(1).id });
    expect((await next(stream)).seq).toBe(1);
    const topic = topics.agent(organisationId, agentAt(1).id);
    for (const seq of [1, 1, 0]) api.container.pubsub.publish(topic, { seq });
    await setState(1, 'AVAILABLE');
    expect(await next(stream)).toMatchObject({ seq: 2, state: 'AVAILABLE' });
  });

  test('a reconnect begins with the newest state', async () => {
    const first = await logIn(2);
    const stream = first.subscribe<Message>(DESKTOP, { agentId: agentAt(2).id, desktop: 'booth 2' });
    await next(stream);
    await setState(2, 'IDLE');
    const seq = await setState(2, 'AVAILABLE');
    // The same desktop comes again before its old connection was found to be dead.
    const second = await logIn(2);
    const again = second.subscribe<Message>(DESKTOP, { agentId: agentAt(2).id, desktop: 'booth 2' });
    expect(await next(again)).toMatchObject({ seq, state: 'AVAILABLE' });
  });

  test('above 1:1 nothing of the customer shows before the connection, then panel and masked number', async () => {
    await admin.query(
      `mutation { updateCampaignGroup(input: { id: "${built.groupId}", version: 1, dialingRate: 2 }) { __typename } }`,
    );
    const attemptId = await makeAttempt(3);
    const client = await logIn(3);
    await setState(3, 'RESERVED', { campaignId: built.campaignId, attemptId });
    const stream = client.subscribe<Message>(DESKTOP, { agentId: agentAt(3).id });
    const reserved = await next(stream);
    expect(reserved.popOver).toEqual({ campaignName: 'Campaign', customer: null });
    expect(reserved.customer).toBeNull();
    await setState(3, 'CONNECTED', { campaignId: built.campaignId, attemptId });
    const connected = await next(stream);
    expect(connected.customer?.number).toBe('+121******23');
    expect(connected.customer?.variables).toHaveLength(30);
    expect(connected.customer?.variables.slice(0, 2)).toEqual([
      { name: 'field7', value: 'value 7' },
      { name: 'field3', value: 'value 3' },
    ]);
    const watcher = admin.subscribe<Message>(DESKTOP, { agentId: agentAt(3).id });
    expect((await next(watcher)).customer?.number).toBe('+12125550123');
    await watcher.return?.();
  });

  test('at exactly 1:1 up to six variables are in the pop-over while dialling', async () => {
    await admin.query(
      `mutation { updateCampaignGroup(input: { id: "${built.groupId}", version: 2, dialingRate: 1 }) { __typename } }`,
    );
    const attemptId = await makeAttempt(4);
    await setState(4, 'RESERVED', { campaignId: built.campaignId, attemptId });
    const client = await logIn(4);
    const view = await next(client.subscribe<Message>(DESKTOP, { agentId: agentAt(4).id }));
    expect(view.popOver?.customer?.variables).toHaveLength(6);
    expect(view.customer).toBeNull();
  });

  test('an open desktop is present, a closed one is not, a watching supervisor makes nobody present', async () => {
    const key = `presence:${organisationId}:${agentAt(0).id}`;
    const { redis } = api.container;
    await redis.del(key);
    const watcher = admin.subscribe<Message>(DESKTOP, { agentId: agentAt(0).id });
    await next(watcher);
    expect(await redis.get(key)).toBeNull();
    const client = await logIn(0);
    await next(client.subscribe<Message>(DESKTOP, { agentId: agentAt(0).id }));
    expect(await redis.pttl(key)).toBeGreaterThan(10_000);
    await client.close();
    await until('the presence ends', async () => (await redis.get(key)) === null, 5_000);
    await watcher.return?.();
  });

  test('a second desktop is refused; with takeOver the first is ended with REPLACED', async () => {
    const agentId = agentAt(1).id;
    const first = await logIn(1);
    const held = first.subscribe<Message>(DESKTOP, { agentId });
    await next(held);
    const second = await logIn(1);
    await expect(second.subscribe<Message>(DESKTOP, { agentId }).next()).rejects.toMatchObject({ code: 'CONFLICT' });
    const ended = held.next().then(
      () => 'went on',
      (error: GraphqlFailure) => error.code,
    );
    await next(second.subscribe<Message>(DESKTOP, { agentId, takeOver: true }));
    expect(await ended).toBe('REPLACED');
    expect(await api.container.redis.get(`presence:${organisationId}:${agentId}`)).not.toBeNull();
  });

  test('an agent sees and acts for itself alone', async () => {
    const client = await logIn(0);
    const other = agentAt(1).id;
    await expect(client.subscribe(DESKTOP, { agentId: other }).next()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const idle = 'mutation ($id: ID!) { agentIdle(agentId: $id) { __typename } }';
    await expect(client.query(idle, { id: other })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    const device = `mutation { made: agentLogIn(deviceId: "${agentAt(1).deviceId}") { ... on Refusal { code field } } }`;
    expect(await client.query(device)).toEqual({ made: { code: 'INVALID_INPUT', field: 'deviceId' } });
  });

  test('live figures follow their row', async () => {
    const LIVE = `subscription ($id: ID!) { campaignLive(campaignId: $id) {
      seq state attempts agents { available } lines { ringing } whyNotDialling } }`;
    const client = createClient(api.url, ADMIN_TOKEN);
    open.push(client);
    const stream = client.subscribe<{ campaignLive: Record<string, unknown> }>(LIVE, { id: built.campaignId });
    const read = async () => (await take(stream, 1))[0]?.campaignLive;
    expect(await read()).toMatchObject({ seq: 0, state: 'DRAFT', attempts: 0, lines: { ringing: 0 } });
    for (const attempts of [1, 2, 3]) {
      await api.container.hot.query(
        `INSERT INTO campaign_live AS l (campaign_id, organisation_id, seq, view, at) VALUES ($1, $2, 1, $3, $4)
         ON CONFLICT (campaign_id) DO UPDATE SET seq = l.seq + 1, view = excluded.view`,
        [built.campaignId, organisationId, JSON.stringify({ attempts, lines: { ringing: attempts } }), new Date()],
      );
    }
    api.container.pubsub.publish(topics.campaignLive(organisationId, built.campaignId), { seq: 3 });
    expect(await read()).toMatchObject({ seq: 3, attempts: 3, lines: { ringing: 3 }, agents: { available: 0 } });
  });
});

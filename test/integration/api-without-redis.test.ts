import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { buildCampaign } from '../setup/build-campaign';
import { createClient, take } from '../setup/graphql-client';
import { seedOrganisation } from '../setup/seed';

/** Losing Redis loses no fact: only notices are gone, and rows are read every 5 s without them. */
describe('the api without Redis', () => {
  let api: TestApi;

  beforeAll(async () => {
    // Nobody listens there.
    api = await startTestApi({ REDIS_URL: 'redis://127.0.0.1:1' });
    await seedOrganisation(api.container.hot, new Date());
  });
  afterAll(() => api.close());

  test('names what is missing', async () => {
    const answer = await fetch(`${api.url}/readyz`);
    expect(answer.status).toBe(503);
    expect(Object.keys(((await answer.json()) as { notReady: object }).notReady)).toEqual(['redis']);
  });

  test('users log in, failed log-ins are still limited, desktops follow their rows', async () => {
    const admin = createClient(api.url, ADMIN_TOKEN);
    const built = await buildCampaign(admin, { agents: 1 });
    const [agent] = built.agents;
    const logIn = (password: string) =>
      createClient(api.url).query<{ logIn: { token: string } }>(
        'mutation ($email: String!, $password: String!) { logIn(email: $email, password: $password) { token } }',
        { email: agent?.email, password },
      );
    const { token } = (await logIn(agent?.password as string)).logIn;
    const client = createClient(api.url, token);
    const stream = client.subscribe<{ agentDesktop: { state: string } }>(
      'subscription ($id: ID!) { agentDesktop(agentId: $id) { state } }',
      { id: agent?.id },
    );
    expect((await take(stream, 1))[0]?.agentDesktop.state).toBe('LOGGED_OUT');
    await api.container.hot.query(
      `INSERT INTO agent_state (agent_id, organisation_id, dialer_id, state, since, seq)
       SELECT a.id, a.organisation_id, $2, 'IDLE', $3, 1 FROM agent a WHERE a.id = $1`,
      [agent?.id, built.dialerId, new Date()],
    );
    expect((await take(stream, 1))[0]?.agentDesktop.state).toBe('IDLE');
    await client.close();
    const codes: string[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      codes.push(
        await logIn('wrong').then(
          () => 'OK',
          (error) => error.code,
        ),
      );
    }
    expect(codes).toEqual([...Array(5).fill('UNAUTHENTICATED'), 'TOO_MANY_ATTEMPTS']);
  });
});

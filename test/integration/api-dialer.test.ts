import { newId } from '../../src/infra/ids';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { type BuiltCampaign, buildCampaign } from '../setup/build-campaign';
import { createClient, type TestClient } from '../setup/graphql-client';
import { noonZone, seedContacts, seedOrganisation } from '../setup/seed';
import { QUICK_WORLD, startWorld, type World } from './dialer-harness';

interface View {
  state: string;
  popOver: { campaignName: string } | null;
  customer: { attemptId: string; variables: { name: string; value: string }[] } | null;
}

/** Everything by HTTP and WebSocket, with a dialer and a switch behind the api. */
describe('the api with a dialer', () => {
  let world: World;
  let api: TestApi;
  let admin: TestClient;
  let built: BuiltCampaign;

  beforeAll(async () => {
    world = await startWorld({ ...QUICK_WORLD, callees: { ...QUICK_WORLD.callees, answerProbability: 1 } });
    api = await startTestApi({}, world.stores);
    const at = new Date();
    const organisationId = await seedOrganisation(world.pool, at);
    admin = createClient(api.url, ADMIN_TOKEN);
    built = await buildCampaign(admin, { agents: 1 });
    const listId = newId();
    await world.pool.query(
      `INSERT INTO contact_list (id, organisation_id, name, field_mapping, default_country, contacts, created_at)
       VALUES ($1, $2, 'L', '{"modes": {"Mobile": "phone"}, "attributes": ["first_name"]}', 'US', 5, $3)`,
      [listId, organisationId, at],
    );
    await world.pool.query(
      `INSERT INTO campaign_list (campaign_id, list_id, organisation_id, attached_at, filled_at) VALUES ($1, $2, $3, $4, $4)`,
      [built.campaignId, listId, organisationId, at],
    );
    await seedContacts(world.pool, { organisationId, campaignId: built.campaignId, listId }, 20, {
      at,
      zone: noonZone(at),
    });
    await world.startDialer(built.dialerId).served;
  });
  afterAll(async () => {
    await admin.close();
    await api.close();
    await world.close();
  });

  const done = async (client: TestClient, call: string, type: string, fields: string) => {
    const { made } = await client.query<{ made: Record<string, unknown> }>(
      `mutation { made: ${call} { __typename ... on ${type} { ${fields} } ... on Refusal { code message } } }`,
    );
    return made;
  };

  test('an agent logs in, is reserved, gets a customer, writes up the call and leaves', async () => {
    const [agent] = built.agents as [BuiltCampaign['agents'][number]];
    const { logIn } = await admin.query<{ logIn: { token: string } }>(
      `mutation { logIn(email: "${agent.email}", password: "${agent.password}") { token } }`,
    );
    const client = createClient(api.url, logIn.token);
    const stream = client.subscribe<{ agentDesktop: View }>(
      `subscription { agentDesktop(agentId: "${agent.id}") {
        state popOver { campaignName } customer { attemptId variables { name value } } } }`,
    );
    const seen: View[] = [];
    const nextView = async (): Promise<View> => {
      const { value, done: over } = await stream.next();
      if (over) throw new Error(`it ended: ${JSON.stringify(seen)}`);
      seen.push(value.agentDesktop);
      return value.agentDesktop;
    };
    const until = async (state: string): Promise<View> => {
      let view = await nextView();
      while (view.state !== state) view = await nextView();
      return view;
    };
    await until('LOGGED_OUT');
    expect(await done(client, `agentLogIn(deviceId: "${agent.deviceId}")`, 'AgentDesktop', 'agentId')).toEqual({
      __typename: 'AgentDesktop',
      agentId: agent.id,
    });
    await until('IDLE');
    expect(await done(client, 'agentAvailable', 'AgentDesktop', 'agentId')).toMatchObject({
      __typename: 'AgentDesktop',
    });
    const start = `startCampaign(id: "${built.campaignId}", idempotencyKey: "go")`;
    expect(await done(admin, start, 'Campaign', 'state')).toEqual({ __typename: 'Campaign', state: 'RUNNING' });
    expect(await done(admin, start, 'Campaign', 'state')).toEqual({ __typename: 'Campaign', state: 'RUNNING' });
    expect(await done(admin, `startCampaign(id: "${built.campaignId}")`, 'Campaign', 'state')).toMatchObject({
      code: 'INVALID_STATE',
    });
    expect((await until('RESERVED')).popOver).toEqual({ campaignName: 'Campaign' });
    const view = await until('WRAP_UP');
    const connected = seen.find(({ state }) => state === 'CONNECTED') ?? view;
    expect(connected.customer?.variables[0]?.name).toBe('first_name');
    const { attemptId } = view.customer as { attemptId: string };
    expect(
      await done(client, `agentWrapUp(attemptId: "${attemptId}", code: "SOLD")`, 'AgentDesktop', 'agentId'),
    ).toMatchObject({ __typename: 'AgentDesktop' });
    const { rows } = await world.pool.query('SELECT outcome, wrap_up_code FROM call_attempt WHERE id = $1', [
      attemptId,
    ]);
    expect(rows).toEqual([{ outcome: 'LIVE_VOICE', wrap_up_code: 'SOLD' }]);
    // The next customer may be on the line already: leaving takes effect once that call is written up.
    const asked = await done(client, 'agentLogOut', 'AgentDesktop', 'agentId');
    expect(asked).toMatchObject({ __typename: 'AgentDesktop' });
    let leaving = await nextView();
    while (leaving.state !== 'LOGGED_OUT') {
      if (leaving.state === 'WRAP_UP') {
        await done(
          client,
          `agentWrapUp(attemptId: "${leaving.customer?.attemptId}", code: "SOLD")`,
          'AgentDesktop',
          'agentId',
        );
      }
      leaving = await nextView();
    }
    await client.close();
  });

  test('a change while it runs reaches the dialer; the emergency stop is confirmed', async () => {
    const input = `{ id: "${built.groupId}", version: 1, dialingRate: 2 }`;
    expect(await done(admin, `updateCampaignGroup(input: ${input})`, 'CampaignGroup', 'version')).toMatchObject({
      version: 2,
    });
    const { rows } = await world.pool.query(`SELECT result FROM dialer_command WHERE kind = 'CAMPAIGN_RELOAD'`);
    expect(rows.map(({ result }) => result.ok)).toEqual([true]);
    const stop = await done(admin, 'emergencyStop(reason: "drill")', 'DiallingState', 'dialers { confirmation }');
    expect(stop.dialers).toEqual([{ confirmation: 'CONFIRMED' }]);
    const resume = await done(admin, 'resumeDialling(reason: "over")', 'DiallingState', 'dialers { confirmation }');
    expect(resume.dialers).toEqual([{ confirmation: 'CONFIRMED' }]);
    expect(await done(admin, `pauseCampaign(id: "${built.campaignId}")`, 'Campaign', 'state')).toMatchObject({
      state: 'PAUSED',
    });
    expect(await done(admin, `stopCampaign(id: "${built.campaignId}")`, 'Campaign', 'state')).toMatchObject({
      state: 'STOPPED',
    });
  });
});

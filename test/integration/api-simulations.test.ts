import type { Pool } from 'pg';
import { newId } from '../../src/infra/ids';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { buildCampaign } from '../setup/build-campaign';
import { createClient, type TestClient } from '../setup/graphql-client';
import { type RoleProcess, startRole } from '../setup/processes';
import { seedOrganisation } from '../setup/seed';
import { until } from '../setup/until';

let api: TestApi;
let admin: TestClient;
let worker: RoleProcess;
let campaignId: string;

beforeAll(async () => {
  api = await startTestApi();
  await seedOrganisation(api.container.hot, new Date());
  admin = createClient(api.url, ADMIN_TOKEN);
  campaignId = (await buildCampaign(admin, { agents: 1 })).campaignId;
  worker = await startRole('worker', {
    DATABASE_URL: api.stores.databaseUrl,
    REDIS_URL: api.stores.redisUrl,
    CLICKHOUSE_URL: api.stores.clickhouseUrl,
    OUTDIAL_LOG_LEVEL: 'warn',
  });
}, 120_000);
afterAll(async () => {
  await worker?.stop();
  await admin?.close();
  await api?.close();
});

interface Figure {
  mean: number;
  standardError: number | null;
  least: number;
  most: number;
}

interface View {
  id: string;
  state: string;
  progress: number;
  seq: number;
  errorMessage: string | null;
  world: string | null;
  setting: string | null;
  result:
    | (Record<'occupancyPercent' | 'abandonPercent' | 'callsPerHour' | 'finishHours', Figure> & { seeds: number })
    | null;
}

const FIELDS = `id state progress seq errorMessage world setting
  result { seeds finishedSeeds occupancyPercent { mean standardError least most } abandonPercent { mean standardError least most }
    callsPerHour { mean standardError least most } finishHours { mean standardError least most } }`;

const ask = async (input: Record<string, unknown>) => {
  const { simulateCampaign } = await admin.query<{
    simulateCampaign: View & { __typename: string; code?: string; message?: string; field?: string };
  }>(
    `mutation($input: SimulateCampaignInput!) { simulateCampaign(input: $input) {
      __typename ... on Simulation { ${FIELDS} } ... on Refusal { code message field } } }`,
    { input },
  );
  return simulateCampaign;
};

/** By the subscription, from the first view to the last. */
const follow = async (id: string): Promise<View[]> => {
  const views: View[] = [];
  const document = `subscription($id: ID!) { simulationProgress(id: $id) { ${FIELDS} } }`;
  for await (const { simulationProgress: view } of admin.subscribe<{ simulationProgress: View }>(document, { id })) {
    views.push(view);
    if (view.state === 'COMPLETED' || view.state === 'FAILED' || view.state === 'CANCELLED') break;
  }
  return views;
};

const ended = async (id: string): Promise<View> => (await follow(id)).at(-1) as View;

/** So many ended attempts of a campaign from 9 to 11, six agents at work on one day: every third answered by a person, talks of 60 s. */
const seedHistory = async (sql: Pool, attempts: number, at: string): Promise<void> => {
  await sql.query(
    `INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone,
       caller_id, attempt_no, agent_id, covered, claimed_at, not_after, phase, placed_at, ringing_at, answered_at, connected_at,
       ended_at, outcome, live_answer, wrapped_up_at, verdict_id)
     SELECT gen_random_uuid(), c.organisation_id, c.id, $2, n, g.dialer_id, 1, '+1202555' || n, 'Mobile', 'UTC', '+12025550100', 1,
       CASE WHEN person THEN ('00000000-0000-7000-8000-00000000000' || n / 3 % 6)::uuid END, true, t, t, 'ENDED', t, t + interval '1 s',
       CASE WHEN person THEN t + interval '7 s' END, CASE WHEN person THEN t + interval '8 s' END,
       CASE WHEN person THEN t + interval '68 s' ELSE t + interval '30 s' END,
       CASE WHEN person THEN 'LIVE_VOICE' ELSE 'NO_ANSWER' END, person, CASE WHEN person THEN t + interval '78 s' END, gen_random_uuid()
     FROM campaign c JOIN campaign_group g ON g.id = c.group_id, generate_series(1, $3::int) n,
       LATERAL (SELECT n % 3 = 0 AS person, $4::timestamptz + make_interval(secs => 7200.0 * n / $3::int) AS t) one
     WHERE c.id = $1`,
    [campaignId, newId(), attempts, at],
  );
};

test('stated figures become a result with a spread, told as it comes', async () => {
  const input = {
    agents: 10,
    mode: 'PREDICTIVE',
    maxDialingRate: 10,
    hitRate: 0.3,
    talkMeanSeconds: 60,
    hours: 1,
    contacts: 600,
    seeds: 3,
    idempotencyKey: 'a simulation',
  };
  const made = await ask(input);
  expect(made).toMatchObject({ __typename: 'Simulation', result: null });
  const views = await follow(made.id);
  const last = views.at(-1) as View;
  expect(last).toMatchObject({ state: 'COMPLETED', progress: 1, result: { seeds: 3, finishedSeeds: 3 } });
  expect(views.map(({ seq }) => seq)).toEqual([...views.map(({ seq }) => seq)].sort((a, b) => a - b));
  const { occupancyPercent, abandonPercent, callsPerHour, finishHours } = last.result as NonNullable<View['result']>;
  expect(occupancyPercent.mean).toBeGreaterThan(30);
  for (const figure of [occupancyPercent, callsPerHour, finishHours]) {
    expect(figure.standardError).toBeGreaterThan(0);
    expect(figure.least).toBeLessThan(figure.mean);
    expect(figure.most).toBeGreaterThan(figure.mean);
  }
  expect(abandonPercent.mean).toBeLessThan(3);
  expect((await ask(input)).id).toBe(made.id);
  const { simulation, simulations } = await admin.query<{ simulation: View; simulations: { edges: { node: View }[] } }>(
    `query($id: ID!) { simulation(id: $id) { ${FIELDS} } simulations(first: 5) { edges { node { id state } } } }`,
    { id: made.id },
  );
  expect(simulation).toEqual(last);
  expect(simulations.edges.map(({ node }) => node.id)).toContain(made.id);
}, 120_000);

test('a history makes the world, and one too short is refused', async () => {
  const at = '2026-05-04T09:00:00.000Z';
  const period = { from: '2026-05-01T00:00:00.000Z', to: '2026-05-05T00:00:00.000Z' };
  await seedHistory(api.container.hot, 60, at);
  expect(await ask({ campaignId, ...period })).toMatchObject({
    __typename: 'Refusal',
    code: 'INVALID_STATE',
    field: 'campaignId',
    message: expect.stringMatching(/60 attempts and 20 talks: at least 500 and 50/),
  });
  await seedHistory(api.container.hot, 600, at);
  const last = await ended((await ask({ campaignId, ...period, seeds: 1, hours: 1, mode: 'PREDICTIVE' })).id);
  expect(last).toMatchObject({ state: 'COMPLETED', errorMessage: null });
  const world = JSON.parse(last.world as string);
  expect(world.hitRate.map(({ value }: { value: number }) => value)).toEqual([
    expect.closeTo(1 / 3, 2),
    expect.closeTo(1 / 3, 2),
  ]);
  expect(world.talk.quantiles).toEqual(Array(51).fill(60));
  expect(world.personRing.quantiles).toEqual(Array(51).fill(6));
  expect(world.wrapUp.quantiles).toEqual(Array(51).fill(10));
  expect(JSON.parse(last.setting as string)).toMatchObject({ agents: 6, hours: 1, pacing: { mode: 'PREDICTIVE' } });
}, 120_000);

test('a simulation that runs is cancelled, and its process ends', async () => {
  const made = await ask({
    agents: 200,
    hours: 9,
    days: 2,
    seeds: 5,
    mode: 'PREDICTIVE',
    maxDialingRate: 10,
    hitRate: 0.1,
  });
  await until(
    'it runs',
    async () => {
      const { simulation } = await admin.query<{ simulation: View }>(
        `{ simulation(id: "${made.id}") { state progress } }`,
      );
      return simulation.state === 'RUNNING' && simulation.progress > 0;
    },
    90_000,
  );
  const { cancelSimulation } = await admin.query<{ cancelSimulation: View }>(
    `mutation { cancelSimulation(id: "${made.id}") { ... on Simulation { state } ... on Refusal { message } } }`,
  );
  expect(cancelSimulation).toEqual({ state: 'CANCELLED' });
  // The worker takes one at a time: another comes to its end only when this one's process has.
  expect((await ended((await ask({ agents: 2, hours: 0.2, seeds: 1 })).id)).state).toBe('COMPLETED');
}, 120_000);

test.each([
  [{ agents: 1001 }, 'agents', 'agents 1001 is outside 1–1000'],
  [{ seeds: 21 }, 'seeds', 'seeds 21 is outside 1–20'],
  [{ hitRate: 1.5 }, 'hitRate', 'hitRate 1.5 is outside 0–1'],
  [{ dialingRate: 2, mode: 'PREDICTIVE' }, 'dialingRate', /dialingRate does not belong to PREDICTIVE/],
  [{ world: '{"wrapUp": {"shape": "empirical", "quantiles": [2, 1]}}' }, 'world.wrapUp', /world\.wrapUp/],
  [{ agents: 900, hours: 24, days: 20 }, 'seeds', /at most 50000/],
])('bad input is refused by its field: %j', async (input, field, message) => {
  const refusal = await ask(input);
  expect(refusal).toMatchObject({ __typename: 'Refusal', code: 'INVALID_INPUT' });
  expect(refusal.field).toContain(field);
  expect(refusal.message).toMatch(message);
});

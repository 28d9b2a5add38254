import { parse } from 'csv-parse/sync';
import { newId } from '../../src/infra/ids';
import type { Role } from '../../src/organisations/caller';
import { generateApiKey } from '../../src/organisations/tokens';
import { createOutboxExporter } from '../../src/reporting/outbox-exporter';
import { startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { type Seeded, seedCampaign } from '../setup/seed';
import { seedAttempts } from './reporting-facts';

const at = new Date('2026-04-02T10:00:00.000Z');
const filter = { from: '2026-04-02T00:00:00Z', to: '2026-04-03T00:00:00+00:00' };
let api: TestApi;
let seeded: Seeded;
let foreign: Seeded;
let ids: string[];
const clients: TestClient[] = [];

const keyOf = async ({ organisationId }: Seeded, ...roles: Role[]): Promise<string> => {
  const { secret, prefix, hash } = generateApiKey();
  await api.container.hot.query(
    `INSERT INTO api_key (id, organisation_id, name, prefix, key_hash, roles, created_by, created_at)
     VALUES ($1, $2, 'test', $3, $4, $5, 'test', $6)`,
    [newId(), organisationId, prefix, hash, roles, at],
  );
  return secret;
};

const clientOf = async (of: Seeded, ...roles: Role[]): Promise<TestClient> => {
  const client = createClient(api.url, await keyOf(of, ...roles));
  clients.push(client);
  return client;
};

beforeAll(async () => {
  api = await startTestApi();
  const { hot: pool, warehouse, clock, logger, metrics } = api.container;
  seeded = await seedCampaign(pool, { at });
  foreign = await seedCampaign(pool, { at });
  const specs = Array.from({ length: 30 }, (_, index) => ({
    claimedAt: new Date(at.getTime() + index * 600_000),
    outcome: index % 3 === 0 ? 'LIVE_VOICE' : 'BUSY',
    liveAnswer: index % 3 === 0,
    agentId: index % 2 === 0 ? null : seeded.agents[0]?.id,
  }));
  ids = await seedAttempts(pool, seeded, specs, at);
  const exporter = createOutboxExporter({ pool, warehouse, clock, logger, metrics });
  while ((await exporter.run()).rows > 0);
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await api?.close();
});

interface Report {
  campaignReport: {
    totals: { attempts: number };
    rows: {
      edges: { node: { agentId: string | null; intervalStart: string; measures: { attempts: number } } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  };
}

const REPORT = `query ($filter: CallAttemptFilter!, $after: String) {
  campaignReport(filter: $filter) {
    totals { attempts liveAnswers busy abandonRatePercent answerToConnectP95Ms talkSeconds }
    rows(groupBy: [INTERVAL, AGENT], interval: { unit: HOUR, timeZone: "Europe/London" }, first: 2, after: $after) {
      edges { cursor node { intervalStart agentId agentName measures { attempts } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`;

const ATTEMPTS = `query ($filter: CallAttemptFilter!) {
  callAttempts(filter: $filter, first: 5) {
    edges { node { id number maskedNumber outcome agentName timeline { event at } } } pageInfo { hasNextPage }
  }
}`;

test('a report is read page by page and drilled into', async () => {
  const client = await clientOf(seeded, 'ANALYST');
  let sum = 0;
  for (let after: string | null = null; ; ) {
    const { campaignReport }: Report = await client.query<Report>(REPORT, { filter, after });
    expect(campaignReport.totals).toMatchObject({ attempts: 30, liveAnswers: 10, busy: 20, abandonRatePercent: 0 });
    for (const { node } of campaignReport.rows.edges) sum += node.measures.attempts;
    if (!campaignReport.rows.pageInfo.hasNextPage) break;
    after = campaignReport.rows.pageInfo.endCursor;
  }
  expect(sum).toBe(30);
  const none = await client.query<Report>(REPORT, { filter: { ...filter, agentIds: [null] } });
  expect(none.campaignReport.totals.attempts).toBe(15);
});

test('single attempts and their timeline, numbers by role', async () => {
  interface Attempts {
    callAttempts: { edges: { node: { id: string; number: string | null; maskedNumber: string } }[] };
  }
  const analyst = await (await clientOf(seeded, 'ANALYST')).query<Attempts>(ATTEMPTS, { filter });
  expect(analyst.callAttempts.edges.map(({ node }) => node.id)).toEqual(ids.slice(0, 5));
  expect(analyst.callAttempts.edges.every(({ node }) => node.number === null)).toBe(true);
  const manager = await (await clientOf(seeded, 'CAMPAIGN_MANAGER')).query<Attempts>(ATTEMPTS, { filter });
  expect(manager.callAttempts.edges.every(({ node }) => /^\+1\d{10}$/.test(node.number ?? ''))).toBe(true);
});

test('another organisation sees nothing of it', async () => {
  const stranger = await clientOf(foreign, 'ADMIN');
  const asked = { ...filter, campaignIds: [seeded.campaignId] };
  expect((await stranger.query<Report>(REPORT, { filter: asked })).campaignReport.totals.attempts).toBe(0);
  await expect(
    stranger.query(`query ($id: ID!) { callAttempt(id: $id) { id } }`, { id: ids[0] }),
  ).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});

test('agents, and callers without a token, are refused', async () => {
  const agent = await clientOf(seeded, 'AGENT');
  await expect(agent.query(REPORT, { filter })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  await expect(createClient(api.url).query(REPORT, { filter })).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
});

test('the CSV of a report', async () => {
  const get = async (query: string, token?: string) =>
    fetch(`${api.url}/reports/campaign.csv?${query}`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
  const key = await keyOf(seeded, 'SUPERVISOR');
  const range = 'from=2026-04-02T00:00:00Z&to=2026-04-03T00:00:00Z';
  const answer = await get(`${range}&groupBy=OUTCOME`, key);
  expect(answer.headers.get('content-type')).toContain('text/csv');
  const records = parse(await answer.text(), { columns: true }) as Record<string, string>[];
  expect(records.map(({ outcome, attempts }) => [outcome, attempts])).toEqual([
    ['BUSY', '20'],
    ['LIVE_VOICE', '10'],
  ]);
  const none = await get(`${range}&groupBy=AGENT&agentIds=`, key);
  expect((parse(await none.text(), { columns: true }) as Record<string, string>[])[0]?.attempts).toBe('15');
  expect((await get(`${range}&groupBy=OUTCOME`)).status).toBe(401);
  expect((await get(`${range}&groupBy=OUTCOME`, await keyOf(seeded, 'AGENT'))).status).toBe(403);
  const bad = await get(`${range}&groupBy=WEATHER`, key);
  expect([bad.status, await bad.json()]).toMatchObject([400, { errors: [{ extensions: { code: 'INVALID_INPUT' } }] }]);
});

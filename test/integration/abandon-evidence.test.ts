import { parse } from 'csv-parse/sync';
import { newId } from '../../src/infra/ids';
import type { Role } from '../../src/organisations/caller';
import { generateApiKey } from '../../src/organisations/tokens';
import { startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { type Seeded, seedCampaign } from '../setup/seed';

const at = new Date('2026-04-30T10:00:00.000Z');
let api: TestApi;
let seeded: Seeded;
let foreign: Seeded;
const clients: TestClient[] = [];

const keyOf = async ({ organisationId }: Seeded, role: Role): Promise<string> => {
  const { secret, prefix, hash } = generateApiKey();
  await api.container.hot.query(
    `INSERT INTO api_key (id, organisation_id, name, prefix, key_hash, roles, created_by, created_at)
     VALUES ($1, $2, 'test', $3, $4, $5, 'test', $6)`,
    [newId(), organisationId, prefix, hash, [role], at],
  );
  return secret;
};
const clientOf = async (of: Seeded, role: Role): Promise<TestClient> => {
  const client = createClient(api.url, await keyOf(of, role));
  clients.push(client);
  return client;
};

/** Minutes of the ledger: time, live answers, served, overdial, fault. */
const LEDGER: [string, number, number, number, number][] = [
  ['2026-04-29T09:00:00Z', 100, 98, 0, 2],
  ['2026-04-29T23:30:00Z', 40, 39, 1, 0],
  // Canada's April ends at 04:00 UTC.
  ['2026-05-01T03:59:00Z', 60, 58, 2, 0],
  ['2026-05-01T04:00:00Z', 50, 49, 1, 0],
];

beforeAll(async () => {
  api = await startTestApi();
  const { hot: pool } = api.container;
  seeded = await seedCampaign(pool, { at, contacts: 2 });
  foreign = await seedCampaign(pool, { at });
  await pool.query(`UPDATE campaign_contact SET law = 'CA' WHERE campaign_id = $1`, [seeded.campaignId]);
  for (const [minute, live, served, overdial, fault] of LEDGER) {
    await pool.query(
      `INSERT INTO abandon_ledger (campaign_id, minute, organisation_id, live_answers, served, overdial, fault)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [seeded.campaignId, minute, seeded.organisationId, live, served, overdial, fault],
    );
  }
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await api?.close();
});

const EVIDENCE = `query ($filter: AbandonEvidenceFilter!, $first: Int, $after: String) {
  abandonEvidence(filter: $filter, first: $first, after: $after) {
    edges { node {
      window { key scope profiles limitPercent } intervalStart liveAnswers served overdial fault abandons
      windowAnswers windowAbandons windowRatePercent highestRatePercent overLimit
    } }
    pageInfo { hasNextPage endCursor }
  }
}`;

interface Row {
  window: { key: string };
  intervalStart: string;
  [measure: string]: unknown;
}
interface Evidence {
  abandonEvidence: { edges: { node: Row }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
}

const filterOf = (unit: string) => ({
  campaignId: seeded.campaignId,
  from: '2026-04-29T12:00:00Z',
  to: '2026-05-02T00:00:00Z',
  unit,
  timeZone: 'America/Toronto',
});

const all = async (client: TestClient, unit: string, first: number): Promise<Row[]> => {
  const rows: Row[] = [];
  for (let after: string | null = null; ; ) {
    const { abandonEvidence }: Evidence = await client.query<Evidence>(EVIDENCE, {
      filter: filterOf(unit),
      first,
      after,
    });
    rows.push(...abandonEvidence.edges.map(({ node }) => node));
    if (!abandonEvidence.pageInfo.hasNextPage) return rows;
    after = abandonEvidence.pageInfo.endCursor;
  }
};

test('every window by the day, each with what it held then', async () => {
  const client = await clientOf(seeded, 'ANALYST');
  const rows = await all(client, 'DAY', 2);
  const [thirty, month] = [...new Set(rows.map(({ window }) => window.key))];
  expect(thirty).toBe('ROLLING/2592000000/LIVE_ANSWERS/ALL');
  expect(month).toBe('MONTH/America/Toronto/LIVE_ANSWERS/ALL');
  const figures = (key: string | undefined) =>
    rows
      .filter(({ window }) => window.key === key)
      .map(({ intervalStart, liveAnswers, abandons, windowAnswers, windowAbandons }) => [
        new Date(intervalStart).toISOString(),
        ...[liveAnswers, abandons, windowAnswers, windowAbandons],
      ]);
  // What was before the time asked about is in the windows all the same.
  expect(figures(thirty)).toEqual([
    ['2026-04-29T04:00:00.000Z', 40, 1, 140, 3],
    ['2026-04-30T04:00:00.000Z', 60, 2, 200, 5],
    ['2026-05-01T04:00:00.000Z', 50, 1, 250, 6],
  ]);
  // The new month begins with nothing.
  expect(figures(month)).toEqual([
    ['2026-04-29T04:00:00.000Z', 40, 1, 140, 3],
    ['2026-04-30T04:00:00.000Z', 60, 2, 200, 5],
    ['2026-05-01T04:00:00.000Z', 50, 1, 50, 1],
  ]);
  expect(rows[1]).toMatchObject({
    window: { scope: 'CAMPAIGN', limitPercent: 3 },
    ...{ served: 58, overdial: 2, fault: 0, windowRatePercent: 2.5, highestRatePercent: 2.5, overLimit: false },
  });
  const minutes = await all(client, 'MINUTE', 50);
  expect(minutes).toHaveLength(6);
  expect(new Date(minutes[2]?.intervalStart ?? '').toISOString()).toBe('2026-05-01T04:00:00.000Z');
});

test('the same as CSV', async () => {
  const get = async (query: Record<string, string>, token: string) =>
    fetch(`${api.url}/reports/abandon-evidence.csv?${new URLSearchParams(query)}`, {
      headers: { authorization: `Bearer ${token}` },
    });
  const key = await keyOf(seeded, 'SUPERVISOR');
  const answer = await get(filterOf('DAY'), key);
  expect(answer.headers.get('content-type')).toContain('text/csv');
  const records = parse(await answer.text(), { columns: true }) as Record<string, string>[];
  expect(records).toHaveLength(6);
  expect(records[4]).toMatchObject({
    ...{
      window: 'MONTH/America/Toronto/LIVE_ANSWERS/ALL',
      scope: 'CAMPAIGN',
      interval_start: '2026-04-30T04:00:00.000Z',
    },
    ...{
      live_answers: '60',
      abandoned_overdial: '2',
      abandons_counted: '2',
      window_rate_percent: '2.5',
      over_limit: 'false',
    },
  });
  expect((await get({ ...filterOf('DAY'), unit: 'CENTURY' }, key)).status).toBe(400);
  expect((await get(filterOf('DAY'), await keyOf(seeded, 'AGENT'))).status).toBe(403);
});

test('is refused beyond its bounds and outside its organisation', async () => {
  const client = await clientOf(seeded, 'CAMPAIGN_MANAGER');
  const ask = (of: TestClient, filter: object) => of.query(EVIDENCE, { filter: { ...filterOf('MINUTE'), ...filter } });
  await expect(ask(client, { from: '2026-01-01T00:00:00Z' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(ask(client, { timeZone: 'Mars/Olympus' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(ask(await clientOf(foreign, 'ADMIN'), {})).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

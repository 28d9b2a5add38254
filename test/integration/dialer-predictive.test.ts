import { newId } from '../../src/infra/ids';
import { generateApiKey } from '../../src/organisations/tokens';
import { createOutboxExporter } from '../../src/reporting/outbox-exporter';
import { startTestApi, type TestApi } from '../setup/api';
import { createClient } from '../setup/graphql-client';
import { noonZone, type Seeded } from '../setup/seed';
import {
  attemptsOf,
  campaignState,
  closeEnded,
  QUICK_WORLD,
  staff,
  startWorld,
  until,
  type World,
} from './dialer-harness';

let world: World;
let api: TestApi | undefined;
beforeAll(async () => {
  world = await startWorld(QUICK_WORLD);
});
afterAll(async () => {
  await api?.close();
  await world?.close();
});

interface Decision {
  id: string;
  at: string;
  reason: string;
  agents: number;
  lines: number;
  idle: number;
  answerRate: number;
}

const READ = `query($id: ID!, $from: DateTimeISO!, $to: DateTimeISO!, $after: String) {
  pacingDecisions(campaignId: $id, from: $from, to: $to, first: 5, after: $after) {
    edges { node { id at reason agents idle lines expectedFreed expectedAnswers risk threshold theta tokens allowed answerRate
      liveRate pledged uncovered riskPerLine } }
    pageInfo { hasNextPage endCursor } } }`;

/** Through the API, page by page, as an analyst of the organisation does; with the last live view. */
const reported = async (seeded: Seeded) => {
  api = await startTestApi({}, world.stores);
  const { hot: pool, warehouse, clock, logger, metrics } = api.container;
  const exporter = createOutboxExporter({ pool, warehouse, clock, logger, metrics });
  while ((await exporter.run()).rows > 0);
  const { secret, prefix, hash } = generateApiKey();
  await pool.query(
    `INSERT INTO api_key (id, organisation_id, name, prefix, key_hash, roles, created_by, created_at)
     VALUES ($1, $2, 'test', $3, $4, '{ANALYST}', 'test', $5)`,
    [newId(), seeded.organisationId, prefix, hash, clock.date()],
  );
  const client = createClient(api.url, secret);
  const nodes: Decision[] = [];
  for (let after: string | null = null; ; ) {
    const { pacingDecisions }: { pacingDecisions: { edges: { node: Decision }[]; pageInfo: Record<string, string> } } =
      await client.query(READ, {
        id: seeded.campaignId,
        from: '2020-01-01T00:00:00Z',
        to: '2100-01-01T00:00:00Z',
        after,
      });
    nodes.push(...pacingDecisions.edges.map(({ node }) => node));
    if (!pacingDecisions.pageInfo.hasNextPage) break;
    after = pacingDecisions.pageInfo.endCursor ?? null;
  }
  const live = client.subscribe<{ campaignLive: { pacing: Decision | null } }>(
    'subscription($id: ID!) { campaignLive(campaignId: $id) { pacing { reason agents lines risk threshold tokens } } }',
    { id: seeded.campaignId },
  );
  const { value } = await live.next();
  await live.return?.();
  await client.close();
  return { nodes, pacing: (value as { campaignLive: { pacing: Decision | null } }).campaignLive.pacing };
};

it('a predictive campaign runs to its end in the dialer and keeps to the abandon limit', async () => {
  const zone = noonZone(world.clock.date());
  const seeded = await world.seed({
    contacts: 100,
    agents: 5,
    zone,
    predictive: { maxDialingRate: 3, predictiveCorrectionPace: 70, predictiveGain: 1 },
  });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const stop = await staff(world, seeded);
  expect(await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {})).toMatchObject({ state: 'RUNNING' });
  await until(
    'the campaign to complete',
    async () => {
      await closeEnded(world, seeded);
      return (await campaignState(world, seeded)) === 'COMPLETED';
    },
    60_000,
  );
  stop();
  await dialer.end();
  const attempts = await attemptsOf(world, seeded);
  const live = attempts.filter((row) => row.live_answer).length;
  expect(attempts).toHaveLength(100);
  expect(attempts.every((row) => row.outcome !== null)).toBe(true);
  expect(live).toBeGreaterThan(0);
  expect(attempts.filter((row) => row.abandon_cause !== null).length).toBeLessThanOrEqual(live * 0.03);
  expect(world.truth().customers).toHaveLength(100);
  expect(world.truth().overlaps).toEqual([]);

  // Of its decisions a sample has been kept, each exactly once, and the live view shows the last.
  const { nodes, pacing } = await reported(seeded);
  expect(nodes.length).toBeGreaterThan(0);
  expect(new Set(nodes.map(({ id }) => id)).size).toBe(nodes.length);
  const times = nodes.map(({ at }) => Date.parse(at));
  expect(times).toEqual([...times].sort((a, b) => a - b));
  for (const [index, { at, reason }] of nodes.entries()) {
    const before = nodes[index - 1];
    if (before?.reason === reason) expect(Date.parse(at) - Date.parse(before.at)).toBeGreaterThanOrEqual(990);
  }
  expect(nodes.some(({ agents, lines }) => agents === 5 && lines > 0)).toBe(true);
  expect(nodes.map(({ reason }) => reason)).toContain(pacing?.reason);
}, 120_000);

import type { Pool } from 'pg';
import { readLawCodesOf } from '../../src/compliance/abandon/law-codes';
import { LawBook } from '../../src/compliance/own/law-book';
import { createCandidates } from '../../src/dialer/shell/candidates';
import { createLaws } from '../../src/dialer/shell/laws';
import { newId } from '../../src/infra/ids';
import { createPool } from '../../src/infra/postgres';
import { LAW } from '../setup/gate-facts';
import { type TestStores, testStores } from '../setup/stores';
import { until } from '../setup/until';
import { claimOnce, endAttempts, type GateWorld, makeAllReady, seedGateWorld } from './gate-world';

/** Half past eight in the evening in New York, on a Monday. */
const EVENING = Date.parse('2026-11-03T01:30:00Z');
const NEW_YORK = 'US|US-NY';
const FLORIDA = 'US|US-FL';

let stores: TestStores;
let pool: Pool;
beforeAll(async () => {
  stores = await testStores();
  pool = createPool({ url: stores.databaseUrl, applicationName: 'test', pipeline: true });
});
afterAll(async () => {
  await pool.end();
  await stores.close();
});

const seed = async () => {
  const people = [0, 1].map((n) => ({ number: `+1202555010${n}`, person: null }));
  const seeded = await seedGateWorld(pool, { at: new Date(EVENING - 60_000), campaigns: 1, people, law: LAW });
  const world: GateWorld = { ...seeded, laws: createLaws(new LawBook(), seeded.organisationId) };
  const [campaign] = world.campaigns;
  if (!campaign) throw new Error('no campaign');
  const ids = world.contactIds.get(campaign.campaignId) as [number, number];
  const codes = [NEW_YORK, FLORIDA];
  for (const [at, id] of ids.entries()) {
    await pool.query(
      `UPDATE campaign_contact SET zone = 'America/New_York', law = $2, due_at = $3 WHERE contact_id = $1`,
      [id, codes[at], new Date(EVENING - 60_000)],
    );
  }
  return { world, campaign, ids };
};

const override = async (organisationId: string, reason: string) => {
  const source = { cite: reason, lookedUp: true };
  const day = [{ start: '08:00', end: '21:00' }];
  const weekly = { monday: day, tuesday: day };
  await pool.query(
    `WITH made AS (
       INSERT INTO compliance_override (id, organisation_id, profile, rule, value, reason, from_day, to_day, created_by, created_at)
       VALUES ($1, $2, 'US-FL', 'hours', $3, $4, '2026-11-01', '2026-11-30', 'test', $5))
     UPDATE organisation SET law_version = law_version + 1 WHERE id = $2`,
    [newId(), organisationId, JSON.stringify({ weekly, source }), reason, new Date(EVENING)],
  );
};

test('a claim goes by the law of each person, and from the next claim on by what has changed in it', async () => {
  const { world, campaign, ids } = await seed();
  const [newYorker, floridian] = ids;
  const first = await claimOnce(pool, world, campaign, ids, { at: EVENING });
  expect(first.map(({ contactId }) => contactId)).toEqual([newYorker]);
  const { rows } = await pool.query('SELECT state, due_at FROM campaign_contact WHERE contact_id = $1', [floridian]);
  // Nine hours and a half later it is eight in the morning there.
  expect(rows).toEqual([{ state: 'READY', due_at: new Date('2026-11-03T13:00:00Z') }]);

  await override(world.organisationId, 'they asked for it in writing');
  await endAttempts(pool, [first[0]?.id as string], EVENING);
  await makeAllReady(pool, world, EVENING);
  const second = await claimOnce(pool, world, campaign, [floridian], { at: EVENING + 1 });
  expect(second.map(({ contactId }) => contactId)).toEqual([floridian]);
  const { rows: attempts } = await pool.query(
    `SELECT a.law, v.words AS verdict FROM call_attempt a
     JOIN verdict v ON v.organisation_id = a.organisation_id AND v.id = a.verdict_id
     WHERE a.organisation_id = $1 ORDER BY a.law`,
    [world.organisationId],
  );
  expect(attempts).toMatchObject([
    { law: FLORIDA, verdict: { profiles: ['US@2024-10-15', 'US-FL@2021-07-01'], overrides: [expect.any(String)] } },
    { law: NEW_YORK, verdict: { profiles: ['US@2024-10-15'] } },
  ]);
  expect(attempts[1].verdict.overrides).toBeUndefined();
});

test('candidates are taken from zones that are open by the law of those in them', async () => {
  const { world, campaign, ids } = await seed();
  const clock = { now: () => EVENING, date: () => new Date(EVENING) };
  const hours = { startMinute: 0, endMinute: 1440 };
  const candidates = createCandidates({
    pool,
    clock,
    campaignId: campaign.campaignId,
    hours,
    laws: world.laws,
    isThere: () => true,
    onError: (error) => {
      throw error;
    },
  });
  candidates.refill();
  await until('candidates', async () => candidates.held > 0, 10_000);
  expect(candidates.take(10)).toEqual([ids[0]]);
  await override(world.organisationId, 'they asked for it in writing');
  candidates.reset(hours);
  candidates.refill();
  await until('both', async () => candidates.held === 2, 10_000);
  candidates.close();
});

test('the laws of a campaign are those of its contacts, also of whoever is being called', async () => {
  const { world, campaign, ids } = await seed();
  const { campaignId } = campaign;
  const other = await seed();
  const laws = () => readLawCodesOf(pool, [campaignId, other.campaign.campaignId, newId()]);
  const both = [FLORIDA, NEW_YORK];
  expect(await laws()).toEqual(new Map([campaignId, other.campaign.campaignId].map((id) => [id, both])));
  const claimed = await claimOnce(pool, world, campaign, ids, { at: EVENING });
  expect(claimed).toHaveLength(1);
  const { rows } = await pool.query('SELECT law, state FROM campaign_contact WHERE campaign_id = $1 ORDER BY law', [
    campaignId,
  ]);
  expect(rows).toEqual([
    { law: FLORIDA, state: 'READY' },
    { law: NEW_YORK, state: 'IN_FLIGHT' },
  ]);
  expect((await laws()).get(campaignId)).toEqual(both);
});

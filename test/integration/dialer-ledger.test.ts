import { newId } from '../../src/infra/ids';
import { noonZone } from '../setup/seed';
import { attemptsOf, QUICK_WORLD, staff, startWorld, until, type World } from './dialer-harness';

let world: World;
beforeAll(async () => {
  world = await startWorld(QUICK_WORLD);
});
afterAll(async () => {
  await world?.close();
});

it('dials 1:1 while the ledger cannot be read, says so, and ahead once it can', async () => {
  const seeded = await world.seed({ contacts: 300, agents: 3, dialingRate: 3, zone: noonZone(world.clock.date()) });
  const hourAgo = new Date(Math.floor(world.clock.now() / 60_000) * 60_000 - 3_600_000);
  await world.pool.query(
    `INSERT INTO abandon_ledger (campaign_id, minute, organisation_id, live_answers, served, agent_lost, fault)
     VALUES ($1, $2, $3, 1000, 990, 2, 1)`,
    [seeded.campaignId, hourAgo, seeded.organisationId],
  );
  const view = async () =>
    (await world.pool.query('SELECT view FROM campaign_live WHERE campaign_id = $1', [seeded.campaignId])).rows[0]
      ?.view;
  const uncovered = async () => {
    const { rows } = await world.pool.query(
      'SELECT count(*) AS n FROM call_attempt WHERE campaign_id = $1 AND NOT covered',
      [seeded.campaignId],
    );
    return Number(rows[0].n);
  };

  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const stop = await staff(world, seeded);
  const holder = await world.pool.connect();
  await holder.query(
    'BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0; LOCK TABLE abandon_ledger IN ACCESS EXCLUSIVE MODE',
  );
  try {
    await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
    await until('lines for the agents', async () => (await attemptsOf(world, seeded)).length >= 3);
    await until('the figures to say why', async () => (await view())?.whyNotDialling.includes('NO_LEDGER'));
    expect(await uncovered()).toBe(0);
  } finally {
    // Its end gives the lock back.
    holder.release(true);
  }
  await until('lines ahead of agents', async () => (await uncovered()) > 0);
  await until('the figures to be those of the ledger', async () => (await view())?.windows[0].abandons === 3);
  expect((await view()).windows[0].liveAnswers).toBeGreaterThanOrEqual(1000);
  stop();
  await dialer.end();
}, 60_000);

it('judges a campaign in the windows of everyone it may call, and calls nobody before those are in force', async () => {
  const seeded = await world.seed({ contacts: 20, agents: 2, dialingRate: 3, zone: noonZone(world.clock.date()) });
  await world.pool.query(`UPDATE campaign_contact SET law = 'GB' WHERE campaign_id = $1`, [seeded.campaignId]);
  const windows = async () => {
    const { rows } = await world.pool.query('SELECT view FROM campaign_live WHERE campaign_id = $1', [
      seeded.campaignId,
    ]);
    return (rows[0]?.view.windows ?? []) as {
      kind: string;
      windowMs: number;
      profiles: string[];
      limitPercent: number;
    }[];
  };
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const stop = await staff(world, seeded);
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await until('a call', async () => (await attemptsOf(world, seeded)).length > 0);
  await until('the windows', async () => (await windows()).length > 0);
  expect(await windows()).toMatchObject([
    { kind: 'ROLLING', windowMs: 30 * 86_400_000, profiles: expect.arrayContaining(['CAMPAIGN']) },
    { kind: 'ROLLING', windowMs: 86_400_000, limitPercent: 3, profiles: [expect.stringMatching(/^GB@/)] },
  ]);
  // Somebody of another country joins the list.
  await world.pool.query(`UPDATE campaign_contact SET law = 'CA' WHERE campaign_id = $1 AND state = 'READY'`, [
    seeded.campaignId,
  ]);
  const before = (await attemptsOf(world, seeded)).length;
  await until('more calls', async () => (await attemptsOf(world, seeded)).length > before + 2);
  await until('the calendar', async () => (await windows()).some(({ kind }) => kind === 'CALENDAR'));
  const { rows } = await world.pool.query(`SELECT DISTINCT law FROM call_attempt WHERE campaign_id = $1 ORDER BY law`, [
    seeded.campaignId,
  ]);
  expect(rows.map(({ law }) => law)).toEqual(['CA', 'GB']);
  stop();
  await dialer.end();
}, 60_000);

it("an organisation's own rule over all its campaigns holds from the first call on", async () => {
  const seeded = await world.seed({ contacts: 200, agents: 2, dialingRate: 3, zone: noonZone(world.clock.date()) });
  const { organisationId, campaignId } = seeded;
  await world.pool.query(`UPDATE campaign_contact SET law = 'US|X-OWN' WHERE campaign_id = $1`, [campaignId]);
  const abandon = { limitPercent: 2, windowHours: 24, denominator: 'SERVED_OR_ABANDONED', clockStart: 'ANSWER' };
  const rules = [{ ...abandon, withinMs: 2000, scope: 'ORGANISATION', source: { cite: 'House rule' } }];
  await world.pool.query(
    `INSERT INTO compliance_profile (id, organisation_id, jurisdiction, name, versions, created_at)
     VALUES ($1, $2, 'X-OWN', 'Our call centre', $3, $4)`,
    [newId(), organisationId, JSON.stringify([{ from: '2020-01-01', abandon: rules }]), world.clock.date()],
  );
  await world.pool.query('UPDATE organisation SET law_version = law_version + 1 WHERE id = $1', [organisationId]);
  const minute = new Date(Math.floor(world.clock.now() / 60_000) * 60_000 - 3_600_000);
  // The campaign's own ledger would bear lines ahead of agents; the organisation's does not yet.
  await world.pool.query(
    `INSERT INTO abandon_ledger (campaign_id, minute, organisation_id, live_answers, served) VALUES ($1, $2, $3, 1000, 1000)`,
    [campaignId, minute, organisationId],
  );
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const stop = await staff(world, seeded);
  await world.send(seeded, 'CAMPAIGN_START', campaignId, {});
  const count = async (where: string) =>
    (await world.pool.query(`SELECT count(*) AS n FROM call_attempt WHERE campaign_id = $1 AND ${where}`, [campaignId]))
      .rows[0].n as number;
  const rule = 'ROLLING/86400000/SERVED_OR_ABANDONED/ALL';
  await until('calls', async () => (await count('outcome IS NOT NULL')) >= 8);
  expect(await count(`NOT guard_scopes @> ARRAY['${rule}']`)).toBe(0);
  expect(await count('NOT covered')).toBe(0);
  const windows = async () =>
    (await world.pool.query('SELECT view FROM campaign_live WHERE campaign_id = $1', [campaignId])).rows[0]?.view
      .windows as { scope: string; limitPercent: number; liveAnswers: number }[];
  await until('the window of the organisation', async () =>
    (await windows()).some(({ scope, limitPercent }) => scope === 'ORGANISATION' && limitPercent === 2),
  );
  // Another campaign under the rule has had many answers meanwhile.
  await world.pool.query(
    `INSERT INTO guard_scope_minute (organisation_id, rule, minute, dialer_id, live_answers, served)
     VALUES ($1, $2, $3, $4, 500, 500)`,
    [organisationId, rule, minute, newId()],
  );
  await until('lines ahead of agents', async () => (await count('NOT covered')) > 0);
  stop();
  await dialer.end();
}, 60_000);

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

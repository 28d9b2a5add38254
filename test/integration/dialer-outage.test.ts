import { noonZone } from '../setup/seed';
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
beforeAll(async () => {
  world = await startWorld(QUICK_WORLD);
});
afterAll(async () => {
  await world?.close();
});

it('loses its database connections again and again, and nothing twice', async () => {
  const seeded = await world.seed({ contacts: 60, agents: 5, zone: noonZone(world.clock.date()) });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const stop = await staff(world, seeded);
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  // Other tests have databases, and dialers, at the same server.
  const endConnections = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name LIKE 'outdial-dialer:%' AND datname = current_database()`;
  const breaker = setInterval(() => {
    world.pool.query(endConnections).catch(() => undefined);
  }, 600);
  await until('half of the attempts', async () => (await attemptsOf(world, seeded)).length >= 30, 40_000);
  clearInterval(breaker);
  await until('the campaign to complete', async () => {
    await closeEnded(world, seeded);
    return (await campaignState(world, seeded)) === 'COMPLETED';
  });
  stop();
  await dialer.end();

  const attempts = await attemptsOf(world, seeded);
  const truth = world.truth();
  expect(truth.overlaps).toEqual([]);
  expect(attempts.every((row) => row.outcome !== null)).toBe(true);
  const placed = attempts.filter((row) => row.outcome !== 'NOT_PLACED');
  expect(placed.map((row) => row.id).sort()).toEqual(truth.customers.map((leg) => leg.leg).sort());
  for (const leg of truth.customers) {
    const row = attempts.find((attempt) => attempt.id === leg.leg);
    expect(row?.outcome === 'LIVE_VOICE').toBe(leg.withAgent.length > 0);
  }
  const { rows } = await world.pool.query(
    `SELECT (SELECT sum(live_answers) FROM abandon_ledger WHERE campaign_id = $1) AS live,
       (SELECT count(*) FROM call_attempt WHERE campaign_id = $1 AND live_answer) AS "liveRows",
       (SELECT count(*) FROM outbox WHERE payload ->> 'campaign_id' = $1::text) AS facts,
       (SELECT count(DISTINCT (payload ->> 'attempt_id', payload ->> 'version')) FROM outbox
         WHERE payload ->> 'campaign_id' = $1::text) AS once,
       (SELECT count(*) FROM call_attempt WHERE campaign_id = $1 AND outcome IS NULL) AS held`,
    [seeded.campaignId],
  );
  expect(rows[0].live).toBe(rows[0].liveRows);
  expect(rows[0].facts).toBe(rows[0].once);
  expect(rows[0].held).toBe(0);
}, 90_000);

it('dials nothing while the switch is away, says so, and goes on when it is back', async () => {
  const seeded = await world.seed({ contacts: 40, agents: 3, zone: noonZone(world.clock.date()) });
  const dialer = world.startDialer(seeded.dialerId);
  const served = await dialer.served;
  const stop = await staff(world, seeded);
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await until('attempts', async () => (await attemptsOf(world, seeded)).length >= 3);
  const answer = await fetch(`http://127.0.0.1:${world.gateway.port}/simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'restart', downMs: 2_500 }),
  });
  expect(answer.status).toBeLessThan(300);
  await until('the figures to say why', async () => {
    const { rows } = await world.pool.query('SELECT view FROM campaign_live WHERE campaign_id = $1', [
      seeded.campaignId,
    ]);
    return rows[0]?.view.whyNotDialling.includes('SWITCH_LINK_DOWN');
  });
  await expect(served?.checks.switch?.()).rejects.toThrow('no link');
  await until('the link again', async () =>
    served?.checks.switch?.().then(
      () => true,
      () => false,
    ),
  );
  await until(
    'the legs of the agents to be rung again',
    async () => {
      // A lost device makes its agent idle: agents say that they are back.
      for (const agent of seeded.agents) await world.send(seeded, 'AGENT_AVAILABLE', agent.id, {});
      await closeEnded(world, seeded);
      return (await campaignState(world, seeded)) === 'COMPLETED';
    },
    30_000,
  );
  stop();
  await dialer.end();
  const attempts = await attemptsOf(world, seeded);
  expect(attempts.every((row) => row.outcome !== null)).toBe(true);
  expect(world.truth().overlaps).toEqual([]);
}, 60_000);

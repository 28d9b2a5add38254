import { openDialerDatabase, StaleEpochError } from '../../src/dialer/shell/dialer-transaction';
import { noonZone } from '../setup/seed';
import { attemptsOf, campaignState, closeEnded, staff, startWorld, until, type World } from './dialer-harness';

const LONG = ['03', '09', '31'];
const isLong = (number: string) => LONG.some((suffix) => number.endsWith(suffix));

let world: World;
beforeAll(async () => {
  world = await startWorld({
    callees: {
      answerProbability: 0.8,
      failures: { busy: 1, invalid: 0, rejected: 0, networkFailure: 0 },
      ringMs: { min: 100, max: 800 },
      talkMs: { min: 200, max: 800 },
      patienceMs: { min: 4000, max: 9000 },
    },
    // A talk that outlasts the take-over.
    rules: LONG.map((suffix) => ({ suffix, script: { outcome: 'answer' as const, ringMs: 100, talkMs: 12_000 } })),
    media: { defaultMs: 500 },
  });
});
afterAll(async () => {
  await world?.close();
});

it('a stand-by takes over from a dead dialer: talks go on, nothing is dialled twice, everything ends once', async () => {
  const seeded = await world.seed({ contacts: 40, agents: 6, zone: noonZone(world.clock.date()) });
  const first = world.startDialer(seeded.dialerId);
  expect((await first.served)?.epoch).toBe(1);
  const second = world.startDialer(seeded.dialerId);
  const stop = await staff(world, seeded);
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await until('a long talk', async () =>
    (await attemptsOf(world, seeded)).some((row) => isLong(row.number) && row.phase === 'CONNECTED'),
  );
  const talking = (await attemptsOf(world, seeded)).filter((row) => isLong(row.number) && row.phase === 'CONNECTED');

  const diedAt = performance.now();
  await first.die();
  const served = await second.served;
  expect(performance.now() - diedAt).toBeLessThan(10_000);
  expect(served?.epoch).toBe(2);

  await until(
    'the campaign to complete',
    async () => {
      await closeEnded(world, seeded);
      return (await campaignState(world, seeded)) === 'COMPLETED';
    },
    60_000,
  );
  stop();
  const attempts = await attemptsOf(world, seeded);
  const truth = world.truth();
  expect(truth.overlaps).toEqual([]);
  expect(attempts.every((row) => row.outcome !== null)).toBe(true);
  expect(new Set(attempts.map((row) => row.epoch))).toEqual(new Set([1, 2]));
  for (const talk of talking) {
    const leg = truth.customers.find((customer) => customer.leg === talk.id);
    expect(leg?.withAgent).toHaveLength(1);
    expect(attempts.find((row) => row.id === talk.id)?.outcome).toBe('LIVE_VOICE');
  }
  // Whoever answered and was with no agent is counted.
  const abandonedInTruth = truth.customers.filter((leg) => leg.live && leg.withAgent.length === 0);
  for (const leg of abandonedInTruth) {
    const row = attempts.find((attempt) => attempt.id === leg.leg);
    expect(['ABANDONED', 'CUSTOMER_ABANDONED']).toContain(row?.outcome);
  }
  const ledger = await world.pool.query(
    `SELECT (SELECT coalesce(sum(live_answers), 0) FROM abandon_ledger WHERE campaign_id = $1) AS live,
       (SELECT coalesce(sum(fault + overdial + agent_lost + amd_false), 0) FROM abandon_ledger WHERE campaign_id = $1) AS abandons,
       (SELECT count(*) FROM call_attempt WHERE campaign_id = $1 AND live_answer) AS "liveRows",
       (SELECT count(*) FROM call_attempt WHERE campaign_id = $1 AND abandon_cause IS NOT NULL) AS "abandonRows"`,
    [seeded.campaignId],
  );
  expect(ledger.rows[0].live).toBe(ledger.rows[0].liveRows);
  expect(ledger.rows[0].abandons).toBe(ledger.rows[0].abandonRows);
  const facts = await world.pool.query(
    `SELECT count(DISTINCT (payload ->> 'attempt_id', payload ->> 'version')) AS once, count(*) AS facts,
       count(DISTINCT payload ->> 'attempt_id') AS attempts FROM outbox WHERE payload ->> 'campaign_id' = $1`,
    [seeded.campaignId],
  );
  expect(facts.rows[0].once).toBe(facts.rows[0].facts);
  expect(facts.rows[0].attempts).toBe(attempts.length);
  await second.end();
}, 90_000);

it('a writer of an earlier epoch is refused and its backends are ended', async () => {
  const seeded = await world.seed({ contacts: 0, agents: 0 });
  const first = world.startDialer(seeded.dialerId);
  await first.served;
  let stale = 0;
  const old = openDialerDatabase({
    url: world.stores.databaseUrl,
    dialerId: seeded.dialerId,
    epoch: 1,
    onStale: () => {
      stale += 1;
    },
  });
  const held = old.transaction(async (sql) => {
    await sql.query(`UPDATE organisation SET name = 'written by a ghost' WHERE id = $1`, [seeded.organisationId]);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await sql.query('SELECT 1');
  });
  const outcome = held.then(
    () => 'committed',
    () => 'refused',
  );
  await first.end();
  const second = world.startDialer(seeded.dialerId);
  expect((await second.served)?.epoch).toBe(2);
  expect(await outcome).toBe('refused');
  await expect(old.transaction(async () => undefined)).rejects.toThrow(StaleEpochError);
  await expect(old.transaction(async () => undefined)).rejects.toThrow(StaleEpochError);
  expect(stale).toBe(1);
  const { rows } = await world.pool.query('SELECT name FROM organisation WHERE id = $1', [seeded.organisationId]);
  expect(rows[0].name).not.toBe('written by a ghost');
  await old.close();
  await second.end();
}, 30_000);

it('a dialer whose lease was given away stops by itself', async () => {
  const seeded = await world.seed({ contacts: 0, agents: 0 });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  await world.pool.query(`UPDATE dialer_lease SET owner = 'somebody else' WHERE dialer_id = $1`, [seeded.dialerId]);
  expect(await dialer.fatal).toMatch(/lease/);
  await dialer.die();
}, 30_000);

it('unanswered commands say so, and are taken by whoever comes next', async () => {
  const seeded = await world.seed({ contacts: 1, agents: 1 });
  const command = {
    organisationId: seeded.organisationId,
    dialerId: seeded.dialerId,
    id: 'key-1',
    target: `campaign:${seeded.campaignId}` as const,
    kind: 'CAMPAIGN_START' as const,
    body: {},
    createdBy: 'test',
  };
  await expect(world.client.send(command, 300)).rejects.toMatchObject({ code: 'DIALER_UNAVAILABLE' });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  expect(await world.client.send(command)).toMatchObject({ ok: true, state: 'RUNNING' });
  expect(await world.client.send(command)).toMatchObject({ ok: true, state: 'RUNNING' });
  await world.pool.query(
    `INSERT INTO dialer_command (organisation_id, id, dialer_id, target, kind, body, created_by, created_at, expires_at)
     VALUES ($1, 'late', $2, $3, 'CAMPAIGN_PAUSE', '{}', 'test', $4, $4)`,
    [seeded.organisationId, seeded.dialerId, command.target, new Date(world.clock.now() - 6_000)],
  );
  const late = await world.client.send({ ...command, id: 'late', kind: 'CAMPAIGN_PAUSE' });
  expect(late).toMatchObject({ ok: false, code: 'COMMAND_EXPIRED' });
  await dialer.end();
}, 30_000);

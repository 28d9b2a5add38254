import { noonZone } from '../setup/seed';
import { attemptsOf, campaignState, closeEnded, staff, startWorld, until, type World } from './dialer-harness';

let world: World;
beforeAll(async () => {
  // Everybody answers and talks long enough for a stop to fall into a talk.
  world = await startWorld({
    callees: { answerProbability: 1, ringMs: { min: 50, max: 300 }, talkMs: { min: 300, max: 900 } },
  });
});
afterAll(async () => {
  await world?.close();
});

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('pauses, resumes and stops a campaign', async () => {
  const seeded = await world.seed({ contacts: 300, agents: 3, zone: noonZone(world.clock.date()) });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const stop = await staff(world, seeded);
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await until('attempts', async () => (await attemptsOf(world, seeded)).length >= 5);

  expect(await world.send(seeded, 'CAMPAIGN_PAUSE', seeded.campaignId, {})).toMatchObject({ state: 'PAUSED' });
  await until('all lines to end', async () => (await attemptsOf(world, seeded)).every((row) => row.outcome));
  const paused = (await attemptsOf(world, seeded)).length;
  await sleep(700);
  expect((await attemptsOf(world, seeded)).length).toBe(paused);
  const reserved = await world.pool.query(
    `SELECT count(*) AS n FROM reservation WHERE campaign_id = $1 AND closed_at IS NULL`,
    [seeded.campaignId],
  );
  expect(reserved.rows[0].n).toBe(0);

  expect(await world.send(seeded, 'CAMPAIGN_RESUME', seeded.campaignId, {})).toMatchObject({ state: 'RUNNING' });
  await until('more attempts', async () => (await attemptsOf(world, seeded)).length > paused + 3);
  expect(await world.send(seeded, 'CAMPAIGN_STOP', seeded.campaignId, {})).toMatchObject({ state: 'STOPPED' });
  await until('all lines to end', async () => (await attemptsOf(world, seeded)).every((row) => row.outcome));
  expect(await campaignState(world, seeded)).toBe('STOPPED');
  expect(await world.send(seeded, 'CAMPAIGN_RESUME', seeded.campaignId, {})).toMatchObject({ code: 'INVALID_STATE' });
  stop();
  await dialer.end();
}, 40_000);

it('places nothing after an emergency stop is confirmed, and goes on after the resume', async () => {
  const seeded = await world.seed({ contacts: 300, agents: 5, zone: noonZone(world.clock.date()) });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const stop = await staff(world, seeded);
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await until('attempts', async () => (await attemptsOf(world, seeded)).length >= 8);

  const began = performance.now();
  const result = await world.send(seeded, 'ORGANISATION_STOP', seeded.organisationId, { reason: 'test' });
  const stoppedAt = Date.now();
  expect(result).toMatchObject({ ok: true });
  expect(performance.now() - began).toBeLessThan(2_500);
  await sleep(1_500);
  const ours = new Set((await attemptsOf(world, seeded)).map((row) => row.id));
  const late = world.truth().customers.filter((leg) => ours.has(leg.leg) && leg.originatedAt > stoppedAt);
  expect(late).toEqual([]);
  const flag = await world.pool.query('SELECT dialling_stopped_by AS by FROM organisation WHERE id = $1', [
    seeded.organisationId,
  ]);
  expect(flag.rows[0].by).toBe('test');

  expect(await world.send(seeded, 'ORGANISATION_RESUME', seeded.organisationId, {})).toMatchObject({ ok: true });
  await until('dialling again', async () => (await attemptsOf(world, seeded)).length > ours.size);
  stop();
  await dialer.end();
  const attempts = await attemptsOf(world, seeded);
  // What was claimed and dropped was recorded as such, and never seen by the switch.
  const seen = new Set(world.truth().customers.map((leg) => leg.leg));
  for (const row of attempts.filter((one) => one.outcome === 'NOT_PLACED')) expect(seen.has(row.id)).toBe(false);
}, 40_000);

it('moves, closes and leaves alone what the gates refuse', async () => {
  const at = world.clock.date();
  const seeded = await world.seed({
    contacts: 6,
    agents: 2,
    zone: noonZone(at),
    number: (index) => `+1646555010${index}`,
  });
  const night = `Etc/GMT${noonZone(at) === 'Etc/GMT' ? '-12' : flip(noonZone(at))}`;
  await world.pool.query(`INSERT INTO dnc_number VALUES ($1, '+16465550100', 'TEST', '', 'test', $2)`, [
    seeded.organisationId,
    at,
  ]);
  await world.pool.query(
    `INSERT INTO phone_number (organisation_id, number, opted_out_at) VALUES ($1, '+16465550101', $2)`,
    [seeded.organisationId, at],
  );
  await world.pool.query(
    `UPDATE campaign_contact cc SET attempts = 3 FROM contact c
     WHERE c.id = cc.contact_id AND cc.campaign_id = $1 AND c.number = '+16465550102'`,
    [seeded.campaignId],
  );
  await world.pool.query(
    `UPDATE campaign_contact cc SET zone = $2 FROM contact c
     WHERE c.id = cc.contact_id AND cc.campaign_id = $1 AND c.number = '+16465550103'`,
    [seeded.campaignId, night],
  );
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const stop = await staff(world, seeded);
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await until('the two that may be dialled', async () => {
    await closeEnded(world, seeded);
    const { rows } = await world.pool.query(
      `SELECT count(*) AS n FROM campaign_contact WHERE campaign_id = $1 AND state = 'CLOSED'`,
      [seeded.campaignId],
    );
    return rows[0].n === 5;
  });
  stop();
  await dialer.end();
  const { rows } = await world.pool.query(
    `SELECT c.number, cc.state, cc.close_reason AS reason FROM campaign_contact cc JOIN contact c ON c.id = cc.contact_id
     WHERE cc.campaign_id = $1 ORDER BY c.number`,
    [seeded.campaignId],
  );
  expect(rows.map((row) => `${row.state} ${row.reason}`)).toEqual([
    'CLOSED DNC',
    'CLOSED OPTED_OUT',
    'CLOSED MAX_ATTEMPTS',
    'READY null',
    'CLOSED DONE',
    'CLOSED DONE',
  ]);
  expect((await attemptsOf(world, seeded)).map((row) => row.number).sort()).toEqual(['+16465550104', '+16465550105']);
}, 40_000);

/** The other side of the day. */
const flip = (zone: string): string => {
  const offset = Number(zone.slice('Etc/GMT'.length));
  const other = offset > 0 ? offset - 12 : offset + 12;
  return other === 0 ? '' : other > 0 ? `+${other}` : `${other}`;
};

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

it('waits outside its schedule and comes back by itself; overdialling at rate 2.5 keeps to the limit', async () => {
  const at = world.clock.date();
  const zone = noonZone(at);
  // It is about noon there; the shift begins at two.
  const shift = [{ start: '14:00', end: '20:00' }];
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
  const schedule = { timeZone: zone, weekly: Object.fromEntries(days.map((day) => [day, shift])) };
  const seeded = await world.seed({ contacts: 60, agents: 4, zone, schedule, dialingRate: 2.5 });
  const dialer = world.startDialer(seeded.dialerId);
  await dialer.served;
  const stop = await staff(world, seeded);
  expect(await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {})).toMatchObject({ state: 'PENDING' });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await campaignState(world, seeded)).toBe('PENDING');
  expect(await attemptsOf(world, seeded)).toEqual([]);

  world.clock.setOffset(2 * 3_600_000);
  await until('the shift', async () => (await campaignState(world, seeded)) === 'RUNNING');
  await until('the campaign to complete', async () => {
    await closeEnded(world, seeded);
    return (await campaignState(world, seeded)) === 'COMPLETED';
  });
  stop();
  await dialer.end();
  const attempts = await attemptsOf(world, seeded);
  const live = attempts.filter((row) => row.live_answer).length;
  const abandons = attempts.filter((row) => row.abandon_cause !== null).length;
  expect(attempts.every((row) => row.outcome !== null)).toBe(true);
  expect(abandons).toBeLessThanOrEqual(live * 0.03);
  expect(world.truth().overlaps).toEqual([]);
}, 60_000);

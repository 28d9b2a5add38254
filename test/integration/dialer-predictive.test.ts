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
  await until('the campaign to complete', async () => {
    await closeEnded(world, seeded);
    return (await campaignState(world, seeded)) === 'COMPLETED';
  });
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
}, 60_000);

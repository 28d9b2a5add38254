import { join } from 'node:path';
import { replay } from '../../src/dialer/replay/replay';
import { noonZone } from '../setup/seed';
import { attemptsOf, campaignState, closeEnded, staff, startWorld, until, type World } from './dialer-harness';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(async () => {
  await world?.close();
});

it('what two dialers in turn did is done again from their input log, command by command', async () => {
  const zone = noonZone(world.clock.date());
  const seeded = await world.seed({ contacts: 60, agents: 4, zone, dialingRate: 2, abandonRatePercent: 50 });
  const first = world.startDialer(seeded.dialerId);
  await first.served;
  const stop = await staff(world, seeded);
  await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {});
  await until('some calls', async () => (await attemptsOf(world, seeded)).length > 15);
  // As a crash, but for the last second of the log.
  await first.die();
  const second = world.startDialer(seeded.dialerId);
  await second.served;
  await until(
    'the campaign to complete',
    async () => {
      await closeEnded(world, seeded);
      return (await campaignState(world, seeded)) === 'COMPLETED';
    },
    40_000,
  );
  stop();
  await second.end();

  const report = replay({ directory: join(world.inputLogs, seeded.dialerId), diff: false });
  expect(report).toMatchObject({ segments: 2, different: 0, differences: [], dropped: 0 });
  const placed = (await attemptsOf(world, seeded)).filter((attempt) => attempt.placed_at !== null);
  expect(report.commands).toBeGreaterThan(3 * placed.length);
}, 60_000);

import fc from 'fast-check';
import { simulate } from '../../../src/dialer/simulator/engine';
import { parseWorld } from '../../../src/dialer/simulator/world';
import { propertyRuns, untilSeen } from '../../setup/property-runs';
import { guardOptions } from './guard-options';
import { GuardWorld } from './guard-world';

/**
 * Not proved as STRICT is, for it foretells how many people will answer; but what it takes to break it has not been seen.
 */
describe('the balanced guard', () => {
  it('keeps every window at every abandon, whatever the pacer believes', async () => {
    let overdial = 0;
    const worlds = fc.property(guardOptions({ guard: 'BALANCED' }), (chosen) => {
      const world = new GuardWorld(chosen);
      world.run();
      overdial += world.judge.overdial;
    });
    await untilSeen(
      () => overdial > 0,
      () => fc.assert(worlds, { numRuns: propertyRuns(40) }),
    );
  });

  const world = fc.record({
    hitRate: fc.constantFrom<unknown>(0.08, 0.2, 0.5, [
      { fromHour: 0, value: 0.15 },
      { fromHour: 0.5, value: 0.6 },
    ]),
    talk: fc.constantFrom(
      { shape: 'lognormal', mean: 30, cv: 1 },
      { shape: 'gamma', k: 4, mean: 90 },
      { shape: 'constant', value: 60 },
    ),
    wrapUp: fc.constantFrom({ shape: 'constant', value: 5 }, { shape: 'gamma', k: 2, mean: 30 }),
    personRing: fc.constantFrom(
      { shape: 'gamma', k: 3, mean: 8.5 },
      { shape: 'constant', value: 15 },
      { shape: 'gamma', k: 6, mean: 16 },
    ),
    agents: fc.constantFrom({}, { breaks: { perShift: 4 } }, { inbound: { callsPerHour: 20 } }),
  });

  it('keeps the days of a simulated campaign from its first answer on', async () => {
    let abandons = 0;
    const days = fc.property(
      world,
      fc.integer({ min: 2, max: 9 }),
      fc.constantFrom(3, 8),
      fc.integer({ min: 1, max: 1e6 }),
      (of, agents, limitPercent, seed) => {
        const { recorded } = simulate({
          world: parseWorld(of),
          agents,
          hours: 1,
          days: 2,
          seed,
          pacing: { mode: 'PREDICTIVE', maxDialingRate: 10, correctionPace: 10, gain: 3 },
          abandon: { guard: 'BALANCED', limitPercent },
        });
        abandons += recorded.abandons;
        // A later day is no window by itself: in its 24 hours is a part of the day before.
        expect(recorded.dayPercents[0]).toBeLessThanOrEqual(limitPercent);
        expect(recorded.worst24HoursPercent).toBeLessThanOrEqual(limitPercent);
        expect(recorded.worst30DaysPercent).toBeLessThanOrEqual(limitPercent);
      },
    );
    await untilSeen(
      () => abandons > 0,
      () => fc.assert(days, { numRuns: propertyRuns(6) }),
    );
  });
});

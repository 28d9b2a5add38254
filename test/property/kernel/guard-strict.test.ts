import fc from 'fast-check';
import { propertyRuns } from '../../setup/property-runs';
import { GuardWorld, type GuardWorldOptions } from './guard-world';

const options = (fixed: Partial<GuardWorldOptions>): fc.Arbitrary<GuardWorldOptions> =>
  fc
    .record({
      seed: fc.integer(),
      rounds: fc.integer({ min: 200, max: 1_800 }),
      agents: fc.integer({ min: 1, max: 4 }),
      limitPercent: fc.constantFrom(1, 3, 10, 40),
      history: fc.constantFrom(0, 40, 400),
      changes: fc.boolean(),
      restarts: fc.boolean(),
      clockSteps: fc.boolean(),
    })
    .map((record) => ({ ...record, ...fixed }));

describe('the strict guard', () => {
  it('keeps every window at every abandon, whatever is changed, dies, or steps the clock', () => {
    let overdial = 0;
    fc.assert(
      fc.property(options({}), (chosen) => {
        const world = new GuardWorld(chosen);
        world.run();
        overdial += world.judge.overdial;
      }),
      { numRuns: propertyRuns(60) },
    );
    expect(overdial).toBeGreaterThan(0);
  });
});

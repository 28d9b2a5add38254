import fc from 'fast-check';
import { propertyRuns } from '../../setup/property-runs';
import { guardOptions } from './guard-options';
import { GuardWorld } from './guard-world';

describe('the strict guard', () => {
  it('keeps every window at every abandon, whatever is changed, is lost, dies, or steps the clock', () => {
    let overdial = 0;
    let others = 0;
    fc.assert(
      fc.property(guardOptions({ guard: 'STRICT' }), (chosen) => {
        const world = new GuardWorld(chosen);
        world.run();
        overdial += world.judge.overdial;
        others += world.judge.others;
      }),
      { numRuns: propertyRuns(40) },
    );
    expect(overdial).toBeGreaterThan(0);
    expect(others).toBeGreaterThan(0);
  });
});

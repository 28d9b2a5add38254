import fc from 'fast-check';
import { propertyRuns, untilSeen } from '../../setup/property-runs';
import { guardOptions } from './guard-options';
import { GuardWorld } from './guard-world';

describe('the strict guard', () => {
  it('keeps every window at every abandon, whatever is changed, is lost, dies, or steps the clock', async () => {
    let overdial = 0;
    let others = 0;
    const worlds = fc.property(guardOptions({ guard: 'STRICT' }), (chosen) => {
      const world = new GuardWorld(chosen);
      world.run();
      overdial += world.judge.overdial;
      others += world.judge.others;
    });
    await untilSeen(
      () => overdial > 0 && others > 0,
      () => fc.assert(worlds, { numRuns: propertyRuns(40) }),
    );
  });
});

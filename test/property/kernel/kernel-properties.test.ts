import fc from 'fast-check';
import { createState, step } from '../../../src/dialer/kernel/kernel';
import { propertyRuns, untilSeen } from '../../setup/property-runs';
import type { WorldOptions } from './delivery';
import { World } from './world';

const rate = fc.constantFrom(1, 1, 1.5, 2.5, 10);
const options = (fixed: Partial<WorldOptions> = {}): fc.Arbitrary<WorldOptions> =>
  fc
    .record({
      seed: fc.integer(),
      rounds: fc.integer({ min: 20, max: 600 }),
      agents: fc.integer({ min: 1, max: 8 }),
      rates: fc.tuple(rate, rate),
      classified: fc.boolean(),
      limitPercent: fc.constantFrom(0.3, 3, 10, 50),
      history: fc.constantFrom(0, 40, 400),
      trouble: fc.constantFrom(0, 0.02, 0.1, 0.4),
      ports: fc.constantFrom(0, 0, 1, 3, 8),
      personal: fc.constantFrom(0, 0.2, 0.8),
      takeOvers: fc.boolean(),
      twin: fc.boolean(),
    })
    .map((record) => ({ ...record, ...fixed }));

describe('the kernel in any world', () => {
  it('keeps the invariants, brings every attempt to one end, and goes on the same from a serialised state', () => {
    const done = new Set<string>();
    fc.assert(
      fc.property(options(), (chosen) => {
        const world = new World(chosen);
        world.run();
        for (const { type } of world.output.flat()) done.add(type);
        world.audit.judgeWindows('first');
        world.audit.judgeWindows('second');
      }),
      { numRuns: propertyRuns(500) },
    );
    expect([...done]).toEqual(expect.arrayContaining(['connect', 'treat', 'playAbandonedMessage']));
  });

  it('keeps them with predictive pacing too, from the same to the same', () => {
    fc.assert(
      fc.property(options({ rates: [3, 10] }), (chosen) => {
        const world = new World({ ...chosen, predictive: true });
        world.run();
        if (chosen.takeOvers) return;
        const again = createState({ dialerId: 'dialer', epoch: 1 });
        const output = world.inputs.map((input) => step(again, input));
        expect(JSON.stringify(output)).toBe(JSON.stringify(world.output));
      }),
      { numRuns: propertyRuns(100) },
    );
  });

  it('says the same to the same inputs', () => {
    fc.assert(
      fc.property(options({ takeOvers: false, twin: false }), (chosen) => {
        const world = new World(chosen);
        world.run();
        const again = createState({ dialerId: 'dialer', epoch: 1 });
        const output = world.inputs.map((input) => step(again, input));
        expect(JSON.stringify(output)).toBe(JSON.stringify(world.output));
      }),
      { numRuns: propertyRuns(60) },
    );
  });

  it('overdials where the guard lets it, and never beyond the limit', async () => {
    let overdial = 0;
    const worlds = fc.property(
      options({ rates: [10, 10], takeOvers: false, rounds: 900, trouble: 0.02, twin: false }),
      (chosen) => {
        const world = new World({ ...chosen, limitPercent: Math.max(3, chosen.limitPercent), history: 400 });
        world.run();
        overdial += world.audit.judgeWindows('first') + world.audit.judgeWindows('second');
      },
    );
    await untilSeen(
      () => overdial > 0,
      () => fc.assert(worlds, { numRuns: propertyRuns(60) }),
    );
  });

  it('abandons nobody by overdialling at 1:1', () => {
    fc.assert(
      fc.property(options({ rates: [1, 1] }), (chosen) => {
        const world = new World(chosen);
        world.run();
        for (const abandons of world.audit.abandons.values()) {
          expect(abandons.filter((one) => one.cause === 'OVERDIAL')).toEqual([]);
        }
      }),
      { numRuns: propertyRuns(60) },
    );
  });
});

import fc from 'fast-check';
import { propertyRuns, untilSeen } from '../../setup/property-runs';
import { GuardWorld } from './guard-world';
import { ScopeModel } from './scope-model';

const HORIZON_MS = 60_000;

describe('a guard scope over two dialers', () => {
  it('keeps its limit, and what is written is never less than what is at risk, whatever dies', async () => {
    let overdial = 0;
    let refused = 0;
    const chosen = fc.record({
      seed: fc.integer(),
      rounds: fc.integer({ min: 200, max: 900 }),
      agents: fc.integer({ min: 1, max: 4 }),
      limitPercent: fc.constantFrom(3, 10, 40),
      windowMs: fc.constantFrom(300_000, 1_800_000),
      history: fc.constantFrom(0, 40, 400),
      restarts: fc.boolean(),
      talkMs: fc.constantFrom(2_500, 60_000),
      losses: fc.boolean(),
    });
    const worlds = fc.property(
      chosen,
      ({ seed, rounds, agents, limitPercent, windowMs, history, restarts, talkMs, losses }) => {
        const scope = new ScopeModel(limitPercent, windowMs, HORIZON_MS);
        const worlds = [0, 1].map(
          (index) =>
            new GuardWorld({
              ...{ seed: seed + index, rounds, agents, history, restarts, talkMs, scope, dialer: `dialer-${index}` },
              // Their own limit leaves it to the scope.
              ...{ guard: 'STRICT', limitPercent: 80, answers: 0.6, changes: false, clockSteps: false, losses },
            }),
        );
        for (const world of worlds) world.open();
        for (let until = 1_000; until <= rounds * 1_000; until += 1_000) {
          for (const world of worlds) while (world.at < until) world.round();
        }
        overdial += scope.overdial;
        refused += scope.refused;
      },
    );
    await untilSeen(
      () => overdial > 0 && refused > 0,
      () => fc.assert(worlds, { numRuns: propertyRuns(12) }),
    );
  });
});

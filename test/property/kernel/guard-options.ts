import fc from 'fast-check';
import type { GuardWorldOptions } from './guard-world';

/** Everything that may happen to a guard; what is fixed stays. */
export const guardOptions = (fixed: Pick<GuardWorldOptions, 'guard'>): fc.Arbitrary<GuardWorldOptions> =>
  fc.record({
    guard: fc.constant(fixed.guard),
    answers: fc.constantFrom(0.15, 0.6),
    seed: fc.integer(),
    rounds: fc.integer({ min: 200, max: 1_800 }),
    agents: fc.integer({ min: 1, max: 4 }),
    limitPercent: fc.constantFrom(1, 3, 10, 40),
    history: fc.constantFrom(0, 40, 400),
    changes: fc.boolean(),
    restarts: fc.boolean(),
    clockSteps: fc.boolean(),
    losses: fc.boolean(),
  });

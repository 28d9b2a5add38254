import * as fc from 'fast-check';
import { type DialOutcome } from '../../src/contacts/retry/dial-outcome';
import { nextStep } from '../../src/contacts/retry/next-step';
import { DIAL_OUTCOMES, type OutcomeRules, PRIMARY_OUTCOME_SET, rulesOver } from '../../src/contacts/retry/outcome-set';
import { outcomeRuleOf } from '../../src/contacts/retry/rule-input';
import type { Plan } from '../../src/contacts/strategy/plan';
import { isOutdialError } from '../../src/errors';

const longestRow = (set: OutcomeRules): number =>
  Math.max(...Object.values(set).map((rule) => (rule.action === 'RETRY' ? rule.uncountedLimit : 0)));

/** Lets a contact fail with the given outcomes, over and over, until it is closed. */
const live = (
  outcomes: readonly DialOutcome[],
  maxAttempts: number,
  set: OutcomeRules,
  of = 3,
  plan: Plan | null = null,
) => {
  const give = maxAttempts * (longestRow(set) + 1);
  let standing = { attempts: 0, uncounted: 0, numberIndex: 0 };
  let endedAt = new Date('2026-01-05T12:00:00Z');
  const zones = ['Europe/London', 'Asia/Kolkata', 'America/Denver'].slice(0, of);
  const numbers = zones.map((zone, index) => ({ mode: `M${index}`, number: `+44770090000${index}`, zone }));
  const waits: number[] = [];
  let tried = {};
  for (let tries = 1; tries <= give; tries += 1) {
    const outcome = outcomes[(tries - 1) % outcomes.length] as DialOutcome;
    const step = nextStep({
      rule: set[outcome],
      reason: outcome,
      ...standing,
      maxAttempts,
      numbers,
      endedAt,
      plan,
      tried,
    });
    if (step.state === 'CLOSED') return { tries, step, waits };
    const wait = step.dueAt.getTime() - endedAt.getTime();
    const fault =
      (wait < 0 && 'time goes back') ||
      (wait > 30 * 24 * 3_600_000 && 'the wait has no bound') ||
      (step.attempts < standing.attempts && 'counts fall') ||
      (step.attempts >= maxAttempts && 'it goes on beyond its attempts') ||
      (!numbers[step.numberIndex] && 'there is no such number');
    if (fault) throw new Error(`${fault}: ${JSON.stringify(step)}`);
    waits.push(step.numberIndex > standing.numberIndex ? Number.POSITIVE_INFINITY : wait);
    tried = step.tried;
    standing = { attempts: step.attempts, uncounted: step.uncounted, numberIndex: step.numberIndex };
    endedAt = step.dueAt;
  }
  return undefined;
};

const retried = (set: OutcomeRules) => DIAL_OUTCOMES.filter((outcome) => set[outcome].action === 'RETRY');

test('a contact that only ever fails is closed, whatever the outcomes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...retried(PRIMARY_OUTCOME_SET)), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 100 }),
      (outcomes, maxAttempts) => {
        const end = live(outcomes, maxAttempts, PRIMARY_OUTCOME_SET);
        expect(end?.step).toMatchObject({ reason: 'MAX_ATTEMPTS', attempts: maxAttempts });
      },
    ),
  );
});

test('attempts that all count are exactly as many as are allowed', () => {
  const counted = retried(PRIMARY_OUTCOME_SET).filter((outcome) => {
    const rule = PRIMARY_OUTCOME_SET[outcome];
    return rule.action === 'RETRY' && rule.countsAsAttempt;
  });
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...counted), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 100 }),
      (outcomes, maxAttempts) => {
        expect(live(outcomes, maxAttempts, PRIMARY_OUTCOME_SET)?.tries).toBe(maxAttempts);
      },
    ),
  );
});

const anyRule = fc.record(
  {
    action: fc.constant('RETRY' as const),
    countsAsAttempt: fc.boolean(),
    delayMinutes: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 43_200 })),
    backOffMultiplier: fc.oneof(fc.constant(1), fc.double({ min: 1, max: 10, noNaN: true })),
    maxDelayMinutes: fc.integer({ min: 0, max: 43_200 }),
    nextMode: fc.constantFrom('SAME' as const, 'NEXT' as const),
    uncountedLimit: fc.integer({ min: 1, max: 12 }),
  },
  { requiredKeys: ['action'] },
);

test('every policy that is taken comes to an end and never dials one number twice at once', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...DIAL_OUTCOMES), anyRule), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 1, max: 3 }),
      (given, maxAttempts, of) => {
        const own: Partial<Record<DialOutcome, ReturnType<typeof outcomeRuleOf>>> = {};
        for (const [outcome, rule] of given) {
          try {
            own[outcome] = outcomeRuleOf(outcome, rule);
          } catch (error) {
            expect(isOutdialError(error) && error.code).toBe('INVALID_INPUT');
          }
        }
        const outcomes = Object.keys(own) as DialOutcome[];
        if (outcomes.length === 0) return;
        const end = live(outcomes, maxAttempts, rulesOver(own), of);
        expect(end?.step).toMatchObject({ reason: 'MAX_ATTEMPTS', attempts: maxAttempts });
        // A switch that refuses to place is asked again at once, one time: no telephone has rung.
        const atOnce = end?.waits.filter((wait) => wait === 0).length ?? 0;
        expect(atOnce).toBeLessThanOrEqual(maxAttempts);
      },
    ),
  );
});

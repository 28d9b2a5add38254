import * as fc from 'fast-check';
import { nextStep } from '../../src/contacts/retry/next-step';
import { PRIMARY_OUTCOME_SET } from '../../src/contacts/retry/outcome-set';
import type { TelephonyOutcome } from '../../src/dialer/kernel/messages';

const OUTCOMES = Object.keys(PRIMARY_OUTCOME_SET) as TelephonyOutcome[];
const RETRIED = OUTCOMES.filter((outcome) => PRIMARY_OUTCOME_SET[outcome].action === 'RETRY');
const LONGEST_ROW = Math.max(
  ...OUTCOMES.map((outcome) => {
    const rule = PRIMARY_OUTCOME_SET[outcome];
    return rule.action === 'RETRY' ? rule.uncountedLimit : 0;
  }),
);

/** Lets a contact fail with the given outcomes, over and over, until it is closed. */
const live = (outcomes: readonly TelephonyOutcome[], maxAttempts: number, give: number) => {
  let standing = { attempts: 0, uncounted: 0, numberIndex: 0 };
  let endedAt = new Date('2026-01-05T12:00:00Z');
  const zones = ['Europe/London', 'Asia/Kolkata', 'America/Denver'];
  const numbers = zones.map((zone, index) => ({ mode: `M${index}`, number: `+44770090000${index}`, zone }));
  for (let tries = 1; tries <= give; tries += 1) {
    const outcome = outcomes[(tries - 1) % outcomes.length] as TelephonyOutcome;
    const step = nextStep({ outcome, ...standing, maxAttempts, numbers, endedAt, set: PRIMARY_OUTCOME_SET });
    if (step.state === 'CLOSED') return { tries, step };
    // Time never goes back, the wait is bounded, counts only rise, and the zone is the number's own.
    const wait = step.dueAt.getTime() - endedAt.getTime();
    expect(wait).toBeGreaterThanOrEqual(0);
    expect(wait).toBeLessThanOrEqual(24 * 3_600_000);
    expect(step.attempts).toBeGreaterThanOrEqual(standing.attempts);
    expect(step.attempts).toBeLessThan(maxAttempts);
    expect(step.zone).toBe(numbers[step.numberIndex]?.zone);
    standing = { attempts: step.attempts, uncounted: step.uncounted, numberIndex: step.numberIndex };
    endedAt = step.dueAt;
  }
  return undefined;
};

test('a contact that only ever fails is closed, whatever the outcomes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...RETRIED), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 100 }),
      (outcomes, maxAttempts) => {
        const end = live(outcomes, maxAttempts, maxAttempts * (LONGEST_ROW + 1));
        expect(end?.step.reason).toBe('MAX_ATTEMPTS');
        expect(end?.step.attempts).toBe(maxAttempts);
      },
    ),
  );
});

test('attempts that all count are exactly as many as are allowed', () => {
  const counted = RETRIED.filter((outcome) => {
    const rule = PRIMARY_OUTCOME_SET[outcome];
    return rule.action === 'RETRY' && rule.countsAsAttempt;
  });
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...counted), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 100 }),
      (outcomes, maxAttempts) => {
        expect(live(outcomes, maxAttempts, maxAttempts)?.tries).toBe(maxAttempts);
      },
    ),
  );
});

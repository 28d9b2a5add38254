import { type NextStep, nextStep, type RetryQuestion } from '../../src/contacts/retry/next-step';
import { PRIMARY_OUTCOME_SET, type TelephonyOutcomeSet } from '../../src/contacts/retry/outcome-set';
import type { TelephonyOutcome } from '../../src/dialer/kernel/messages';

const endedAt = new Date('2026-03-02T15:00:00.000Z');
const numbers = [
  { mode: 'Mobile', number: '+12125550101', zone: 'America/New_York' },
  { mode: 'Home', number: '+13125550102', zone: 'America/Chicago' },
];

const ask = (over: Partial<RetryQuestion>): NextStep =>
  nextStep({
    outcome: 'BUSY',
    attempts: 0,
    uncounted: 0,
    maxAttempts: 3,
    numberIndex: 0,
    numbers,
    endedAt,
    set: PRIMARY_OUTCOME_SET,
    ...over,
  });

const minutesOf = (step: NextStep): number =>
  step.state === 'READY' ? (step.dueAt.getTime() - endedAt.getTime()) / 60_000 : Number.NaN;

describe('the primary telephony outcome set', () => {
  test.each<[TelephonyOutcome, number]>([
    ['BUSY', 60],
    ['NO_ANSWER', 60],
    ['MACHINE', 60],
    ['ABANDONED', 60],
    ['CUSTOMER_ABANDONED', 30],
    ['REJECTED', 60],
    ['UNKNOWN', 60],
  ])('%s counts and is tried again after %d minutes', (outcome, minutes) => {
    const step = ask({ outcome });
    expect(step).toMatchObject({ state: 'READY', attempts: 1, uncounted: 0, numberIndex: 0, zone: 'America/New_York' });
    expect(minutesOf(step)).toBe(minutes);
  });

  test.each<[TelephonyOutcome]>([['LIVE_VOICE'], ['INVALID_NUMBER'], ['FAX'], ['SIT']])('%s closes', (outcome) => {
    expect(ask({ outcome })).toEqual({ state: 'CLOSED', attempts: 1, uncounted: 0, reason: outcome });
  });

  test.each<[TelephonyOutcome, number[]]>([
    ['CONGESTION', [5, 10, 20, 40, 60, 60]],
    ['NETWORK_FAILURE', [5, 10, 20, 40, 60, 60]],
    ['CONFIG_ERROR', [15, 30, 60, 60, 60, 60]],
    ['CANCELLED', [60, 120, 240, 240, 240, 240]],
    ['NOT_PLACED', [0, 1, 2, 4, 8, 16]],
  ])('%s does not count, and its delay grows', (outcome, minutes) => {
    const steps = minutes.map((_, uncounted) => ask({ outcome, uncounted, attempts: 2 }));
    expect(steps.map(minutesOf)).toEqual(minutes);
    for (const [index, step] of steps.entries()) expect(step).toMatchObject({ attempts: 2, uncounted: index + 1 });
  });

  test('an outcome that does not count begins to count after its limit in a row', () => {
    expect(ask({ outcome: 'CONGESTION', uncounted: 9 })).toMatchObject({ attempts: 0, uncounted: 10 });
    expect(ask({ outcome: 'CONGESTION', uncounted: 10 })).toMatchObject({ state: 'READY', attempts: 1, uncounted: 0 });
  });

  test('a counted outcome ends the row of those that did not count', () => {
    expect(ask({ outcome: 'BUSY', uncounted: 7 })).toMatchObject({ attempts: 1, uncounted: 0 });
  });

  test('the last attempt closes', () => {
    expect(ask({ outcome: 'NO_ANSWER', attempts: 2 })).toMatchObject({
      state: 'CLOSED',
      reason: 'MAX_ATTEMPTS',
      attempts: 3,
    });
    expect(ask({ outcome: 'NO_ANSWER', maxAttempts: 1 })).toMatchObject({ state: 'CLOSED', reason: 'MAX_ATTEMPTS' });
  });

  test('it cannot be changed', () => {
    expect(Object.isFrozen(PRIMARY_OUTCOME_SET)).toBe(true);
    for (const rule of Object.values(PRIMARY_OUTCOME_SET)) expect(Object.isFrozen(rule)).toBe(true);
  });
});

describe('a set of its own', () => {
  const set: TelephonyOutcomeSet = {
    ...PRIMARY_OUTCOME_SET,
    BUSY: {
      action: 'RETRY',
      countsAsAttempt: true,
      delayMinutes: 10,
      backOffMultiplier: 3,
      maxDelayMinutes: 60,
      nextMode: 'NEXT',
      uncountedLimit: 0,
    },
  };

  test('backs off by the attempts before, up to its limit', () => {
    expect([0, 1, 2].map((attempts) => minutesOf(ask({ set, attempts, maxAttempts: 9 })))).toEqual([10, 30, 60]);
  });

  test('goes to the next number, in its zone, and round again', () => {
    expect(ask({ set })).toMatchObject({ numberIndex: 1, zone: 'America/Chicago' });
    expect(ask({ set, numberIndex: 1 })).toMatchObject({ numberIndex: 0, zone: 'America/New_York' });
  });

  test('a contact without a number is closed, not lost', () => {
    expect(ask({ numbers: [] })).toMatchObject({ state: 'CLOSED', reason: 'NO_NUMBER' });
  });
});

import { type DialOutcome, dialOutcomeOf } from '../../src/contacts/retry/dial-outcome';
import { type NextStep, nextStep, type RetryQuestion } from '../../src/contacts/retry/next-step';
import {
  type OutcomeRule,
  type OutcomeRules,
  PRIMARY_OUTCOME_SET,
  type RetryRule,
} from '../../src/contacts/retry/outcome-set';
import { ruleFor } from '../../src/contacts/retry/rule-for';
import { outcomeRuleOf } from '../../src/contacts/retry/rule-input';
import type { WrapUpCode } from '../../src/contacts/retry/wrap-up-code-set';
import type { TelephonyOutcome } from '../../src/dialer/kernel/messages';

const endedAt = new Date('2026-03-02T15:00:00.000Z');
const numbers = [
  { mode: 'Mobile', number: '+12125550101', zone: 'America/New_York' },
  { mode: 'Home', number: '+13125550102', zone: 'America/Chicago' },
];

interface Asked extends Partial<RetryQuestion> {
  outcome?: DialOutcome;
  set?: OutcomeRules;
}

const ask = ({ outcome = 'BUSY', set = PRIMARY_OUTCOME_SET, ...over }: Asked): NextStep =>
  nextStep({
    rule: set[outcome],
    reason: outcome,
    attempts: 0,
    uncounted: 0,
    maxAttempts: 3,
    numberIndex: 0,
    numbers,
    endedAt,
    plan: null,
    tried: {},
    ...over,
  });

const minutesOf = (step: NextStep): number =>
  step.state === 'READY' ? (step.dueAt.getTime() - endedAt.getTime()) / 60_000 : Number.NaN;

describe('the primary telephony outcome set', () => {
  test.each<[DialOutcome, number]>([
    ['BUSY', 60],
    ['NO_ANSWER', 60],
    ['MACHINE', 60],
    ['ABANDONED', 60],
    ['CUSTOMER_ABANDONED', 30],
    ['REJECTED', 60],
    ['BLOCKED', 1440],
    ['UNKNOWN', 60],
  ])('%s counts and is tried again after %d minutes', (outcome, minutes) => {
    const step = ask({ outcome });
    expect(step).toMatchObject({ state: 'READY', attempts: 1, uncounted: 0, numberIndex: 0 });
    expect(minutesOf(step)).toBe(minutes);
  });

  test.each<[DialOutcome]>([
    ['LIVE_VOICE'],
    ['INVALID_NUMBER'],
    ['NUMBER_CHANGED'],
    ['INCOMPLETE_NUMBER'],
    ['FAX'],
    ['SIT'],
  ])('%s closes', (outcome) => {
    expect(ask({ outcome })).toEqual({ state: 'CLOSED', attempts: 1, uncounted: 0, reason: outcome });
  });

  test.each<[DialOutcome, number[]]>([
    ['CONGESTION', [5, 10, 20, 40, 60, 60]],
    ['NETWORK_FAILURE', [5, 10, 20, 40, 60, 60]],
    ['CONFIG_ERROR', [15, 30, 60, 60, 60, 60]],
    ['NO_ROUTE', [15, 30, 60, 60, 60, 60]],
    ['OUT_OF_ORDER', [30, 60, 120, 240, 480, 960]],
    ['REFUSED_BY_CARRIER', [15, 30, 60, 60, 60, 60]],
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
  const set: OutcomeRules = {
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

  test('goes to the next number, and round again', () => {
    expect(ask({ set })).toMatchObject({ numberIndex: 1 });
    expect(ask({ set, numberIndex: 1 })).toMatchObject({ numberIndex: 0 });
  });

  test('from number to number without a delay, but not round and round', () => {
    const rule: OutcomeRule = {
      ...(set.BUSY as RetryRule),
      delayMinutes: 0,
      backOffMultiplier: 1,
      maxDelayMinutes: 45,
    };
    expect(ask({ rule })).toMatchObject({ numberIndex: 1, dueAt: endedAt });
    expect(minutesOf(ask({ rule, numberIndex: 1, attempts: 1 }))).toBe(45);
    expect(minutesOf(ask({ rule, numbers: numbers.slice(0, 1) }))).toBe(45);
  });

  test('a contact without a number is closed, not lost', () => {
    expect(ask({ numbers: [] })).toMatchObject({ state: 'CLOSED', reason: 'NO_NUMBER' });
  });
});

describe('how an attempt ended, as far as it can be told', () => {
  test.each<[TelephonyOutcome, number | null, number | null, DialOutcome]>([
    ['NO_ANSWER', 19, 480, 'NO_ANSWER'],
    ['NO_ANSWER', 18, 408, 'UNREACHABLE'],
    ['NO_ANSWER', 20, null, 'UNREACHABLE'],
    ['INVALID_NUMBER', 1, 404, 'INVALID_NUMBER'],
    ['INVALID_NUMBER', 22, 410, 'NUMBER_CHANGED'],
    ['INVALID_NUMBER', 28, 484, 'INCOMPLETE_NUMBER'],
    ['REJECTED', 21, 603, 'REJECTED'],
    ['REJECTED', 21, 403, 'REFUSED_BY_CARRIER'],
    ['REJECTED', 127, 607, 'BLOCKED'],
    ['REJECTED', 127, 608, 'BLOCKED'],
    ['NETWORK_FAILURE', 3, null, 'NO_ROUTE'],
    ['NETWORK_FAILURE', 27, 502, 'OUT_OF_ORDER'],
    ['NETWORK_FAILURE', 38, 500, 'NETWORK_FAILURE'],
    // The cause of another outcome says nothing here.
    ['LIVE_VOICE', 18, 403, 'LIVE_VOICE'],
    ['BUSY', null, null, 'BUSY'],
  ])('%s with cause %s and SIP %s is %s', (outcome, q850, sip, expected) => {
    expect(dialOutcomeOf({ outcome, q850, sip })).toBe(expected);
  });

  test('a wrap-up code of the set decides, any other text does not', () => {
    const again: RetryRule = { ...(PRIMARY_OUTCOME_SET.BUSY as RetryRule), delayMinutes: 5 };
    const codes: WrapUpCode[] = [
      { code: 'SALE', label: 'Sold', businessOutcome: null, action: 'CLOSE' },
      { code: 'NEVER', label: 'Never call', businessOutcome: null, action: 'DO_NOT_CALL' },
      { code: 'LATER', label: 'Not now', businessOutcome: null, ...again },
    ];
    const end = 'LIVE_VOICE';
    const policy = { outcomes: PRIMARY_OUTCOME_SET, codes };
    expect(ruleFor(policy, end, 'SALE')).toEqual({ rule: { action: 'CLOSE' }, reason: 'WRAP_UP' });
    expect(ruleFor(policy, end, 'NEVER')).toEqual({ rule: { action: 'CLOSE' }, reason: 'OPTED_OUT' });
    expect(ruleFor(policy, end, 'LATER')).toMatchObject({ rule: { action: 'RETRY', delayMinutes: 5 } });
    for (const code of ['OTHER', null]) {
      expect(ruleFor(policy, end, code)).toEqual({ rule: { action: 'CLOSE' }, reason: 'LIVE_VOICE' });
    }
    expect(ruleFor({ ...policy, codes: null }, end, 'LATER').reason).toBe('LIVE_VOICE');
  });
});

describe('a rule as it is given', () => {
  test.each([
    [
      { countsAsAttempt: false },
      'rules.BUSY.uncountedLimit must be given, 1–100: what never counts as an attempt would be',
    ],
    [{ delayMinutes: 0 }, 'rules.BUSY.delayMinutes 0 would dial the same number again and again without a pause'],
    [{ delayMinutes: 0, countsAsAttempt: false, uncountedLimit: 5 }, 'rules.BUSY.delayMinutes 0 would dial the same'],
    [{ delayMinutes: 0, nextMode: 'NEXT', maxDelayMinutes: 0 }, 'rules.BUSY.maxDelayMinutes 0 leaves no pause'],
    [{ delayMinutes: 90, maxDelayMinutes: 60 }, 'rules.BUSY.maxDelayMinutes 60 is under delayMinutes 90'],
    [{ uncountedLimit: 3 }, 'rules.BUSY.uncountedLimit belongs to countsAsAttempt false'],
  ] as const)('%j is refused', (given, message) => {
    expect(() => outcomeRuleOf('rules.BUSY', { action: 'RETRY', ...given })).toThrow(message);
  });

  test('CLOSE has no delay', () => {
    expect(() => outcomeRuleOf('rules.BUSY', { action: 'CLOSE', delayMinutes: 5 })).toThrow(
      'rules.BUSY.delayMinutes belongs to RETRY and not to CLOSE',
    );
  });

  test('what is left out has a default', () => {
    expect(outcomeRuleOf('rules.BUSY', { action: 'RETRY' })).toEqual(PRIMARY_OUTCOME_SET.BUSY);
    expect(outcomeRuleOf('rules.BUSY', { action: 'RETRY', delayMinutes: 3000 })).toMatchObject({
      maxDelayMinutes: 3000,
    });
  });
});

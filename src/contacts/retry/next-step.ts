import type { DialOutcome } from './dial-outcome';
import type { OutcomeRule, RetryRule } from './outcome-set';

export interface ContactNumber {
  mode: string;
  number: string;
  zone: string;
  law?: string;
}

export interface RetryQuestion {
  rule: OutcomeRule;
  /** Why the contact is closed, if the rule closes it. */
  reason: CloseReason;
  /** Counted so far, the attempt that just ended not included. */
  attempts: number;
  /** Attempts in a row that did not count, this one not included. */
  uncounted: number;
  maxAttempts: number;
  numberIndex: number;
  numbers: readonly ContactNumber[];
  /** When the attempt ended: a worker that comes late delays nobody. */
  endedAt: Date;
}

export type NextStep =
  | { state: 'READY'; attempts: number; uncounted: number; dueAt: Date; numberIndex: number; zone: string; law: string }
  | { state: 'CLOSED'; attempts: number; uncounted: number; reason: CloseReason };

/** The outcome or the wrap-up that closed the contact, or that its attempts are used up. */
export type CloseReason = DialOutcome | 'WRAP_UP' | 'OPTED_OUT' | 'MAX_ATTEMPTS' | 'NO_NUMBER';

/** A delay of nothing still grows: from the second time on it is at least a minute. */
const delayMinutes = (rule: RetryRule, earlier: number): number => {
  if (earlier === 0) return rule.delayMinutes;
  const grown = Math.max(rule.delayMinutes, rule.backOffMultiplier > 1 ? 0.5 : 0) * rule.backOffMultiplier ** earlier;
  return Math.min(grown, Math.max(rule.maxDelayMinutes, rule.delayMinutes));
};

/**
 * What becomes of a contact whose attempt has ended. Pure. It always comes to an end: an attempt either counts, and there
 * are `maxAttempts` of those, or does not, and only `uncountedLimit` in a row do not.
 */
export const nextStep = (question: RetryQuestion): NextStep => {
  const { rule, maxAttempts, numbers } = question;
  if (rule.action === 'CLOSE') {
    return { state: 'CLOSED', attempts: question.attempts + 1, uncounted: 0, reason: question.reason };
  }
  const counts = rule.countsAsAttempt || question.uncounted >= rule.uncountedLimit;
  const attempts = question.attempts + (counts ? 1 : 0);
  const uncounted = counts ? 0 : question.uncounted + 1;
  if (attempts >= maxAttempts) return { state: 'CLOSED', attempts, uncounted, reason: 'MAX_ATTEMPTS' };
  if (numbers.length === 0) return { state: 'CLOSED', attempts, uncounted, reason: 'NO_NUMBER' };
  const place = question.numberIndex + (rule.nextMode === 'NEXT' ? 1 : 0);
  const delay = delayMinutes(rule, rule.countsAsAttempt ? question.attempts : question.uncounted);
  // From number to number at once, but not round and round without a pause.
  const wait = delay === 0 && place >= numbers.length ? rule.maxDelayMinutes : delay;
  const numberIndex = place % numbers.length;
  const next = numbers[numberIndex] as ContactNumber;
  return {
    state: 'READY',
    attempts,
    uncounted,
    dueAt: new Date(question.endedAt.getTime() + wait * 60_000),
    numberIndex,
    zone: next.zone,
    law: next.law ?? '',
  };
};

import type { NoPlace, Plan, TriedModes } from '../strategy/plan';
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
  /** The campaign's contact strategy; null: the numbers in the order of the list. */
  plan: Plan | null;
  /** By mode, this attempt not included. */
  tried: TriedModes;
}

export type NextStep =
  | { state: 'READY'; attempts: number; uncounted: number; dueAt: Date; numberIndex: number; tried: TriedModes }
  | { state: 'CLOSED'; attempts: number; uncounted: number; reason: CloseReason };

/** The outcome or the wrap-up that closed the contact, or that its attempts or numbers are used up. */
export type CloseReason = DialOutcome | 'WRAP_UP' | 'OPTED_OUT' | 'MAX_ATTEMPTS' | NoPlace;

const MINUTE = 60_000;

/** A delay of nothing still grows: from the second time on it is at least a minute. */
const delayMinutes = (rule: RetryRule, earlier: number): number => {
  if (earlier === 0) return rule.delayMinutes;
  const grown = Math.max(rule.delayMinutes, rule.backOffMultiplier > 1 ? 0.5 : 0) * rule.backOffMultiplier ** earlier;
  return Math.min(grown, Math.max(rule.maxDelayMinutes, rule.delayMinutes));
};

/** The number that is next and from when. */
const placeOf = (question: RetryQuestion, rule: RetryRule, counts: boolean, tried: TriedModes) => {
  const { numbers, numberIndex: current, plan } = question;
  const ended = question.endedAt.getTime();
  const delay = delayMinutes(rule, rule.countsAsAttempt ? question.attempts : question.uncounted) * MINUTE;
  // From number to number at once, but not round and round without a pause.
  const again = delay === 0 && rule.nextMode === 'NEXT' ? rule.maxDelayMinutes * MINUTE : delay;
  if (!plan) {
    if (numbers.length === 0) return 'NO_NUMBER' as const;
    const next = current + (rule.nextMode === 'NEXT' ? 1 : 0);
    return { numberIndex: next % numbers.length, at: ended + (next < numbers.length ? delay : again) };
  }
  const position = plan.positionOf(numbers, current);
  // In sequence all modes are tried in one go; an attempt that did not count does not use up its mode's turn.
  const onward = plan.settings.sequentialDialling && counts;
  return plan.next({
    numbers,
    tried,
    preferred: onward || rule.nextMode === 'NEXT' ? plan.after(numbers, current) : current,
    from: (other) => ended + (other > position ? (onward ? 0 : delay) : again),
  });
};

/**
 * What becomes of a contact whose attempt has ended. Pure. It always comes to an end: an attempt either counts, and there
 * are `maxAttempts` of those, or does not, and only `uncountedLimit` in a row do not.
 */
export const nextStep = (question: RetryQuestion): NextStep => {
  const { rule, maxAttempts, numbers, endedAt } = question;
  if (rule.action === 'CLOSE') {
    return { state: 'CLOSED', attempts: question.attempts + 1, uncounted: 0, reason: question.reason };
  }
  const counts = rule.countsAsAttempt || question.uncounted >= rule.uncountedLimit;
  const attempts = question.attempts + (counts ? 1 : 0);
  const uncounted = counts ? 0 : question.uncounted + 1;
  if (attempts >= maxAttempts) return { state: 'CLOSED', attempts, uncounted, reason: 'MAX_ATTEMPTS' };
  const mode = numbers[question.numberIndex]?.mode;
  const before = mode === undefined ? undefined : question.tried[mode];
  const tried =
    mode === undefined
      ? question.tried
      : { ...question.tried, [mode]: { n: (before?.n ?? 0) + (counts ? 1 : 0), at: endedAt.getTime() } };
  const place = placeOf(question, rule, counts, tried);
  if (typeof place === 'string') return { state: 'CLOSED', attempts, uncounted, reason: place };
  return { state: 'READY', attempts, uncounted, dueAt: new Date(place.at), numberIndex: place.numberIndex, tried };
};

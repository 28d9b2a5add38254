import { z } from 'zod';
import { invalid } from '../../errors';
import { decimal, whole } from '../../infra/validate';
import type { OutcomeRule, RetryRule } from './outcome-set';

export const NEXT_MODES = ['SAME', 'NEXT'] as const;

/** No defaults in the schema: with CLOSE none of these may be given. */
export const retryFields = {
  countsAsAttempt: z
    .boolean()
    .optional()
    .describe("RETRY: whether it is one of the campaign's maxAttempts. Default true."),
  delayMinutes: whole({ min: 0, max: 43_200, unit: 'minutes' })
    .optional()
    .describe('RETRY: from the end of the attempt to the next. Default 60.'),
  backOffMultiplier: decimal({ min: 1, max: 10 })
    .optional()
    .describe('RETRY: the delay grows by it with each earlier attempt. Default 1.'),
  maxDelayMinutes: whole({ min: 0, max: 43_200, unit: 'minutes' })
    .optional()
    .describe('RETRY: the longest delay, not under delayMinutes. Default 1440, or delayMinutes when that is longer.'),
  nextMode: z
    .enum(NEXT_MODES)
    .meta({ typeName: 'NextMode' })
    .optional()
    .describe('RETRY: the same contact mode again or the next one. Default SAME.'),
  uncountedLimit: whole({ min: 1, max: 100 })
    .optional()
    .describe('RETRY: after so many in a row it counts all the same. Must be given when countsAsAttempt is false.'),
};

type RetryInput = { [K in keyof typeof retryFields]?: z.output<(typeof retryFields)[K]> };

const DAY_MINUTES = 1440;

/** The rule as it stands for RETRY, or a refusal of one that would never end or dial without a pause. */
export const retryRuleOf = (field: string, given: RetryInput): RetryRule => {
  const { countsAsAttempt = true, delayMinutes = 60, backOffMultiplier = 1, nextMode = 'SAME' } = given;
  const maxDelayMinutes = given.maxDelayMinutes ?? Math.max(DAY_MINUTES, delayMinutes);
  const { uncountedLimit } = given;
  if (maxDelayMinutes < delayMinutes) {
    const message = `${field}.maxDelayMinutes ${maxDelayMinutes} is under delayMinutes ${delayMinutes}`;
    throw invalid(`${field}.maxDelayMinutes`, message);
  }
  if (!countsAsAttempt && uncountedLimit === undefined) {
    const message = `${field}.uncountedLimit must be given, 1–100: what never counts as an attempt would be retried for ever`;
    throw invalid(`${field}.uncountedLimit`, message);
  }
  if (countsAsAttempt && uncountedLimit !== undefined) {
    const message = `${field}.uncountedLimit belongs to countsAsAttempt false: this outcome counts from the first time`;
    throw invalid(`${field}.uncountedLimit`, message);
  }
  if (delayMinutes === 0 && nextMode === 'SAME' && (countsAsAttempt || backOffMultiplier === 1)) {
    const allowed =
      'at least 1 minute, or nextMode NEXT, or an outcome that does not count with a backOffMultiplier over 1';
    throw invalid(
      `${field}.delayMinutes`,
      `${field}.delayMinutes 0 would dial the same number again and again without a pause: ${allowed} is needed`,
    );
  }
  if (delayMinutes === 0 && maxDelayMinutes === 0) {
    throw invalid(
      `${field}.maxDelayMinutes`,
      `${field}.maxDelayMinutes 0 leaves no pause: it is the wait before the first mode is tried again, at least 1 minute`,
    );
  }
  return {
    action: 'RETRY',
    countsAsAttempt,
    delayMinutes,
    backOffMultiplier,
    maxDelayMinutes,
    nextMode,
    uncountedLimit: uncountedLimit ?? 0,
  };
};

/** Refuses fields of RETRY with an action that has no use for them. */
export const requireNoRetryFields = (field: string, action: string, given: RetryInput): void => {
  const name = Object.keys(retryFields).find((key) => given[key as keyof RetryInput] !== undefined);
  if (name) throw invalid(`${field}.${name}`, `${field}.${name} belongs to RETRY and not to ${action}`);
};

export const outcomeRuleOf = (field: string, given: RetryInput & { action: 'CLOSE' | 'RETRY' }): OutcomeRule => {
  if (given.action === 'RETRY') return retryRuleOf(field, given);
  requireNoRetryFields(field, given.action, given);
  return { action: 'CLOSE' };
};

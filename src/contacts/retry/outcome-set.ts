import type { TelephonyOutcome } from '../../dialer/kernel/messages';

export type OutcomeRule = { action: 'CLOSE' } | RetryRule;

export interface RetryRule {
  action: 'RETRY';
  /** Whether the attempt is one of the campaign's `maxAttempts`. */
  countsAsAttempt: boolean;
  delayMinutes: number;
  /** The delay is multiplied by this for each earlier attempt of the same standing (counted, or not counted in a row). */
  backOffMultiplier: number;
  maxDelayMinutes: number;
  nextMode: 'SAME' | 'NEXT';
  /**
   * An outcome that does not count begins to count after so many in a row, so that a number the network never lets
   * through comes to an end.
   */
  uncountedLimit: number;
}

export type TelephonyOutcomeSet = Readonly<Record<TelephonyOutcome, Readonly<OutcomeRule>>>;

const DAY_MINUTES = 24 * 60;

const close: OutcomeRule = Object.freeze({ action: 'CLOSE' });

const counted = (delayMinutes: number): Readonly<RetryRule> =>
  Object.freeze({
    action: 'RETRY',
    countsAsAttempt: true,
    delayMinutes,
    backOffMultiplier: 1,
    maxDelayMinutes: DAY_MINUTES,
    nextMode: 'SAME',
    uncountedLimit: 0,
  });

type Uncounted = Pick<RetryRule, 'delayMinutes' | 'maxDelayMinutes' | 'uncountedLimit'>;

const uncounted = (rule: Uncounted): Readonly<RetryRule> =>
  Object.freeze({ action: 'RETRY', countsAsAttempt: false, backOffMultiplier: 2, nextMode: 'SAME', ...rule });

/** The set that every campaign has unless it names another; read-only, copies are made from it. */
export const PRIMARY_OUTCOME_SET: TelephonyOutcomeSet = Object.freeze({
  LIVE_VOICE: close,
  INVALID_NUMBER: close,
  FAX: close,
  SIT: close,
  BUSY: counted(60),
  NO_ANSWER: counted(60),
  MACHINE: counted(60),
  ABANDONED: counted(60),
  CUSTOMER_ABANDONED: counted(30),
  REJECTED: counted(60),
  // Nobody knows whether the person's telephone rang: it is taken as if it had.
  UNKNOWN: counted(60),
  // The person was not reached and did not decline: the network's fault is not held against the contact for a while.
  CONGESTION: uncounted({ delayMinutes: 5, maxDelayMinutes: 60, uncountedLimit: 10 }),
  NETWORK_FAILURE: uncounted({ delayMinutes: 5, maxDelayMinutes: 60, uncountedLimit: 10 }),
  CONFIG_ERROR: uncounted({ delayMinutes: 15, maxDelayMinutes: 60, uncountedLimit: 10 }),
  // We rang and withdrew (emergency stop): not at once again.
  CANCELLED: uncounted({ delayMinutes: 60, maxDelayMinutes: 240, uncountedLimit: 10 }),
  // Never left us: at once, then ever slower, since a switch that always refuses would be asked without end.
  NOT_PLACED: uncounted({ delayMinutes: 0, maxDelayMinutes: 60, uncountedLimit: 20 }),
});

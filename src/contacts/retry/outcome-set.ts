import type { DialOutcome } from './dial-outcome';

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

export type OutcomeRules = Readonly<Record<DialOutcome, Readonly<OutcomeRule>>>;

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

/** On to the contact's next number: this one is of no use. It counts, so that it comes to an end. */
const elsewhere: Readonly<RetryRule> = Object.freeze({ ...counted(60), nextMode: 'NEXT' });

/** The set that every campaign has unless it names another; read-only, copies are made from it. */
export const PRIMARY_OUTCOME_SET: OutcomeRules = Object.freeze({
  LIVE_VOICE: close,
  INVALID_NUMBER: close,
  NUMBER_CHANGED: close,
  INCOMPLETE_NUMBER: close,
  FAX: close,
  SIT: close,
  BUSY: counted(60),
  NO_ANSWER: counted(60),
  UNREACHABLE: elsewhere,
  MACHINE: counted(60),
  ABANDONED: counted(60),
  CUSTOMER_ABANDONED: counted(30),
  REJECTED: counted(60),
  // Blocked calls are seldom let through later on the same day.
  BLOCKED: counted(DAY_MINUTES),
  // Nobody knows whether the person's telephone rang: it is taken as if it had.
  UNKNOWN: counted(60),
  // The person was not reached and did not decline: the network's fault is not held against the contact for a while.
  CONGESTION: uncounted({ delayMinutes: 5, maxDelayMinutes: 60, uncountedLimit: 10 }),
  NETWORK_FAILURE: uncounted({ delayMinutes: 5, maxDelayMinutes: 60, uncountedLimit: 10 }),
  OUT_OF_ORDER: uncounted({ delayMinutes: 30, maxDelayMinutes: DAY_MINUTES, uncountedLimit: 10 }),
  NO_ROUTE: uncounted({ delayMinutes: 15, maxDelayMinutes: 60, uncountedLimit: 10 }),
  REFUSED_BY_CARRIER: uncounted({ delayMinutes: 15, maxDelayMinutes: 60, uncountedLimit: 10 }),
  CONFIG_ERROR: uncounted({ delayMinutes: 15, maxDelayMinutes: 60, uncountedLimit: 10 }),
  // We rang and withdrew (emergency stop): not at once again.
  CANCELLED: uncounted({ delayMinutes: 60, maxDelayMinutes: 240, uncountedLimit: 10 }),
  // Never left us: at once, then ever slower, since a switch that always refuses would be asked without end.
  NOT_PLACED: uncounted({ delayMinutes: 0, maxDelayMinutes: 60, uncountedLimit: 20 }),
});

export const DIAL_OUTCOMES = Object.keys(PRIMARY_OUTCOME_SET) as [DialOutcome, ...DialOutcome[]];

/** All rules of a set that stores only those that differ from the primary set. */
export const rulesOver = (own: Partial<OutcomeRules> | null | undefined): OutcomeRules => ({
  ...PRIMARY_OUTCOME_SET,
  ...own,
});

import { DateTime } from 'luxon';
import type { AbandonCause, AbandonRule, Law } from '../law/law';

/**
 * The windows in which a campaign's abandon rate is judged: those of the laws of everyone it may call, and its own limit.
 * Rules that measure the same thing in the same window are one, with the least limit.
 */
export interface WindowInForce {
  /** Names the window whatever its limit: `ROLLING/86400000/LIVE_ANSWERS/ALL`, `MONTH/America/Toronto/LIVE_ANSWERS/ALL`. */
  key: string;
  scope: AbandonRule['scope'];
  window: AbandonRule['window'];
  limitPercent: number;
  numerator: 'ALL' | AbandonCause[];
  denominator: AbandonRule['denominator'];
  /** Where it comes from; `CAMPAIGN` for the campaign's own limit. */
  profiles: string[];
}

export interface AbandonLaw {
  windows: WindowInForce[];
  /** The strictest of them: from when, and for how long, a person may wait. */
  clockStart: AbandonRule['clockStart'];
  withinMs: number;
}

const DAY = 86_400_000;
const THIRTY_DAYS = 30 * DAY;

/** In force whatever the law says, with the campaign's own limit. */
const OWN: Omit<AbandonRule, 'limitPercent'> = {
  profile: 'CAMPAIGN',
  window: { rollingMs: THIRTY_DAYS },
  numerator: 'ALL',
  denominator: 'LIVE_ANSWERS',
  clockStart: 'GREETING_END',
  withinMs: 2_000,
  scope: 'CAMPAIGN',
  source: 'The limit of the campaign',
};

/** Where somebody called is of no known law, a day is judged as well: lawful wherever that may be. */
const UNKNOWN_LAW: AbandonRule = {
  ...OWN,
  profile: 'DEFAULT',
  limitPercent: 3,
  window: { rollingMs: DAY },
  source: 'House rule: the day as well as the month where the law is not known',
};

const keyOf = ({ window, denominator, numerator }: AbandonRule): string => {
  const length = 'rollingMs' in window ? `ROLLING/${window.rollingMs}` : `MONTH/${window.timeZone}`;
  return `${length}/${denominator}/${numerator === 'ALL' ? 'ALL' : [...numerator].sort().join('+')}`;
};

export const abandonLaw = (laws: readonly Law[], ownLimitPercent: number): AbandonLaw => {
  const rules: AbandonRule[] = [{ ...OWN, limitPercent: ownLimitPercent }, ...laws.flatMap((law) => law.abandon)];
  if (laws.length === 0 || laws.some((law) => law.codes === '')) rules.push(UNKNOWN_LAW);
  const windows = new Map<string, WindowInForce>();
  for (const rule of rules) {
    const { scope, window, numerator, denominator, profile } = rule;
    // The campaign's own limit is about itself; what the whole organisation may do the law alone says.
    const limitPercent = scope === 'CAMPAIGN' ? Math.min(rule.limitPercent, ownLimitPercent) : rule.limitPercent;
    const key = keyOf(rule);
    const known = windows.get(`${scope}/${key}`);
    if (!known) {
      const entry = { key, scope, window, limitPercent, numerator, denominator, profiles: [profile] };
      windows.set(`${scope}/${key}`, entry);
      continue;
    }
    known.limitPercent = Math.min(known.limitPercent, limitPercent);
    if (!known.profiles.includes(profile)) known.profiles.push(profile);
  }
  return {
    windows: [...windows.values()],
    clockStart: rules.some((rule) => rule.clockStart === 'ANSWER') ? 'ANSWER' : 'GREETING_END',
    withinMs: Math.min(...rules.map((rule) => rule.withinMs)),
  };
};

/** Months known around a moment: one before it, so that a clock seen early has its month too, and some to come. */
const MONTHS_BEFORE = 1;
const MONTHS_AFTER = 3;

/** Of a midnight that comes twice the first; one that the zone skips is the moment after it. */
const beginningOf = (month: DateTime): number =>
  Math.min(
    ...month
      .startOf('month')
      .getPossibleOffsets()
      .map((one) => one.toMillis()),
  );

/** When the months about `at` begin in a zone, ascending. */
export const monthStarts = (timeZone: string, at: number): number[] => {
  const month = DateTime.fromMillis(at, { zone: timeZone }).startOf('month');
  if (!month.isValid) return [];
  return Array.from({ length: MONTHS_BEFORE + MONTHS_AFTER + 1 }, (_, index) =>
    beginningOf(month.plus({ months: index - MONTHS_BEFORE })),
  );
};

/** What can be held against a limit: counts of one window, and of lines that may still be abandoned in it. */
export interface ScopeCounts {
  /** The window's abandons, by its causes. */
  abandons: number;
  /** What the percentage is taken of, as far as it will still be in the window when a line begun now has resolved. */
  laterAnswers: number;
  /** Lines in flight that may become an abandon, or are one that the ledger does not have yet. */
  atRisk: number;
}

const SCALE = 1_000;

/** How many more uncovered lines a window bears: all at risk may be abandoned and nobody else may answer. */
export const linesLeft = ({ abandons, laterAnswers, atRisk }: ScopeCounts, limitPercent: number): number => {
  const limit = Math.floor(limitPercent * SCALE + 1e-6);
  return Math.floor((laterAnswers * limit) / (100 * SCALE)) - abandons - atRisk;
};

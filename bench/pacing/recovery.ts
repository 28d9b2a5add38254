import { calmFrom, type Minutes, type Recovery } from '../../src/dialer/simulator/rate-series';

/** How soon the abandon rate is back under 4 % after the hit rate has changed: of all days together, and of each. */
export interface StepFigures {
  days: number;
  /** Of all days together, in so many minutes after the step. */
  first5: number;
  first15: number;
  firstHour: number;
  /** Until three windows of ten minutes in a row at 4 % or less, of all days together; null when that does not come. */
  pooledMinutes: number | null;
  /** The same of single days: few answers fall into ten minutes of one, so that an abandon more or less decides. */
  dayMinutes: { mean: number; worst: number; never: number };
  /** The slowest day, where only windows count as high that 4 % would give less than once in twenty times. */
  worstCertainMinutes: number | null;
}

const LIMIT = 0.04;
const DOUBT = 0.05;
/** What stands for a day on which calm never came. */
const FOLLOWED_MINUTES = 120;

/** P(X >= lost) for a binomial X of `answers` at 4 %. */
export const chanceAt4Percent = (lost: number, answers: number): number => {
  let mass = (1 - LIMIT) ** answers;
  let below = 0;
  for (let count = 0; count < lost; count += 1) {
    below += mass;
    mass *= ((answers - count) / (count + 1)) * (LIMIT / (1 - LIMIT));
  }
  return 1 - below;
};

const isNotAbove = (lost: number, answers: number): boolean => chanceAt4Percent(lost, answers) >= DOUBT;

const pool = (days: readonly Minutes[]): Minutes => {
  const add = (of: (day: Minutes) => number[]): number[] =>
    (days[0] ? of(days[0]) : []).map((_, minute) => days.reduce((sum, day) => sum + (of(day)[minute] ?? 0), 0));
  return { live: add((day) => day.live), abandons: add((day) => day.abandons) };
};

const percentWithin = ({ live, abandons }: Minutes, minutes: number): number => {
  const sum = (of: readonly number[]): number => of.slice(0, minutes).reduce((total, value) => total + value, 0);
  return (100 * sum(abandons)) / Math.max(1, sum(live));
};

const orEnd = (minutes: number | null): number => minutes ?? FOLLOWED_MINUTES;

export const stepFigures = (steps: readonly Recovery[]): StepFigures | null => {
  if (steps.length === 0) return null;
  const all = pool(steps.map(({ byMinute }) => byMinute));
  const minutes = steps.map(({ minutesToRecover }) => minutesToRecover);
  const certain = steps.map(({ byMinute }) => calmFrom(byMinute, isNotAbove));
  return {
    days: steps.length,
    first5: percentWithin(all, 5),
    first15: percentWithin(all, 15),
    firstHour: percentWithin(all, 60),
    pooledMinutes: calmFrom(all),
    dayMinutes: {
      mean: minutes.reduce<number>((sum, value) => sum + orEnd(value), 0) / steps.length,
      worst: Math.max(...minutes.map(orEnd)),
      never: minutes.filter((value) => value === null).length,
    },
    worstCertainMinutes: certain.includes(null) ? null : Math.max(...certain.map(orEnd)),
  };
};

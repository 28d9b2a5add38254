import { DIAL_BIN_S } from './grid';
import { nextWeight, type Weight } from './weights';

/**
 * What becomes of a dial, by its age: competing risks of an answer by a person, of an answer by anything else, and of
 * any other end, in bins of a quarter second. Persons and machines answer at different ages, so a line's chance of a live
 * answer is known far better from its age than from the share of answers that are live.
 */
export interface Dials {
  weight: Weight;
  live: number[];
  /** Answered, and found to be a machine, or gone before anybody could tell. */
  other: number[];
  ended: number[];
}

export type Fate = 'live' | 'other' | 'ended';

/** How many dials are remembered: long for a steady campaign, short for one that has just changed. */
export const LONG_MEMORY = 3_000;
export const SHORT_MEMORY = 120;
/** Dials made together end by kind, answers first: even the short memory spans several times what is in flight. */
const FLIGHTS = 3;

export function shortMemory(linesInFlight: number): number {
  return Math.min(LONG_MEMORY, Math.max(SHORT_MEMORY, FLIGHTS * linesInFlight));
}
/** Before anything is known most people answer, and at once: that makes for few lines. */
const PRIOR_DIALS = 25;
const PRIOR_ANSWERED = 0.6;
const PRIOR_RING_S = 15;
/** Answers of these many bins before and after tell what an answer at an age is. */
const NEAR_BINS = 4;
const PRIOR_NEAR = 3;

export function createDials(ringLimitS: number): Dials {
  const bins = Math.ceil((ringLimitS + 8) / DIAL_BIN_S);
  const dials: Dials = { weight: { value: 1 }, live: zeros(bins), other: zeros(bins), ended: zeros(bins) };
  const first = Math.round(2 / DIAL_BIN_S);
  const last = Math.min(bins - 1, Math.round(PRIOR_RING_S / DIAL_BIN_S));
  for (let bin = first; bin < last; bin += 1) {
    dials.live[bin] = (PRIOR_DIALS * PRIOR_ANSWERED) / (last - first);
  }
  const end = Math.min(bins - 1, Math.round(ringLimitS / DIAL_BIN_S));
  dials.ended[end] = PRIOR_DIALS * (1 - PRIOR_ANSWERED);
  return dials;
}

export function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

export function learnDial(dials: Dials, memory: number, ageS: number, fate: Fate): void {
  const { live, other, ended } = dials;
  const weight = nextWeight(dials.weight, memory, [live, other, ended]);
  const list = dials[fate];
  list[dialBin(list.length, ageS)]! += weight;
}

export function dialBin(bins: number, ageS: number): number {
  return Math.min(bins - 1, Math.max(0, Math.floor(ageS / DIAL_BIN_S)));
}

export interface DialCurve {
  /** Answered by a person, and open, at the upper edge of each bin. */
  live: number[];
  open: number[];
  /** Share of dials that a person answers. */
  liveRate: number;
  answerRate: number;
  /** That an answer in this bin is a person's. */
  isLive: number[];
}

export function dialCurve(dials: Dials): DialCurve {
  const bins = dials.live.length;
  let lives = 0;
  let others = 0;
  let ends = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    lives += dials.live[bin]!;
    others += dials.other[bin]!;
    ends += dials.ended[bin]!;
  }
  const total = lives + others + ends;
  const live = zeros(bins);
  const open = zeros(bins);
  let yes = 0;
  let left = total;
  for (let bin = 0; bin < bins; bin += 1) {
    yes += dials.live[bin]!;
    left -= dials.live[bin]! + dials.other[bin]! + dials.ended[bin]!;
    live[bin] = yes / total;
    open[bin] = Math.max(0, left / total);
  }
  const liveRate = lives / total;
  return { live, open, liveRate, answerRate: (lives + others) / total, isLive: shareOfLive(dials, lives, others) };
}

function shareOfLive(dials: Dials, lives: number, others: number): number[] {
  const weight = dials.weight.value * PRIOR_NEAR;
  const common = (lives + weight) / (lives + others + weight);
  return dials.live.map((_, bin) => {
    let yes = weight * common;
    let all = weight;
    for (let near = Math.max(0, bin - NEAR_BINS); near <= bin + NEAR_BINS && near < dials.live.length; near += 1) {
      yes += dials.live[near]!;
      all += dials.live[near]! + dials.other[near]!;
    }
    return yes / all;
  });
}

/** More answers than thought cost abandons, fewer only calls: the one is believed sooner than the other. */
const BELIEVE_MORE = 2.3;
const BELIEVE_FEWER = 4;

/** The long memory, unless the short one contradicts it. */
export function believedCurve(long: Dials, short: Dials, memory: number): DialCurve {
  const steady = dialCurve(long);
  const recent = dialCurve(short);
  const spread = Math.sqrt((steady.liveRate * (1 - steady.liveRate)) / (2 * memory)) || 1;
  const away = (recent.liveRate - steady.liveRate) / spread;
  return away > BELIEVE_MORE || away < -BELIEVE_FEWER ? recent : steady;
}

/** The age at which this share of all live answers has come. */
export function answerQuantile(curve: DialCurve, share: number): number {
  const wanted = share * curve.liveRate;
  let bin = 0;
  while (bin < curve.live.length - 1 && curve.live[bin]! < wanted) bin += 1;
  return (bin + 1) * DIAL_BIN_S;
}

/** P(a person answers within `aheadS` | open at `ageS`). */
export function willAnswer(curve: DialCurve, ageS: number, aheadS: number): number {
  const from = Math.floor(ageS / DIAL_BIN_S) - 1;
  const to = Math.min(curve.live.length - 1, Math.floor((ageS + aheadS) / DIAL_BIN_S) - 1);
  const open = from < 0 ? 1 : (curve.open[Math.min(from, curve.open.length - 1)] ?? 0);
  if (open <= 1e-6 || to <= from) return 0;
  const was = from < 0 ? 0 : curve.live[from]!;
  return Math.min(1, (curve.live[to]! - was) / open);
}

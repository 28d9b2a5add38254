import { DIAL_BIN_S } from './grid';
import { nextWeight, type Weight } from './weights';

/**
 * What becomes of a dial, by its age: competing risks of an answer and of any other end, in bins of a quarter second.
 * F(a) is the share answered by age a, S(a) the share still open.
 */
export interface Dials {
  weight: Weight;
  answered: number[];
  ended: number[];
}

const MEMORY_DIALS = 500;
/** Before anything is known most people answer, and at once: that makes for few lines. */
const PRIOR_DIALS = 25;
const PRIOR_ANSWERED = 0.6;
const PRIOR_RING_S = 15;

export function createDials(ringLimitS: number): Dials {
  const bins = Math.ceil((ringLimitS + 8) / DIAL_BIN_S);
  const dials: Dials = { weight: { value: 1 }, answered: zeros(bins), ended: zeros(bins) };
  const first = Math.round(2 / DIAL_BIN_S);
  const last = Math.min(bins - 1, Math.round(PRIOR_RING_S / DIAL_BIN_S));
  for (let bin = first; bin < last; bin += 1) {
    dials.answered[bin] = (PRIOR_DIALS * PRIOR_ANSWERED) / (last - first);
  }
  const end = Math.min(bins - 1, Math.round(ringLimitS / DIAL_BIN_S));
  dials.ended[end] = PRIOR_DIALS * (1 - PRIOR_ANSWERED);
  return dials;
}

export function zeros(count: number): number[] {
  return new Array<number>(count).fill(0);
}

export function learnDial(dials: Dials, ageS: number, wasAnswered: boolean): void {
  const weight = nextWeight(dials.weight, MEMORY_DIALS, [dials.answered, dials.ended]);
  const list = wasAnswered ? dials.answered : dials.ended;
  const bin = Math.min(list.length - 1, Math.max(0, Math.floor(ageS / DIAL_BIN_S)));
  list[bin]! += weight;
}

export interface DialCurve {
  /** At the upper edge of each bin. */
  answered: number[];
  open: number[];
  /** Share of dials that are answered at all. */
  answerRate: number;
}

export function dialCurve(dials: Dials): DialCurve {
  const bins = dials.answered.length;
  let total = 0;
  for (let bin = 0; bin < bins; bin += 1) total += dials.answered[bin]! + dials.ended[bin]!;
  const answered = zeros(bins);
  const open = zeros(bins);
  let yes = 0;
  let left = total;
  for (let bin = 0; bin < bins; bin += 1) {
    yes += dials.answered[bin]!;
    left -= dials.answered[bin]! + dials.ended[bin]!;
    answered[bin] = yes / total;
    open[bin] = Math.max(0, left / total);
  }
  return { answered, open, answerRate: yes / total };
}

/** The age at which this share of all answers has come. */
export function answerQuantile(curve: DialCurve, share: number): number {
  const wanted = share * curve.answerRate;
  let bin = 0;
  while (bin < curve.answered.length - 1 && curve.answered[bin]! < wanted) bin += 1;
  return (bin + 1) * DIAL_BIN_S;
}

/** P(answered within `aheadS` | open at `ageS`). */
export function willAnswer(curve: DialCurve, ageS: number, aheadS: number): number {
  const from = Math.floor(ageS / DIAL_BIN_S) - 1;
  const to = Math.min(curve.answered.length - 1, Math.floor((ageS + aheadS) / DIAL_BIN_S) - 1);
  const open = from < 0 ? 1 : (curve.open[Math.min(from, curve.open.length - 1)] ?? 0);
  if (open <= 1e-6 || to <= from) return 0;
  const was = from < 0 ? 0 : curve.answered[from]!;
  return Math.min(1, (curve.answered[to]! - was) / open);
}

import { zeros } from './dials';
import { binOf, TALK_GRID, WRAP_GRID } from './grid';
import { nextWeight, type Weight } from './weights';

/** When a busy agent will be free: the hazard of a talk's end by its age, and the distribution of wrap-ups. */
export interface Talks {
  weight: Weight;
  ends: number[];
  /** Seconds spent in each bin. */
  exposure: number[];
}

export interface Wraps {
  weight: Weight;
  ended: number[];
}

const MEMORY_TALKS = 1_000;
const MEMORY_WRAPS = 1_000;
/** Before anything is known talks are long. */
const PRIOR_TALK_S = 300;
const PRIOR_TALKS = 2;
/** How many ends of the common hazard each bin is mixed with. */
const PRIOR_PER_BIN = 8;
const PRIOR_WRAPS = 4;
const PRIOR_WRAP_S = 30;

export function createTalks(): Talks {
  const bins = TALK_GRID.edges.length;
  return { weight: { value: 1 }, ends: zeros(bins), exposure: zeros(bins) };
}

export function createWraps(limitS: number): Wraps {
  const ended = zeros(WRAP_GRID.edges.length);
  ended[binOf(WRAP_GRID, Math.min(PRIOR_WRAP_S, Math.max(0, limitS)))] = PRIOR_WRAPS;
  return { weight: { value: 1 }, ended };
}

/** Adds the time of one talk to the bins it went through. */
export function expose(exposure: number[], seconds: number, weight: number): void {
  const { edges } = TALK_GRID;
  for (let bin = 0; bin < edges.length; bin += 1) {
    const low = edges[bin]!;
    if (seconds <= low) return;
    exposure[bin]! += weight * (Math.min(seconds, edges[bin + 1] ?? seconds) - low);
  }
}

export function learnTalk(talks: Talks, seconds: number): void {
  const weight = nextWeight(talks.weight, MEMORY_TALKS, [talks.ends, talks.exposure]);
  talks.ends[binOf(TALK_GRID, seconds)]! += weight;
  expose(talks.exposure, seconds, weight);
}

export function learnWrap(wraps: Wraps, seconds: number): void {
  const weight = nextWeight(wraps.weight, MEMORY_WRAPS, [wraps.ended]);
  wraps.ended[binOf(WRAP_GRID, seconds)]! += weight;
}

/** Ends per second by bin; talks that go on (`ongoing`, in seconds) count as exposure, else short ones would prevail. */
export function talkHazard(talks: Talks, ongoing: number[]): number[] {
  const weight = talks.weight.value;
  const exposure = talks.exposure.slice();
  for (const seconds of ongoing) expose(exposure, seconds, weight);
  let ends = PRIOR_TALKS;
  let time = PRIOR_TALKS * PRIOR_TALK_S;
  for (let bin = 0; bin < exposure.length; bin += 1) {
    ends += talks.ends[bin]! / weight;
    time += exposure[bin]! / weight;
  }
  const common = ends / time;
  return exposure.map(
    (seconds, bin) => (talks.ends[bin]! / weight + PRIOR_PER_BIN) / (seconds / weight + PRIOR_PER_BIN / common),
  );
}

/** W at the lower edge of each bin, and its integral up to there. */
export interface WrapCurve {
  cdf: number[];
  integral: number[];
}

export function wrapCurve(wraps: Wraps): WrapCurve {
  const { edges } = WRAP_GRID;
  let total = 0;
  for (const weight of wraps.ended) total += weight;
  const cdf = zeros(edges.length);
  const integral = zeros(edges.length);
  let sum = 0;
  for (let bin = 1; bin < edges.length; bin += 1) {
    sum += wraps.ended[bin - 1]!;
    cdf[bin] = sum / total;
    integral[bin] = integral[bin - 1]! + ((cdf[bin - 1]! + cdf[bin]!) / 2) * (edges[bin]! - edges[bin - 1]!);
  }
  return { cdf, integral };
}

export function wrapDoneBy(curve: WrapCurve, seconds: number): number {
  const { edges } = WRAP_GRID;
  const bin = binOf(WRAP_GRID, seconds);
  const next = edges[bin + 1];
  if (next === undefined) return curve.cdf[bin]!;
  const share = (seconds - edges[bin]!) / (next - edges[bin]!);
  return curve.cdf[bin]! + share * (curve.cdf[bin + 1]! - curve.cdf[bin]!);
}

export function wrapIntegral(curve: WrapCurve, seconds: number): number {
  const bin = binOf(WRAP_GRID, seconds);
  const rest = seconds - WRAP_GRID.edges[bin]!;
  return curve.integral[bin]! + ((curve.cdf[bin]! + wrapDoneBy(curve, seconds)) / 2) * rest;
}

import { type Talks, talkHazard, type Wraps, wrapCurve, wrapDoneBy, wrapIntegral } from './agents-free';
import { answerQuantile, believedCurve, type Dials, willAnswer, zeros } from './dials';
import { DIAL_BIN_S, TALK_GRID, WRAP_GRID } from './grid';

/**
 * Probabilities by age, ready for adding up: made from what was learned now and then, so that a decision only looks up.
 * `[bin * HORIZONS + k]` is for the k-th moment at which the next line may be answered.
 */
export interface Tables {
  at: number;
  /** Seconds from dial to answer, at the shares below. */
  horizons: number[];
  answerRate: number;
  liveRate: number;
  /** That an answer at this age is a person's. */
  isLive: number[];
  /** That an open line is answered live by then. */
  line: number[];
  /** That an agent in talk, or in wrap-up, is free by then and the patience of a person. */
  talk: number[];
  wrap: number[];
}

const SHARES = [0.1, 0.3, 0.5, 0.7, 0.9];
export const HORIZONS = SHARES.length;
export const MEDIAN = 2;

export interface TableSource {
  dials: Dials;
  recentDials: Dials;
  recentMemory: number;
  talks: Talks;
  wraps: Wraps;
  patienceS: number;
}

export function makeTables(source: TableSource, at: number, ongoing: number[]): Tables {
  const { patienceS } = source;
  const curve = believedCurve(source.dials, source.recentDials, source.recentMemory);
  const wraps = wrapCurve(source.wraps);
  const hazard = talkHazard(source.talks, ongoing);
  const horizons = SHARES.map((share) => answerQuantile(curve, share));
  const line = zeros(curve.live.length * HORIZONS);
  const talk = zeros(hazard.length * HORIZONS);
  const wrap = zeros(WRAP_GRID.edges.length * HORIZONS);
  horizons.forEach((horizon, k) => {
    for (let bin = 0; bin < curve.live.length; bin += 1) {
      line[bin * HORIZONS + k] = willAnswer(curve, bin * DIAL_BIN_S, horizon);
    }
    const ahead = horizon + patienceS;
    const wrapped = wrapIntegral(wraps, ahead);
    hazard.forEach((rate, bin) => {
      talk[bin * HORIZONS + k] = 1 - Math.exp(-rate * wrapped);
    });
    WRAP_GRID.edges.forEach((edge, bin) => {
      const age = (edge + (WRAP_GRID.edges[bin + 1] ?? edge)) / 2;
      const done = wrapDoneBy(wraps, age);
      // Whoever wraps up longer than anybody before may do so for ever.
      wrap[bin * HORIZONS + k] = done > 0.999 ? 0.5 : (wrapDoneBy(wraps, age + ahead) - done) / (1 - done);
    });
  });
  const { answerRate, liveRate, isLive } = curve;
  return { at, horizons, answerRate, liveRate, isLive, line, talk, wrap };
}

export const TALK_BINS = TALK_GRID.edges.length;

import { HORIZONS, MEDIAN } from './tables';

/**
 * Agents free and persons answering by each horizon, as sums of independent chances. D = idle + R - A is what is left of
 * agents when the next line's person needs one; the risk is P(D <= 0). Exact (Poisson-binomial) for small groups, else
 * normal with a correction for skewness, from three cumulants.
 */
export interface Outlook {
  idle: number;
  /** Chances by horizon: `[k]` is a list. Empty when only the cumulants are kept. */
  exact: boolean;
  /** Mean, variance and third central moment of D, by horizon. */
  mean: number[];
  variance: number[];
  third: number[];
  freed: number[];
  answers: number[];
  /** P(R <= r), and P(A = a) by horizon; `a` is cut where R cannot matter any more. */
  freedCdf: Float64Array[];
  answersPmf: Float64Array[];
}

export const EXACT_AGENTS = 45;
export const EXACT_LINES = 120;

/** `busy` and `lines` hold HORIZONS chances each, one after the other. */
export function look(idle: number, waiting: number, busy: number[], lines: number[]): Outlook {
  const agents = busy.length / HORIZONS;
  const exact = idle + agents <= EXACT_AGENTS && lines.length / HORIZONS <= EXACT_LINES;
  const outlook: Outlook = {
    idle: idle - waiting,
    exact,
    mean: [],
    variance: [],
    third: [],
    freed: [],
    answers: [],
    freedCdf: [],
    answersPmf: [],
  };
  for (let k = 0; k < HORIZONS; k += 1) {
    let freed = 0;
    let answers = 0;
    let variance = 0;
    let third = 0;
    for (let index = k; index < busy.length; index += HORIZONS) {
      const p = busy[index]!;
      const v = p * (1 - p);
      freed += p;
      variance += v;
      third += v * (1 - 2 * p);
    }
    for (let index = k; index < lines.length; index += HORIZONS) {
      const p = lines[index]!;
      const v = p * (1 - p);
      answers += p;
      variance += v;
      third -= v * (1 - 2 * p);
    }
    outlook.freed.push(freed);
    outlook.answers.push(answers + waiting);
    outlook.mean.push(outlook.idle + freed - answers);
    outlook.variance.push(variance);
    outlook.third.push(third);
    if (!exact) continue;
    const cdf = pmf(busy, k, agents);
    for (let r = 1; r < cdf.length; r += 1) cdf[r]! += cdf[r - 1]!;
    outlook.freedCdf.push(cdf);
    outlook.answersPmf.push(pmf(lines, k, Math.max(0, outlook.idle) + agents));
  }
  return outlook;
}

/** P(sum = 0..cap); what lies beyond stands at the cap. */
function pmf(chances: number[], k: number, cap: number): Float64Array {
  const out = new Float64Array(cap + 1);
  out[0] = 1;
  let top = 0;
  for (let index = k; index < chances.length; index += HORIZONS) {
    const p = chances[index]!;
    if (p <= 0) continue;
    if (top < cap) top += 1;
    convolve(out, p, top);
  }
  return out;
}

function convolve(out: Float64Array, p: number, top: number): void {
  const cap = out.length - 1;
  const over = top === cap ? out[cap]! * p : 0;
  for (let value = top; value > 0; value -= 1) out[value] = out[value]! * (1 - p) + out[value - 1]! * p;
  out[0]! *= 1 - p;
  out[cap]! += over;
}

/** One more line, with these chances. */
export function addLine(outlook: Outlook, chances: number[]): void {
  for (let k = 0; k < HORIZONS; k += 1) {
    const p = chances[k]!;
    const v = p * (1 - p);
    outlook.answers[k]! += p;
    outlook.mean[k]! -= p;
    outlook.variance[k]! += v;
    outlook.third[k]! -= v * (1 - 2 * p);
    const answers = outlook.answersPmf[k];
    if (answers) convolve(answers, p, answers.length - 1);
  }
}

/** P(no agent is left) for the next line, over its moments of answer; a line also harms whoever answers later. */
export function riskOfNext(outlook: Outlook): number {
  let worst = 0;
  let sum = 0;
  for (let k = HORIZONS - 1; k >= 0; k -= 1) {
    worst = Math.max(worst, outlook.exact ? exactly(outlook, k) : nearly(outlook, k));
    sum += worst;
  }
  return sum / HORIZONS;
}

export function expectedIdle(outlook: Outlook): number {
  return outlook.mean[MEDIAN]!;
}

function exactly(outlook: Outlook, k: number): number {
  const { idle } = outlook;
  const cdf = outlook.freedCdf[k]!;
  const answers = outlook.answersPmf[k]!;
  let risk = 0;
  for (let a = Math.max(0, idle); a < answers.length; a += 1) {
    risk += answers[a]! * cdf[Math.min(cdf.length - 1, a - idle)]!;
  }
  return Math.min(1, risk);
}

function nearly(outlook: Outlook, k: number): number {
  const variance = outlook.variance[k]!;
  const mean = outlook.mean[k]!;
  if (variance < 1e-9) return mean <= 0 ? 1 : 0;
  const deviation = Math.sqrt(variance);
  const x = (0.5 - mean) / deviation;
  const skew = outlook.third[k]! / (variance * deviation);
  const density = Math.exp(-x * x * 0.5) * 0.3989422804014327;
  return Math.min(1, Math.max(0, normalCdf(x, density) + (skew / 6) * (1 - x * x) * density));
}

/** Abramowitz and Stegun 26.2.17. */
function normalCdf(x: number, density: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const tail =
    density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x > 0 ? 1 - tail : tail;
}

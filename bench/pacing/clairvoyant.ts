import type { Callee } from '../../src/dialer/simulator/contacts';
import type { World } from '../../src/dialer/simulator/world';
import { type ControllerFactory, clamp } from './controller';
import { freeChance } from './free-chance';

/**
 * The reference from above: knows who will answer, and when, before dialling, and the world's talk and wrap-up times, but
 * not how long the very talks in progress will last. Dials while the chance that the person finds nobody stays under a
 * threshold, which abandons move towards the target. A strong reference, no proven bound.
 */

const TARGET = 0.03;
const EXACT_UP_TO = 45;
const WITHIN_SECONDS = 2;
/** Chances are looked up at quarters of a second. */
const GRID = 4;

/** The agents who may become free by some moment: each one's chance, or of many only mean and variance of their number. */
interface Freed {
  mean: number;
  variance: number;
  chances: readonly number[] | null;
}

const freedOf = (chances: readonly number[]): Freed => {
  let mean = 0;
  let variance = 0;
  for (const chance of chances) {
    mean += chance;
    variance += chance * (1 - chance);
  }
  return { mean, variance, chances: chances.length > EXACT_UP_TO ? null : chances };
};

/** Chance that at most `most` of them become free. */
const atMost = ({ mean, variance, chances }: Freed, most: number): number => {
  if (most < 0) return 0;
  if (!chances) return normalBelow((most + 0.5 - mean) / Math.sqrt(Math.max(1e-9, variance)));
  if (most >= chances.length) return 1;
  const mass = new Float64Array(most + 1);
  mass[0] = 1;
  for (const chance of chances) {
    for (let count = most; count > 0; count -= 1) {
      mass[count] = mass[count]! * (1 - chance) + mass[count - 1]! * chance;
    }
    mass[0] = mass[0]! * (1 - chance);
  }
  return mass.reduce((sum, part) => sum + part, 0);
};

const normalBelow = (z: number): number => {
  const t = 1 / (1 + 0.2316419 * Math.abs(z));
  const poly = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = Math.exp((-z * z) / 2) * 0.3989422804014327 * poly;
  return z > 0 ? 1 - tail : tail;
};

export const clairvoyant = (world: World): ControllerFactory => {
  const chance = freeChance(world);
  const isRouted = (callee: Callee): boolean =>
    (callee.fate === 'PERSON' || callee.fate === 'MACHINE') && callee.heardAs === 'PERSON';
  const need = (callee: Callee): number =>
    callee.resolves +
    (callee.fate === 'PERSON' ? callee.greeting : Math.max(0, callee.verdict - world.amd.verdictAfterGreetingSeconds)) +
    WITHIN_SECONDS;

  return () => {
    let threshold = 0.02;

    /** The worst chance of a shortage at any need, were all of them dialled. */
    const risk = (idle: number, freed: (within: number) => Freed, needs: readonly number[]): number => {
      let worst = 0;
      // Short when fewer become free than are needed beyond the idle.
      for (const [index, within] of needs.entries()) worst = Math.max(worst, atMost(freed(within), index - idle));
      return worst;
    };

    return {
      everySeconds: 0.5,
      onFree: true,
      dial(view) {
        const busy = view.future.busy();
        const known = new Map<number, Freed>();
        const freed = (within: number): Freed => {
          const key = Math.round(within * GRID);
          let found = known.get(key);
          if (!found) {
            found = freedOf(busy.map(({ wrapping, seconds }) => chance(wrapping, seconds, key / GRID)));
            known.set(key, found);
          }
          return found;
        };
        const needs = [...view.future.needs()];
        let count = 0;
        // Who will not answer costs nothing; the first person not wanted yet is where dialling stops.
        for (; count < 2_000; count += 1) {
          const callee = view.future.upcoming(count);
          if (!isRouted(callee)) continue;
          const within = need(callee);
          const all = [...needs, within].sort((a, b) => a - b);
          if (all.length > view.idle) {
            const from = all.indexOf(within);
            const slack = clamp(view.idle + freed(within).mean - from, 0.2, 1.5 * Math.sqrt(Math.max(1, view.agents)));
            if (risk(view.idle, freed, all) > Math.min(0.5, threshold * slack)) break;
          }
          needs.push(within);
        }
        return count;
      },
      answered(abandoned) {
        threshold = clamp(threshold * Math.exp((0.01 * (TARGET - (abandoned ? 1 : 0))) / TARGET), 1e-5, 0.95);
      },
    };
  };
};

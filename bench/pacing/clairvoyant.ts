import type { Callee } from '../../src/dialer/simulator/contacts';
import type { World } from '../../src/dialer/simulator/world';
import { type ControllerFactory, clamp, type View } from './controller';
import { freeChance } from './free-chance';

/**
 * The reference from above: knows who will answer, and when, before dialling, and the world's talk and wrap-up times, but
 * not how long the very talks in progress will last. Dials while the chance that the person finds nobody stays under a
 * threshold, which abandons move towards the target. A strong reference, no proven bound.
 */

const TARGET = 0.03;
const EXACT_UP_TO = 45;
const WITHIN_SECONDS = 2;

/** Chance that at most `most` of independent events happen. */
const atMost = (chances: readonly number[], most: number): number => {
  if (most < 0) return 0;
  if (most >= chances.length) return 1;
  if (chances.length > EXACT_UP_TO) {
    let mean = 0;
    let variance = 0;
    for (const chance of chances) {
      mean += chance;
      variance += chance * (1 - chance);
    }
    return normalBelow((most + 0.5 - mean) / Math.sqrt(Math.max(1e-9, variance)));
  }
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

    /** The worst chance of a shortage at any need from this one on, were this one dialled too. */
    const risk = (view: View, busy: ReturnType<View['future']['busy']>, needs: number[]): number => {
      let worst = 0;
      for (const [index, within] of needs.entries()) {
        const chances = busy.map(({ wrapping, seconds }) => chance(wrapping, seconds, within));
        // Short when fewer become free than are needed beyond the idle.
        worst = Math.max(worst, atMost(chances, index - view.idle));
      }
      return worst;
    };

    return {
      everySeconds: 0.5,
      onFree: true,
      dial(view) {
        const busy = view.future.busy();
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
            const free = busy.reduce((sum, { wrapping, seconds }) => sum + chance(wrapping, seconds, within), 0);
            const slack = clamp(view.idle + free - from, 0.2, 1.5 * Math.sqrt(Math.max(1, view.agents)));
            if (risk(view, busy, all) > Math.min(0.5, threshold * slack)) break;
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

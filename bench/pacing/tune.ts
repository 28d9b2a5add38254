import type { World } from '../../src/dialer/simulator/world';
import { baseline, type Contender } from './contenders';
import type { ControllerFactory } from './controller';
import { LightEngine } from './light-engine';
import { agentRatio, idleRatio } from './ratio';

/**
 * Finds the ratio with the most occupancy among those that keep the abandons of all days together within the limit, on
 * the very days that are measured: in the baseline's favour, since no dialer could know it beforehand.
 */

const LIMIT_PERCENT = 3;
/** Beyond this there is nothing to be found any more. */
const HOPELESS_PERCENT = 8;

export interface TuningDays {
  world: World;
  agents: number;
  hours: number;
  seeds: readonly number[];
}

interface Tried {
  ratio: number;
  occupancy: number;
  abandoned: number;
}

const attempt = (ratio: number, make: (ratio: number) => ControllerFactory, days: TuningDays): Tried => {
  let occupancy = 0;
  let abandons = 0;
  let live = 0;
  for (const seed of days.seeds) {
    const { world, agents, hours } = days;
    const found = new LightEngine({ world, agents, hours, seed, controller: make(ratio)() }).run();
    occupancy += found.occupancyPercent / days.seeds.length;
    abandons += found.persons.abandons;
    live += found.persons.liveAnswers;
  }
  return { ratio, occupancy, abandoned: (100 * abandons) / Math.max(1, live) };
};

/** Coarse steps, each so many times the one before, then finer ones about the best. */
const COARSE = 1.1;
const FINER = [1.05, 1.025, 1.012];

const tune = (make: (ratio: number) => ControllerFactory, most: number, days: TuningDays): number => {
  let best: Tried = attempt(1, make, days);
  const consider = (ratio: number): Tried => {
    const tried = attempt(ratio, make, days);
    if (tried.abandoned <= LIMIT_PERCENT && tried.occupancy > best.occupancy) best = tried;
    return tried;
  };
  for (let ratio = COARSE; ratio <= most; ratio *= COARSE) {
    if (consider(ratio).abandoned > HOPELESS_PERCENT) break;
  }
  for (const factor of FINER) {
    const { ratio } = best;
    consider(ratio * factor);
    if (ratio / factor >= 1) consider(ratio / factor);
  }
  return best.ratio;
};

/** The two ratio dialers, each at its best for these days. */
export const tunedRatios = (days: TuningDays): Contender[] => {
  const idle = tune(idleRatio, 20, days);
  const all = tune(agentRatio, 4, days);
  return [
    baseline(`Ratio ${idle.toFixed(2)} on idle agents`, () => idleRatio(idle)),
    baseline(`Ratio ${all.toFixed(3)} on all agents`, () => agentRatio(all)),
  ];
};

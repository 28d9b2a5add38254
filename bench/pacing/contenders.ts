import type { Pacing } from '../../src/dialer/kernel/messages';
import { simulate } from '../../src/dialer/simulator/engine';
import type { Figures } from '../../src/dialer/simulator/metrics';
import type { World } from '../../src/dialer/simulator/world';
import { clairvoyant } from './clairvoyant';
import type { ControllerFactory } from './controller';
import { ciscoLike, expectedValue } from './feedback';
import { LightEngine } from './light-engine';
import { vicidial } from './vicidial';

export interface Day {
  world: World;
  agents: number;
  hours: number;
  seed: number;
}

export interface DayResult extends Figures {
  decisionMicros: number;
}

/** Whatever can dial for a day. */
export interface Contender {
  name: string;
  /** The kernel as it is in production. */
  ours: boolean;
  run(day: Day): DayResult;
}

const MAX_RATE = 10;

const kernel = (name: string, pacing: Pacing, guard?: 'STRICT' | 'BALANCED'): Contender => ({
  name,
  ours: true,
  run(day) {
    const result = simulate({ ...day, days: 1, pacing, abandon: guard ? { guard } : {} });
    return { ...result, decisionMicros: result.steps.tickMedianMicros };
  },
});

export const predictive = (guard: 'STRICT' | 'BALANCED'): Contender =>
  kernel(`Outdial ${guard}`, { mode: 'PREDICTIVE', maxDialingRate: MAX_RATE, correctionPace: 70, gain: 1 }, guard);

export const baseline = (name: string, make: (world: World) => ControllerFactory): Contender => ({
  name,
  ours: false,
  run: (day) => new LightEngine({ ...day, controller: make(day.world)() }).run(),
});

/** All but the tuned ratios, which depend on what they were tuned for. */
export const CONTENDERS: readonly Contender[] = [
  predictive('BALANCED'),
  predictive('STRICT'),
  kernel('Progressive 1:1', { mode: 'PROGRESSIVE', dialingRate: 1 }),
  baseline('VICIdial HARD_LIMIT', () => vicidial('HARD_LIMIT')),
  baseline('VICIdial AVERAGE', () => vicidial('AVERAGE')),
  baseline('VICIdial TAPERED', () => vicidial('TAPERED')),
  baseline('Cisco-like, gain 1', () => ciscoLike(1)),
  baseline('Cisco-like, gain 3', () => ciscoLike(3)),
  baseline('Expected value', () => expectedValue()),
  baseline('Clairvoyant', clairvoyant),
];

import { type Distribution, draw } from '../../src/dialer/simulator/distribution';
import { Random } from '../../src/dialer/simulator/random';
import type { World } from '../../src/dialer/simulator/world';

const SAMPLES = 40_000;
const STREAM = 900_000;
const HORIZON_SECONDS = 45;
/** Ages in talk, finer when young. */
const AGES = Array.from({ length: 80 }, (_, index) => 4 * (1.09 ** index - 1));

const survival = (of: Distribution, stream: number): ((x: number) => number) => {
  const random = new Random(1, STREAM + stream);
  const sorted = Float64Array.from({ length: SAMPLES }, () => draw(of, random)).sort();
  return (x) => {
    let low = 0;
    let high = SAMPLES;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sorted[middle]! <= x) low = middle + 1;
      else high = middle;
    }
    return (SAMPLES - low) / SAMPLES;
  };
};

const ageIndex = (seconds: number): number => {
  const index = Math.round(Math.log(seconds / 4 + 1) / Math.log(1.09));
  return Math.min(AGES.length - 1, Math.max(0, index));
};

/** Chance that a busy agent is free within so many seconds, from the world's own distributions: clairvoyance. */
export const freeChance = (world: World): ((wrapping: boolean, age: number, within: number) => number) => {
  const talks = survival(world.talk, 1);
  const wraps = survival(world.wrapUp, 2);
  const seconds = Array.from({ length: HORIZON_SECONDS + 1 }, (_, index) => index);
  const wrapping = AGES.map((age) => {
    const alive = Math.max(wraps(age), 1 / SAMPLES);
    return seconds.map((within) => 1 - wraps(age + within) / alive);
  });
  const talking = AGES.map((age) => {
    const alive = Math.max(talks(age), 1 / SAMPLES);
    const ends = seconds.map((at) => (talks(age + at) - talks(age + at + 1)) / alive);
    return seconds.map((within) => {
      let chance = 0;
      for (let at = 0; at < within; at += 1) chance += ends[at]! * (1 - wraps(within - at - 0.5));
      return chance;
    });
  });
  return (inWrapUp, age, within) => {
    const at = Math.min(HORIZON_SECONDS, Math.max(0, within));
    const table = (inWrapUp ? wrapping : talking)[ageIndex(age)]!;
    const low = Math.floor(at);
    const share = at - low;
    return Math.min(1, Math.max(0, table[low]! * (1 - share) + (table[low + 1] ?? table[low]!) * share));
  };
};

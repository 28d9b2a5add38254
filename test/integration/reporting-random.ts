import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Whole numbers from 0 to below a bound, the same for the same seed. */
export const seededIntegers = (seed: number) => {
  const generator = xoroshiro128plus(seed);
  return (below: number): number => uniformInt(generator, 0, below - 1);
};

import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A length of time in milliseconds: fixed, uniform between two bounds, or exponential with an optional ceiling. */
export type Duration = number | { min: number; max: number } | { mean: number; max?: number };

const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return value | 0;
};

/**
 * The luck of one call. It is seeded by what the call is (seed, number, how often that number was called), not by when
 * it came, so that the same campaign meets the same callees whatever the interleaving.
 */
export class Luck {
  private readonly generator;

  constructor(seed: number, ...parts: (string | number)[]) {
    this.generator = xoroshiro128plus(hash(`${seed}/${parts.join('/')}`));
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return uniformFloat32(this.generator);
  }

  chance(probability: number): boolean {
    return this.unit() < probability;
  }

  duration(length: Duration): number {
    const unit = this.unit();
    if (typeof length === 'number') return length;
    if ('mean' in length) return Math.min(-length.mean * Math.log(1 - unit), length.max ?? Number.POSITIVE_INFINITY);
    return length.min + unit * (length.max - length.min);
  }
}

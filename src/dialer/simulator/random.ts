import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** The generator's first values still resemble the seed. */
const WARM_UP = 32;
const GOLDEN = 0x9e3779b1;
const ODD = 0x85ebca6b;

/** Seeded chance: the same seed and stream give the same values everywhere. Streams of one seed are independent. */
export class Random {
  private readonly generator;

  constructor(seed: number, stream: number) {
    this.generator = xoroshiro128plus(Math.imul(seed + 1, GOLDEN) ^ Math.imul(stream + 1, ODD));
    for (let count = 0; count < WARM_UP; count += 1) this.generator.next();
  }

  /** In [0, 1). */
  unit(): number {
    return uniformFloat64(this.generator);
  }

  between(min: number, max: number): number {
    return min + (max - min) * this.unit();
  }

  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.unit())) * Math.cos(2 * Math.PI * this.unit());
  }

  /** Marsaglia and Tsang; for a whole small shape the sum of exponentials, which draws a fixed number of values. */
  gamma(shape: number, mean: number): number {
    const scale = mean / shape;
    if (Number.isInteger(shape) && shape <= 8) {
      let product = 1;
      for (let count = 0; count < shape; count += 1) product *= 1 - this.unit();
      return -scale * Math.log(product);
    }
    if (shape < 1) return this.gamma(shape + 1, ((shape + 1) * mean) / shape) * (1 - this.unit()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.unit()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v * scale;
    }
  }
}

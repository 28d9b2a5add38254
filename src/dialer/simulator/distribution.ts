import { z } from 'zod';
import type { Random } from './random';

/** How long something takes, in seconds. */

const seconds = z.number().min(0).max(86_400);
const positive = z.number().gt(0).max(86_400);

const simple = z.discriminatedUnion('shape', [
  z.strictObject({ shape: z.literal('constant'), value: seconds }),
  z
    .strictObject({ shape: z.literal('uniform'), min: seconds, max: seconds })
    .refine((range) => range.min <= range.max, 'min must not exceed max'),
  z.strictObject({ shape: z.literal('exponential'), mean: positive }),
  z.strictObject({ shape: z.literal('lognormal'), mean: positive, cv: z.number().gt(0).max(10) }),
  z.strictObject({ shape: z.literal('gamma'), k: z.number().min(0.05).max(1000), mean: positive }),
  z.strictObject({ shape: z.literal('normal'), mean: seconds, sd: seconds, min: seconds.default(0) }),
  z.strictObject({
    shape: z.literal('empirical'),
    /** As measured, at equal steps of probability from the least to the most; straight lines between them. */
    quantiles: z
      .array(seconds)
      .min(2)
      .max(1001)
      .refine((values) => values.every((value, at) => at === 0 || value >= values[at - 1]!), 'must not descend'),
  }),
]);
type Simple = z.infer<typeof simple>;

export const distribution = z.union([
  simple,
  z.strictObject({
    shape: z.literal('mixture'),
    parts: z
      .array(z.strictObject({ share: z.number().gt(0).max(1), of: simple }))
      .min(1)
      .max(10),
  }),
]);
export type Distribution = z.infer<typeof distribution>;

function drawSimple(of: Simple, random: Random): number {
  switch (of.shape) {
    case 'constant':
      return of.value;
    case 'uniform':
      return random.between(of.min, of.max);
    case 'exponential':
      return random.exponential(of.mean);
    case 'lognormal': {
      const variance = Math.log(1 + of.cv * of.cv);
      return of.mean * Math.exp(Math.sqrt(variance) * random.normal() - variance / 2);
    }
    case 'gamma':
      return random.gamma(of.k, of.mean);
    case 'normal':
      return Math.max(of.min, of.mean + of.sd * random.normal());
    case 'empirical': {
      const place = random.unit() * (of.quantiles.length - 1);
      const below = Math.floor(place);
      const from = of.quantiles[below]!;
      return from + (place - below) * ((of.quantiles[below + 1] ?? from) - from);
    }
  }
}

export function draw(of: Distribution, random: Random): number {
  if (of.shape !== 'mixture') return drawSimple(of, random);
  const total = of.parts.reduce((sum, part) => sum + part.share, 0);
  let at = random.unit() * total;
  for (const part of of.parts) {
    at -= part.share;
    if (at < 0) return drawSimple(part.of, random);
  }
  return drawSimple(of.parts[of.parts.length - 1]!.of, random);
}

/** What hardly any draw exceeds, and of bounded shapes none. */
export function longest(of: Distribution): number {
  switch (of.shape) {
    case 'constant':
      return of.value;
    case 'uniform':
      return of.max;
    case 'exponential':
      return 8 * of.mean;
    case 'lognormal':
      return of.mean * (1 + 6 * of.cv);
    case 'gamma':
      return of.mean * (1 + 6 / Math.sqrt(of.k));
    case 'normal':
      return Math.max(of.min, of.mean + 4 * of.sd);
    case 'empirical':
      return of.quantiles[of.quantiles.length - 1]!;
    case 'mixture':
      return Math.max(...of.parts.map((part) => longest(part.of)));
  }
}

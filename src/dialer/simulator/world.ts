import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Distribution, distribution } from './distribution';

/**
 * The people called, the carrier and the agents, as a JSON file. Everything has a default; `{}` is the world of the
 * benchmark in docs/pacing.md. Times are in seconds, hours count from the beginning of the shift.
 */

const share = z.number().min(0).max(1);
const hour = z.number().min(0).max(24);
const level = z.union([
  share,
  z
    .array(z.strictObject({ fromHour: hour, value: share }))
    .min(1)
    .max(1000),
]);
/** A figure that may change in steps during the shift. */
export type Level = z.infer<typeof level>;

const like = (fallback: Distribution) => distribution.default(fallback);

export const worldSchema = z
  .strictObject({
    /** Share of dials answered by a person. */
    hitRate: level.default(0.2),
    machineShare: level.default(0.25),
    /** Busy, invalid, rejected: known within seconds. The rest rings out. */
    failureShare: level.default(0.1),
    setUp: like({ shape: 'uniform', min: 1, max: 3 }),
    /** From the end of the set-up. */
    failure: like({ shape: 'uniform', min: 1, max: 4 }),
    personRing: like({ shape: 'gamma', k: 3, mean: 8.5 }),
    machineRing: like({ shape: 'normal', mean: 18, sd: 3, min: 1 }),
    ringLimitSeconds: z.number().min(10).max(80).default(25),
    greeting: like({ shape: 'uniform', min: 0.6, max: 1.6 }),
    amd: z
      .strictObject({
        /** False: every answer goes to an agent as it comes. */
        enabled: z.boolean().default(true),
        /** After the end of a person's greeting. */
        verdictAfterGreetingSeconds: z.number().min(0).max(10).default(0.5),
        machineVerdict: like({ shape: 'uniform', min: 1.5, max: 3.5 }),
        /** Machines taken for persons. */
        machinesPassed: share.default(0.08),
        /** Persons taken for machines and hung up: abandoned in law, unseen by the dialer. */
        personsRejected: share.default(0),
      })
      .prefault({}),
    talk: like({ shape: 'lognormal', mean: 180, cv: 1 }),
    /** Until the agent sees that it is a machine. */
    machineTalk: like({ shape: 'uniform', min: 4, max: 8 }),
    wrapUp: like({ shape: 'lognormal', mean: 15, cv: 0.8 }),
    /** From the end of the greeting, with nobody there, until the person hangs up. Absent: nobody does. */
    patience: distribution.optional(),
    carrier: z
      .strictObject({
        /** Lines at the carrier; a call more is refused. */
        lines: z.number().int().min(1).max(100_000).optional(),
        /** Share of calls refused with congestion. */
        congestion: level.default(0),
        congestionSeconds: z.number().min(0).max(30).default(1),
      })
      .prefault({}),
    agents: z
      .strictObject({
        /** In order; agents beyond the list work the whole shift. */
        shifts: z
          .array(
            z
              .strictObject({ agents: z.number().int().min(1).max(5000), fromHour: hour, toHour: hour })
              .refine((shift) => shift.fromHour < shift.toHour, 'fromHour must be before toHour'),
          )
          .max(200)
          .default([]),
        breaks: z
          .strictObject({
            perShift: z.number().int().min(0).max(20).default(0),
            duration: like({ shape: 'constant', value: 900 }),
          })
          .prefault({}),
        /** Inbound calls that take an agent who is in no talk. */
        inbound: z
          .strictObject({
            callsPerHour: z.number().min(0).max(100_000).default(0),
            duration: like({ shape: 'lognormal', mean: 200, cv: 1 }),
          })
          .prefault({}),
      })
      .prefault({}),
    /** What the dialer's own work takes: the claim's transaction, the bridge. */
    latency: z
      .strictObject({
        claimSeconds: z.number().min(0).max(1).default(0.02),
        connectSeconds: z.number().min(0).max(1).default(0.03),
      })
      .prefault({}),
    /** Several campaigns share the agents; without the list there is one. What is left out is as above. */
    campaigns: z
      .array(
        z.strictObject({
          rank: z.number().int().min(1).max(1000).default(1),
          contacts: z.number().int().min(1).max(100_000_000).optional(),
          hitRate: level.optional(),
          talk: distribution.optional(),
        }),
      )
      .min(1)
      .max(50)
      .default([{ rank: 1 }]),
  })
  .prefault({});

export type World = z.infer<typeof worldSchema>;

export class WorldError extends Error {}

/** Shares change only there. */
const hoursOf = (...levels: Level[]): number[] => [
  0,
  ...levels.flatMap((of) => (typeof of === 'number' ? [] : of.map((step) => step.fromHour))),
];

/** Names every fault with its field; `source` is what the person gave. */
export function parseWorld(value: unknown, source = 'world'): World {
  const parsed = worldSchema.safeParse(value);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(root)'}: ${issue.message}`);
    throw new WorldError(`${source} is not a world:\n${faults.join('\n')}`);
  }
  const world = parsed.data;
  const { machineShare, failureShare } = world;
  for (const rate of [world.hitRate, ...world.campaigns.map((campaign) => campaign.hitRate ?? 0)]) {
    for (const hour of hoursOf(rate, machineShare, failureShare)) {
      const sum = levelAt(rate, hour) + levelAt(machineShare, hour) + levelAt(failureShare, hour);
      if (sum > 1 + 1e-9) {
        throw new WorldError(
          `${source} is not a world:\n  hitRate, machineShare and failureShare make ${sum}; at most 1 is allowed`,
        );
      }
    }
  }
  return world;
}

export function readWorld(file: string): World {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new WorldError(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : error}`);
  }
  return parseWorld(value, file);
}

export function levelAt(of: Level, atHour: number): number {
  if (typeof of === 'number') return of;
  let value = of[0]!.value;
  for (const step of of) if (step.fromHour <= atHour) value = step.value;
  return value;
}

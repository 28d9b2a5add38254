import { parseWorld, type World } from '../../src/dialer/simulator/world';

/** A world for so many agents: shifts depend on how many there are. */
export interface BenchWorld {
  name: string;
  /** Whether parameters of ours were chosen by looking at it. */
  heldOut: boolean;
  make(agents: number): World;
}

export const benchmarkWorld = (hitRate: number): BenchWorld => ({
  name: `hit ${hitRate}`,
  heldOut: false,
  make: () => parseWorld({ hitRate }),
});

export const stepWorld: BenchWorld = {
  name: 'step 0.2 to 0.4 and back',
  heldOut: false,
  make: () =>
    parseWorld({
      hitRate: [
        { fromHour: 0, value: 0.2 },
        { fromHour: 3, value: 0.4 },
        { fromHour: 5, value: 0.2 },
      ],
    }),
};

/** What a measure of recovery says where nothing happened: no step, but measured as if there had been one. */
export const steadyWorld: BenchWorld = {
  name: 'no step, 0.4 throughout',
  heldOut: false,
  make: () =>
    parseWorld({
      hitRate: [
        { fromHour: 0, value: 0.4 },
        { fromHour: 3, value: 0.4 },
      ],
    }),
};

const part = (agents: number, share: number): number => Math.max(1, Math.floor(agents * share));

export const HELD_OUT: readonly BenchWorld[] = [
  {
    name: 'short talks',
    heldOut: true,
    make: () =>
      parseWorld({
        hitRate: 0.25,
        talk: { shape: 'lognormal', mean: 75, cv: 1.3 },
        wrapUp: { shape: 'gamma', k: 2, mean: 8 },
      }),
  },
  {
    name: 'long talks, long wrap-ups',
    heldOut: true,
    make: () =>
      parseWorld({
        hitRate: 0.25,
        talk: { shape: 'gamma', k: 1.5, mean: 420 },
        wrapUp: { shape: 'gamma', k: 3, mean: 60 },
      }),
  },
  {
    name: 'two kinds of talk',
    heldOut: true,
    make: () =>
      parseWorld({
        hitRate: 0.3,
        talk: {
          shape: 'mixture',
          parts: [
            { share: 0.55, of: { shape: 'gamma', k: 2, mean: 25 } },
            { share: 0.45, of: { shape: 'lognormal', mean: 360, cv: 0.7 } },
          ],
        },
      }),
  },
  {
    name: 'slow answers',
    heldOut: true,
    make: () =>
      parseWorld({
        hitRate: 0.15,
        ringLimitSeconds: 40,
        personRing: {
          shape: 'mixture',
          parts: [
            { share: 0.5, of: { shape: 'gamma', k: 4, mean: 7 } },
            { share: 0.5, of: { shape: 'gamma', k: 6, mean: 19 } },
          ],
        },
        setUp: { shape: 'uniform', min: 2, max: 6 },
      }),
  },
  {
    name: 'hit rate by the hour',
    heldOut: true,
    make: () =>
      parseWorld({
        hitRate: [0.1, 0.15, 0.3, 0.45, 0.5, 0.35, 0.2, 0.12, 0.1].map((value, fromHour) => ({ fromHour, value })),
      }),
  },
  {
    name: 'shifts and breaks',
    heldOut: true,
    make: (agents) =>
      parseWorld({
        agents: {
          shifts: [
            { agents: part(agents, 0.3), fromHour: 0, toHour: 5 },
            { agents: part(agents, 0.3), fromHour: 4, toHour: 9 },
          ],
          breaks: { perShift: 3, duration: { shape: 'normal', mean: 720, sd: 180, min: 300 } },
        },
      }),
  },
  {
    name: 'blended with inbound',
    heldOut: true,
    make: (agents) =>
      parseWorld({
        agents: { inbound: { callsPerHour: agents * 3, duration: { shape: 'lognormal', mean: 240, cv: 1 } } },
      }),
  },
  {
    name: 'machine detection errs',
    heldOut: true,
    make: () => parseWorld({ hitRate: 0.25, amd: { machinesPassed: 0.25, personsRejected: 0.01 } }),
  },
];

import { setPriority } from 'node:os';
import { simulate } from '../dialer/simulator/engine';
import { summarise } from '../dialer/simulator/forecast';
import type { ApartMessage } from './run-apart';
import { SIMULATED_FIGURES, type SimulatedResult, type SimulationPlan } from './simulation';

/** The process in which one simulation runs; ends with it, or with the process that asked. */

const LOW_PRIORITY = 10;
const TELL_EVERY_MS = 250;
const parent = process.ppid;

const tell = (message: ApartMessage): Promise<void> =>
  new Promise((resolve) => {
    // A pipe that is gone has nobody at its other end.
    if (!process.send?.(message, undefined, undefined, () => resolve())) resolve();
  });

const run = async (plan: SimulationPlan): Promise<SimulatedResult> => {
  const runs = [];
  let told = 0;
  for (let index = 0; index < plan.seeds; index += 1) {
    const onProgress = (done: number): void => {
      // Asked of the kernel: while the simulation runs, no event of this process is heard.
      if (process.ppid !== parent) process.exit(1);
      if (performance.now() - told < TELL_EVERY_MS) return;
      told = performance.now();
      void tell({ progress: (index + done) / plan.seeds });
    };
    runs.push(simulate({ ...plan, seed: plan.seed + index, onProgress }));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const found = summarise(runs);
  const figures = Object.fromEntries(SIMULATED_FIGURES.map((name) => [name, found[name]]));
  const finishedSeeds = runs.filter(({ finishHours }) => finishHours !== null).length;
  return { ...figures, seeds: plan.seeds, finishHours: found.finishHours, finishedSeeds } as SimulatedResult;
};

process.once('disconnect', () => process.exit(1));
process.once('message', (plan: SimulationPlan) => {
  setPriority(LOW_PRIORITY);
  run(plan)
    .then((result) => tell({ result }))
    .catch((error: unknown) => tell({ fault: error instanceof Error ? error.message : String(error) }))
    .finally(() => process.exit(0));
});

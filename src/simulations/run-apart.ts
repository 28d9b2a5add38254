import { fork } from 'node:child_process';
import { extname, join } from 'node:path';
import type { SimulatedResult, SimulationPlan } from './simulation';

export type ApartMessage = { progress: number } | { result: SimulatedResult } | { fault: string };

/** The run was ended from outside before it had a result. */
export class SimulationStopped extends Error {}

export interface ApartOptions {
  plan: SimulationPlan;
  signal: AbortSignal;
  onProgress: (done: number) => void;
}

const MOST_MEMORY_MB = 1_024;
const SCRIPT = join(__dirname, `run-process${extname(__filename)}`);

/** In a process of its own and at low priority: the worker's other jobs, and a dialer beside it, do not feel it. */
export const runApart = ({ plan, signal, onProgress }: ApartOptions): Promise<SimulatedResult> =>
  new Promise((resolve, reject) => {
    if (signal.aborted) throw new SimulationStopped();
    const child = fork(SCRIPT, [], {
      execArgv: [...process.execArgv, `--max-old-space-size=${MOST_MEMORY_MB}`],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    let result: SimulatedResult | undefined;
    let fault: string | undefined;
    const stop = (): void => void child.kill('SIGKILL');
    signal.addEventListener('abort', stop, { once: true });
    child.on('message', (message: ApartMessage) => {
      if ('progress' in message) onProgress(message.progress);
      else if ('result' in message) result = message.result;
      else fault = message.fault;
    });
    child.once('error', (error) => {
      fault ??= error.message;
    });
    child.once('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (result) resolve(result);
      else if (signal.aborted) reject(new SimulationStopped());
      else reject(new Error(fault ?? `the simulation ended with ${killedBy ?? `code ${code}`}`));
    });
    child.send(plan);
  });

import { spawn } from 'node:child_process';
import { extname, join } from 'node:path';
import { quantileOf } from './metrics';

/**
 * How late a timer of 100 ms comes in a process that does nothing else, on the same busy machine: the floor for the lag of
 * the dialer's ticks.
 */
const EVERY_MS = 100;

export interface BareTimer {
  /** The lags since the last question. */
  lags(): Promise<number[]>;
  stop(): void;
}

const run = (): void => {
  let lags: number[] = [];
  let due = performance.now() + EVERY_MS;
  const tick = (): void => {
    const now = performance.now();
    lags.push(Math.max(0, now - due));
    due = Math.max(due + EVERY_MS, now);
    setTimeout(tick, due - now);
  };
  setTimeout(tick, EVERY_MS);
  process.on('message', () => {
    process.send?.(lags);
    lags = [];
  });
  process.on('disconnect', () => process.exit(0));
};

export const startBareTimer = (): BareTimer => {
  const program = join(__dirname, `bare-timer${extname(__filename)}`);
  const child = spawn(process.execPath, [...process.execArgv, program, 'run'], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    lags: () =>
      new Promise((resolve) => {
        child.once('message', (lags) => resolve(lags as number[]));
        child.send('lags');
      }),
    stop: () => child.disconnect(),
  };
};

export const lagP99 = (lags: readonly number[]): number => quantileOf(lags, 0.99);

if (require.main === module && process.argv[2] === 'run') run();

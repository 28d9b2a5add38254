import type { Clock } from '../../infra/clock';
import { monotonic } from '../../infra/clock';
import { type KernelState, step } from '../kernel/kernel';
import type { Command, Input } from '../kernel/messages';
import type { InputLog } from '../replay/input-log';
import type { Decided, Feed } from './inputs';

/**
 * Holds the kernel's state and feeds it one input at a time, in the order in which they came. Times never go back, so
 * that a log of the inputs replays.
 */
export interface Runner {
  readonly feed: Feed;
  readonly state: KernelState;
  start(): void;
  stop(): void;
}

export interface RunnerOptions {
  state: KernelState;
  clock: Clock;
  /** Every input and what came of it is written down. */
  log?: Pick<InputLog, 'before' | 'after'>;
  dispatch: (command: Command, decided: Decided) => void;
  /** Before each tick's input: what is polled into the kernel. */
  beforeTick: () => void;
  onTick: (lagMs: number) => void;
  /** A fault in the kernel or a dispatch: the state can no longer be trusted. */
  onFault: (error: unknown) => void;
}

export const TICK_MS = 100;

export const createRunner = (options: RunnerOptions): Runner => {
  const { clock, dispatch, log, state } = options;
  let queue: Input[] = [];
  let running = false;
  let faulted = false;
  let lastAt = 0;
  let lastWall = 0;
  let timer: NodeJS.Timeout | undefined;
  let due = 0;

  const drain = (): void => {
    running = true;
    try {
      for (let index = 0; index < queue.length; index++) {
        const input = queue[index] as Input;
        log?.before(input);
        const commands = step(state, input);
        log?.after(commands, state);
        for (const command of commands) dispatch(command, { at: input.at, wall: input.wall });
      }
    } catch (error) {
      faulted = true;
      options.onFault(error);
    } finally {
      queue = [];
      running = false;
    }
  };

  const feed: Feed = (body, at = monotonic()) => {
    if (faulted) return;
    lastAt = Math.max(lastAt, at);
    lastWall = Math.max(lastWall, clock.now());
    queue.push({ ...body, at: lastAt, wall: lastWall } as Input);
    if (!running) drain();
  };

  const tick = (): void => {
    const now = performance.now();
    options.onTick(Math.max(0, now - due));
    // A tick that is late does not make the next ones come in a burst.
    due = Math.max(due + TICK_MS, now);
    timer = setTimeout(tick, due - now);
    options.beforeTick();
    feed({ type: 'tick' });
  };

  return {
    feed,
    state,
    start() {
      due = performance.now() + TICK_MS;
      timer = setTimeout(tick, TICK_MS);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
};

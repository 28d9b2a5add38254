import { every } from './periodic';

/** Takes the marks of written outcomes off the switch, a few at a time, while nothing waits for it. */
export interface MarkCleaner {
  /** The outcome is committed: nobody needs the leg's mark any more. */
  done(legs: readonly string[]): void;
  start(): void;
  stop(): void;
}

export interface MarkCleanerOptions {
  clearMark: (leg: string) => Promise<void>;
  /** Whether the switch can be asked; until then the marks wait. */
  mayClear: () => boolean;
  onError: (error: unknown) => void;
}

const EVERY_MS = 500;
const AT_ONCE = 4;
const BATCH = 50;
/** Marks are only memory of the switch: in a long outage the oldest are left there until it restarts. */
const KEPT = 50_000;

export const createMarkCleaner = (options: MarkCleanerOptions): MarkCleaner => {
  let waiting: string[] = [];
  let stop = () => {};

  const clear = async (): Promise<void> => {
    for (let cleared = 0; cleared < BATCH && waiting.length > 0 && options.mayClear(); cleared += AT_ONCE) {
      await Promise.all(waiting.splice(0, AT_ONCE).map((leg) => options.clearMark(leg)));
    }
  };

  return {
    done(legs) {
      waiting.push(...legs);
      if (waiting.length > KEPT) waiting = waiting.slice(-KEPT);
    },
    start() {
      stop = every(EVERY_MS, clear, options.onError);
    },
    stop: () => stop(),
  };
};

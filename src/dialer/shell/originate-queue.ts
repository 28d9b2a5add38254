import { monotonic } from '../../infra/clock';

/**
 * Sends originates in the order of their claims, no faster than the dialer's rate. The rate refills a small bucket, so
 * that a batch does not wait for one tick each.
 */
export interface OriginateQueue<T> {
  push(item: T): void;
  /** How many more would still leave within `ms`, counting those that wait. */
  room(ms: number): number;
  /** Takes back what has not left. */
  drop(): T[];
  readonly waiting: number;
}

export const createOriginateQueue = <T>(perSecond: number, send: (item: T) => void): OriginateQueue<T> => {
  const burst = Math.max(1, perSecond / 5);
  let tokens = burst;
  let refilledAt = monotonic();
  let queue: T[] = [];
  let timer: NodeJS.Timeout | undefined;

  const refill = (): void => {
    const now = monotonic();
    tokens = Math.min(burst, tokens + ((now - refilledAt) * perSecond) / 1000);
    refilledAt = now;
  };

  const pump = (): void => {
    timer = undefined;
    refill();
    while (queue.length > 0 && tokens >= 1) {
      tokens -= 1;
      send(queue.shift() as T);
    }
    if (queue.length > 0) timer = setTimeout(pump, Math.max(1, ((1 - tokens) * 1000) / perSecond));
  };

  return {
    push(item) {
      queue.push(item);
      if (!timer) pump();
    },
    room(ms) {
      refill();
      return Math.max(0, Math.floor(tokens + (perSecond * ms) / 1000) - queue.length);
    },
    drop() {
      const dropped = queue;
      queue = [];
      clearTimeout(timer);
      timer = undefined;
      return dropped;
    },
    get waiting() {
      return queue.length;
    },
  };
};

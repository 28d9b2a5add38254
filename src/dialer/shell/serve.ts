import type { Pool } from 'pg';
import { monotonic } from '../../infra/clock';
import type { Checks } from '../../infra/health';
import { createDialer, type DialerOptions } from './dialer';
import { type DialerRow, readDialer } from './dialer-row';
import { acquireLease, keepLease, raiseEpoch } from './lease';

export interface ServedDialer {
  readonly dialerId: string;
  readonly epoch: number;
  readonly checks: Checks;
  /** In good order; the dialer is free for the next process at once. */
  end(deadlineMs: number): Promise<void>;
  /** As if the process had died: nothing more is done, and the lease is left to run out. */
  die(): Promise<void>;
}

type FromServing = 'row' | 'epoch' | 'fencedAt' | 'lease' | 'createPort' | 'onFatal';

export interface ServeOptions {
  /** Any dialer without an owner when undefined. */
  wanted: string | undefined;
  /** Unique for this process. */
  owner: string;
  leasePool: Pool;
  signal: AbortSignal;
  deps: Omit<DialerOptions, FromServing>;
  createPort: (row: DialerRow) => DialerOptions['createPort'];
  /** As soon as the epoch is ours, before the take-over is through. */
  onServing?: (dialer: ServedDialer) => void;
  onFatal: (reason: string) => void;
}

const STAND_BY_MS = 300;

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });

/** Stands by until a dialer is free, takes it over and acts for it; undefined when told to end before. */
export const serveDialer = async (options: ServeOptions): Promise<ServedDialer | undefined> => {
  const { leasePool, owner, signal, deps } = options;
  while (!signal.aborted) {
    // The database may be away, or hold no dialer yet: the same is asked again.
    const acquired = await acquireLease(leasePool, owner, options.wanted).catch((error: unknown) => {
      deps.logger.debug({ reason: String(error) }, 'no lease');
      return undefined;
    });
    if (acquired) {
      const served = await begin(options, acquired);
      if (served) return served;
    }
    await pause(STAND_BY_MS, signal);
  }
  return undefined;
};

const begin = async (
  options: ServeOptions,
  { dialerId, sentAt }: { dialerId: string; sentAt: number },
): Promise<ServedDialer | undefined> => {
  const { leasePool, owner, deps } = options;
  let lost = false;
  let onLost = () => {
    lost = true;
  };
  const lease = keepLease({ pool: leasePool, dialerId, owner, sentAt, onLost: () => onLost() });
  // Failing here costs nothing: nobody has acted under the new lease yet.
  const epoch = await raiseEpoch(leasePool, dialerId, owner).catch((error: unknown) => {
    deps.logger.warn({ dialerId, reason: String(error) }, 'the epoch could not be raised');
    return undefined;
  });
  const fencedAt = monotonic();
  if (epoch === undefined || lost) {
    await lease.stop(true);
    return undefined;
  }
  const row = await readDialer(leasePool, dialerId);
  deps.logger.info({ dialerId, name: row.name, epoch }, 'taking over');
  const fatal = (reason: string): void => {
    void lease.stop(false);
    options.onFatal(reason);
  };
  const dialer = createDialer({
    ...deps,
    row,
    epoch,
    fencedAt,
    lease,
    createPort: options.createPort(row),
    onFatal: fatal,
  });
  onLost = () => {
    void dialer.halt();
    fatal('the lease is lost');
  };
  const served: ServedDialer = {
    dialerId,
    epoch,
    checks: dialer.checks,
    async end(deadlineMs) {
      await dialer.drain(deadlineMs);
      await lease.stop(true);
    },
    async die() {
      await Promise.all([dialer.halt(), lease.stop(false)]);
    },
  };
  options.onServing?.(served);
  await dialer.takeOver();
  return served;
};

import type { WebSocket } from 'ws';
import type { Caller } from '../../src/organisations/caller';
import type { Identity } from '../context';

/** Close codes after which a client may connect again, with what its reason says. */
export const RESUMABLE_CLOSE = {
  /** Connect again with a new token. */
  TOKEN_EXPIRED: 4401,
  UNAUTHENTICATED: 4401,
  /** Connect again: the snapshot comes first. */
  SLOW_CONSUMER: 4408,
  STORE_UNAVAILABLE: 4503,
} as const;

/** A token is looked at this often: a revoked key or a disabled user hears nothing for longer. */
const CHECK_MS = 5_000;
/** Unsent data above this, or any unsent for this long, is a client that does not keep up. */
const MAX_BUFFERED_BYTES = 1_000_000;
const MAX_STALLED_CHECKS = 3;

export interface KeepOptions {
  caller: Caller;
  check(): Promise<Identity>;
}

const standing = ({ roles, agentId }: Caller): string => JSON.stringify([[...roles].sort(), agentId]);

/** Watches one connection: closes it when its token ends or when its client does not keep up. */
export const keepSocket = (socket: WebSocket, { caller, check }: KeepOptions): (() => void) => {
  const { tokenExpiresAt } = caller;
  let stalled = 0;
  let checking = false;

  const close = (code: keyof typeof RESUMABLE_CLOSE) => {
    release();
    socket.close(RESUMABLE_CLOSE[code], code);
    // A client that reads nothing does not answer the closing handshake either.
    setTimeout(() => socket.terminate(), 2_000).unref();
  };

  const look = async () => {
    stalled = socket.bufferedAmount > 0 ? stalled + 1 : 0;
    if (socket.bufferedAmount > MAX_BUFFERED_BYTES || stalled >= MAX_STALLED_CHECKS) return close('SLOW_CONSUMER');
    const { caller: now, authError } = await check();
    // A database that is away is no reason to cut desktops off: the next look decides.
    if (authError && authError.code !== 'STORE_UNAVAILABLE') {
      return close(authError.code === 'TOKEN_EXPIRED' ? 'TOKEN_EXPIRED' : 'UNAUTHENTICATED');
    }
    // Whoever lost a role or became another agent must subscribe anew: roles are checked at that moment.
    if (now && standing(now) !== standing(caller)) close('UNAUTHENTICATED');
  };

  const timer = setInterval(() => {
    if (checking) return;
    checking = true;
    look()
      .catch(() => undefined)
      .finally(() => {
        checking = false;
      });
  }, CHECK_MS);
  timer.unref();
  // setTimeout cannot wait longer than 2^31 ms; the look above catches later ends.
  const left = tokenExpiresAt === undefined ? Number.POSITIVE_INFINITY : tokenExpiresAt - Date.now();
  const expiry = left < 2 ** 31 ? setTimeout(() => close('TOKEN_EXPIRED'), Math.max(0, left)) : undefined;
  expiry?.unref();

  function release() {
    clearInterval(timer);
    clearTimeout(expiry);
  }
  return release;
};

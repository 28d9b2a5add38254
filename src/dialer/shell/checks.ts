import type { Checks } from '../../infra/health';
import type { LeaseKeeper } from './lease';
import type { Permission } from './permission';

const check = (reason: () => string | undefined) => async (): Promise<void> => {
  const why = reason();
  if (why) throw new Error(why);
};

/** What must hold for a dialer to act, each with its reason when it does not. */
export const createChecks = (lease: LeaseKeeper, permission: Permission): Checks => ({
  lease: check(() => (lease.live() ? undefined : 'the lease is not live')),
  clock: check(() =>
    lease.clocksAgree() ? undefined : `the clock is ${Math.round(lease.clockSkewMs())} ms off PostgreSQL's`,
  ),
  switch: check(() => (permission.linkUp ? undefined : 'no link to the switch')),
  takeOver: check(() => (permission.restored ? undefined : 'taking over')),
});

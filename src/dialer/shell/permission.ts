import type { LeaseKeeper } from './lease';

/** Whether originates may leave at all, and if not why, in codes that the live figures and the readiness show. */
export interface Permission {
  why(): string[];
  allowed(): boolean;
  linkUp: boolean;
  restored: boolean;
  draining: boolean;
}

export const createPermission = (lease: LeaseKeeper): Permission => {
  const permission: Permission = {
    linkUp: false,
    restored: false,
    draining: false,
    why: () => [
      ...(lease.live() ? [] : ['LEASE_NOT_LIVE']),
      ...(lease.clocksAgree() ? [] : ['CLOCK_OFF']),
      ...(permission.linkUp ? [] : ['SWITCH_LINK_DOWN']),
      ...(permission.restored ? [] : ['TAKING_OVER']),
      ...(permission.draining ? ['SHUTTING_DOWN'] : []),
    ],
    allowed: () =>
      lease.live() && lease.clocksAgree() && permission.linkUp && permission.restored && !permission.draining,
  };
  return permission;
};

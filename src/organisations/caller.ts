import { OutdialError } from '../errors';

export const ROLES = ['ADMIN', 'CAMPAIGN_MANAGER', 'SUPERVISOR', 'AGENT', 'ANALYST', 'INTEGRATION'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks: the result of authentication. Every service takes it first and filters by its organisation. */
export interface Caller {
  organisationId: string;
  /** As it stands in the audit: `user:<id>`, `key:<id>` or `admin-token`. */
  actor: string;
  userId?: string;
  /** The agent this user works as, if any. */
  agentId?: string;
  roles: readonly Role[];
  /** Epoch milliseconds of real time; absent for keys without an expiry. */
  tokenExpiresAt?: number;
  /** Only the fixed administrator token may create further organisations. */
  platform?: boolean;
}

/** ADMIN may do whatever any role of its organisation may. */
export const hasRole = (caller: Caller, ...roles: readonly Role[]): boolean =>
  caller.roles.includes('ADMIN') || roles.some((role) => caller.roles.includes(role));

export const requireRole = (caller: Caller, ...roles: readonly Role[]): void => {
  if (!hasRole(caller, ...roles)) {
    throw new OutdialError('FORBIDDEN', `this needs one of the roles ADMIN, ${roles.join(', ')}`);
  }
};

/** Whether full telephone numbers may be shown; everyone else gets them masked. */
export const seesNumbers = (caller: Caller): boolean => hasRole(caller, 'CAMPAIGN_MANAGER', 'INTEGRATION');

import { type Caller, type Role, requireRole } from '../organisations/caller';

export const REPORT_ROLES = ['CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST'] as const satisfies readonly Role[];

export const requireReports = (caller: Caller): void => requireRole(caller, ...REPORT_ROLES);

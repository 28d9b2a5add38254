import { ROLES } from '../../src/organisations/caller';
import { enumOf } from '../enums';

export const RoleEnum = enumOf(
  'Role',
  ROLES,
  'ADMIN: everything within the organisation. CAMPAIGN_MANAGER: sets up and runs groups, campaigns and lists. SUPERVISOR: ' +
    'watches agents and campaigns, acts for agents. AGENT: works at a desktop. ANALYST: reads reports. INTEGRATION: a ' +
    'program that brings lists and contacts and runs campaigns.',
);

import type { Container } from '../container';
import { createComplianceOverrideService } from './own/override-service';
import { createComplianceProfileService } from './own/profile-service';

/** What the api needs of compliance. */
export const createComplianceServices = ({ database, clock, laws }: Container) => ({
  laws,
  complianceProfiles: createComplianceProfileService({ database, clock }),
  complianceOverrides: createComplianceOverrideService({ database, clock }, laws),
});

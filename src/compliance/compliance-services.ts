import type { Container } from '../container';
import { createComplianceOverrideService } from './own/override-service';
import { createComplianceProfileService } from './own/profile-service';
import { RetentionService } from './retention/retention-service';

/** What the api needs of compliance. */
export const createComplianceServices = ({ database, hot: pool, clock, laws }: Container) => ({
  laws,
  complianceProfiles: createComplianceProfileService({ database, clock }),
  complianceOverrides: createComplianceOverrideService({ database, clock }, laws),
  retention: new RetentionService({ pool, clock, laws }),
});

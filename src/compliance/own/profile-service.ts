import { z } from 'zod';
import { id, patchOf } from '../../infra/validate';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey } from '../../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../../organisations/records';
import { checkVersions } from '../law/check-profile';
import { profileShape } from '../law/profile';
import { type ComplianceProfile, ComplianceProfileEntity } from './compliance-profile';
import { raiseLawVersion } from './law-version';

const { jurisdiction, ...shape } = profileShape;

export const createComplianceProfileInput = z.object({ jurisdiction, ...shape, idempotencyKey });
export const updateComplianceProfileInput = z.object({
  id: id().describe('The profile.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export type ComplianceProfileService = Pick<
  Records<ComplianceProfile>,
  'get' | 'find' | 'list' | 'create' | 'update'
> & {
  /** From then on it is in force nowhere; another may take its place. */
  retire(caller: Caller, id: string): Promise<ComplianceProfile>;
};

/** Profiles of the organisation's own. A dialer judges by a change from its next claim on. */
export const createComplianceProfileService = (deps: RecordDeps): ComplianceProfileService => {
  const records = createRecords<
    ComplianceProfile,
    typeof createComplianceProfileInput,
    typeof updateComplianceProfileInput
  >(deps, {
    entity: ComplianceProfileEntity,
    label: 'compliance profile',
    create: createComplianceProfileInput,
    update: updateComplianceProfileInput,
    async check(row, { manager, caller, before }) {
      if (!before) row.retiredAt = null;
      checkVersions(row.versions);
      await raiseLawVersion(manager, caller);
    },
  });
  return {
    ...records,
    retire: (caller, profileId) =>
      records.act(caller, profileId, 'retire', (row, now) => (row.retiredAt ? null : { retiredAt: now })),
  };
};

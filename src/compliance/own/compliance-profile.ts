import { column, nullable, type TenantRow, tenantEntity } from '../../infra/entity';
import type { ProfileVersion } from '../law/profile';

/** A profile of the organisation's own: it adds to what is shipped and never loosens it. */
export interface ComplianceProfile extends TenantRow {
  jurisdiction: string;
  name: string;
  zones: string[];
  versions: ProfileVersion[];
  retiredAt: Date | null;
}

export const ComplianceProfileEntity = tenantEntity<ComplianceProfile>('ComplianceProfile', 'compliance_profile', {
  jurisdiction: column.text,
  name: column.text,
  zones: column.texts,
  versions: column.json,
  retiredAt: nullable(column.time),
});

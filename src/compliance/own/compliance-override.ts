import { column, nullable, type TenantRow, tenantEntity } from '../../infra/entity';
import type { RuleName, Rules } from '../law/profile';

/** A looser rule in place of a shipped profile's, for some days and with a reason. */
export interface ComplianceOverride extends TenantRow {
  profile: string;
  rule: RuleName;
  value: NonNullable<Rules[RuleName]>;
  reason: string;
  fromDay: string;
  toDay: string;
  endedAt: Date | null;
  createdBy: string;
}

export const ComplianceOverrideEntity = tenantEntity<ComplianceOverride>('ComplianceOverride', 'compliance_override', {
  profile: column.text,
  rule: column.text,
  value: column.json,
  reason: column.text,
  fromDay: column.text,
  toDay: column.text,
  endedAt: nullable(column.time),
  createdBy: column.text,
});

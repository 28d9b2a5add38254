import { column, type TenantRow, tenantEntity } from '../../infra/entity';
import type { OutcomeRules } from './outcome-set';

/** A copy of the primary set with rules of its own. */
export interface TelephonyOutcomeSet extends TenantRow {
  name: string;
  description: string;
  /** Only those that differ from the primary set. */
  rules: Partial<OutcomeRules>;
}

export const TelephonyOutcomeSetEntity = tenantEntity<TelephonyOutcomeSet>(
  'TelephonyOutcomeSet',
  'telephony_outcome_set',
  { name: column.text, description: column.text, rules: column.json },
);

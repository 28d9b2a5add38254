import { column, type TenantRow, tenantEntity } from '../../infra/entity';

export const BUSINESS_OUTCOME_KINDS = ['SUCCESS', 'FAILURE', 'NEUTRAL'] as const;

export interface BusinessOutcome {
  name: string;
  kind: (typeof BUSINESS_OUTCOME_KINDS)[number];
  /** The person that was meant has been spoken with. */
  rightParty: boolean;
}

/** What conversations may come to, for a line of business. */
export interface BusinessOutcomeGroup extends TenantRow {
  name: string;
  outcomes: BusinessOutcome[];
}

export const BusinessOutcomeGroupEntity = tenantEntity<BusinessOutcomeGroup>(
  'BusinessOutcomeGroup',
  'business_outcome_group',
  { name: column.text, outcomes: column.json },
);

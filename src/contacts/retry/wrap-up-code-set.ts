import { column, nullable, type TenantRow, tenantEntity } from '../../infra/entity';
import type { RetryRule } from './outcome-set';

export const WRAP_UP_ACTIONS = ['CLOSE', 'RETRY', 'DO_NOT_CALL'] as const;

/** What an agent may say of a call, and what follows. */
export type WrapUpCode = {
  code: string;
  label: string;
  /** One of the set's business outcome group. */
  businessOutcome: string | null;
} & ({ action: 'CLOSE' } | { action: 'DO_NOT_CALL' } | RetryRule);

export interface WrapUpCodeSet extends TenantRow {
  name: string;
  businessOutcomeGroupId: string | null;
  codes: WrapUpCode[];
}

export const WrapUpCodeSetEntity = tenantEntity<WrapUpCodeSet>('WrapUpCodeSet', 'wrap_up_code_set', {
  name: column.text,
  businessOutcomeGroupId: nullable(column.uuid),
  codes: column.json,
});

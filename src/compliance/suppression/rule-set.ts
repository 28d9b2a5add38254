import { z } from 'zod';
import { column, type TenantRow, tenantEntity } from '../../infra/entity';
import { id, patchOf, text } from '../../infra/validate';
import { idempotencyKey } from '../../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../../organisations/records';
import { rulesInput, type SuppressionRule } from './rule-input';

/** Rules by which people are not called for a while, or not at all; campaigns choose a set. Its version stands in verdicts. */
export interface SuppressionRuleSet extends TenantRow {
  name: string;
  rules: SuppressionRule[];
}

export const SuppressionRuleSetEntity = tenantEntity<SuppressionRuleSet>('SuppressionRuleSet', 'suppression_rule_set', {
  name: column.text,
  rules: column.json,
});

const shape = {
  name: text(200).describe('Name of the set.'),
  rules: rulesInput.describe('1–50 rules. One that says SKIP comes before one that says DELAY.'),
};

export const createSuppressionRuleSetInput = z.object({ ...shape, idempotencyKey });
export const updateSuppressionRuleSetInput = z.object({
  id: id().describe('The set.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export type SuppressionRuleSetService = Records<SuppressionRuleSet>;

/** A change holds from the next claim on, in every campaign that has chosen the set; the audit keeps each version. */
export const createSuppressionRuleSetService = (deps: RecordDeps): SuppressionRuleSetService =>
  createRecords<SuppressionRuleSet, typeof createSuppressionRuleSetInput, typeof updateSuppressionRuleSetInput>(deps, {
    entity: SuppressionRuleSetEntity,
    label: 'suppression rule set',
    create: createSuppressionRuleSetInput,
    update: updateSuppressionRuleSetInput,
  });

import { z } from 'zod';
import { invalid } from '../../errors';
import { id, patchOf, text } from '../../infra/validate';
import { idempotencyKey } from '../../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../../organisations/records';
import type { DialOutcome } from './dial-outcome';
import { DIAL_OUTCOMES, type OutcomeRule, type OutcomeRules } from './outcome-set';
import { outcomeRuleOf, retryFields } from './rule-input';
import { requireRoomForSet } from './set-limit';
import { type TelephonyOutcomeSet, TelephonyOutcomeSetEntity } from './telephony-outcome-set';

export const OUTCOME_ACTIONS = ['CLOSE', 'RETRY'] as const;

const ruleInput = z
  .object({
    outcome: z.enum(DIAL_OUTCOMES).meta({ typeName: 'DialOutcome' }).describe('How the attempt ended.'),
    action: z.enum(OUTCOME_ACTIONS).meta({ typeName: 'OutcomeAction' }).describe('Close the contact, or try again.'),
    ...retryFields,
  })
  .meta({ typeName: 'OutcomeRuleInput', description: 'What becomes of a contact whose attempt ended so.' });

const shape = {
  name: text(200).describe('Name of the set.'),
  description: text(1000, 0).default('').describe('For whom it is.'),
  rules: z
    .array(ruleInput)
    .max(DIAL_OUTCOMES.length)
    .default([])
    .describe('Rules that differ from the primary set; in an update, rules that change. The others stay.'),
};

export const createTelephonyOutcomeSetInput = z.object({ ...shape, idempotencyKey });
export const updateTelephonyOutcomeSetInput = z.object({
  id: id().describe('The telephony outcome set.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

type RuleInput = z.output<typeof ruleInput>;

const rulesOf = (given: readonly RuleInput[]): Partial<OutcomeRules> => {
  const rules: Partial<Record<DialOutcome, OutcomeRule>> = {};
  for (const rule of given) {
    if (rules[rule.outcome]) throw invalid('rules', `rules has two for ${rule.outcome}`);
    rules[rule.outcome] = outcomeRuleOf(`rules.${rule.outcome}`, rule);
  }
  return rules;
};

export type TelephonyOutcomeSetService = Records<TelephonyOutcomeSet>;

export const createTelephonyOutcomeSetService = (deps: RecordDeps): TelephonyOutcomeSetService =>
  createRecords<TelephonyOutcomeSet, typeof createTelephonyOutcomeSetInput, typeof updateTelephonyOutcomeSetInput>(
    deps,
    {
      entity: TelephonyOutcomeSetEntity,
      label: 'telephony outcome set',
      create: createTelephonyOutcomeSetInput,
      update: updateTelephonyOutcomeSetInput,
      fields({ name, description, rules }, before) {
        return {
          ...(name === undefined ? {} : { name }),
          ...(description === undefined ? {} : { description }),
          ...(rules === undefined ? {} : { rules: { ...before?.rules, ...rulesOf(rules) } }),
        };
      },
      async check(_row, { manager, caller, before }) {
        if (!before) await requireRoomForSet(manager, caller, 'telephony_outcome_set');
      },
    },
  );

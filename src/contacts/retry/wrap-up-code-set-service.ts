import { z } from 'zod';
import { invalid } from '../../errors';
import { id, patchOf, text } from '../../infra/validate';
import { idempotencyKey } from '../../organisations/idempotency';
import { type Checking, createRecords, type RecordDeps, type Records } from '../../organisations/records';
import { referred } from '../../organisations/references';
import { BusinessOutcomeGroupEntity } from './business-outcome-group';
import { requireNoRetryFields, retryFields, retryRuleOf } from './rule-input';
import { requireRoomForSet } from './set-limit';
import { WRAP_UP_ACTIONS, type WrapUpCode, type WrapUpCodeSet, WrapUpCodeSetEntity } from './wrap-up-code-set';

const codeInput = z
  .object({
    code: text(100).describe('What the agent picks and reports show.'),
    label: text(200, 0).default('').describe('In words; empty: the code itself.'),
    businessOutcome: text(100)
      .nullish()
      .describe("What it means for the business: the name of an outcome of the set's business outcome group."),
    action: z
      .enum(WRAP_UP_ACTIONS)
      .meta({ typeName: 'WrapUpAction' })
      .describe('DO_NOT_CALL: the person has opted out; no number of theirs is dialled again.'),
    ...retryFields,
  })
  .meta({ typeName: 'WrapUpCodeInput', description: 'A wrap-up code and what follows from it.' });

const shape = {
  name: text(200).describe('Name of the set.'),
  businessOutcomeGroupId: id().nullish().describe('Group of business outcomes that its codes name.'),
  codes: z.array(codeInput).min(1).max(200).describe('Its codes, each once. An update gives all of them.'),
};

export const createWrapUpCodeSetInput = z.object({ ...shape, idempotencyKey });
export const updateWrapUpCodeSetInput = z.object({
  id: id().describe('The wrap-up code set.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

const codesOf = (given: readonly z.output<typeof codeInput>[]): WrapUpCode[] => {
  const seen = new Set<string>();
  return given.map((one) => {
    const { code, label, businessOutcome = null, action } = one;
    if (seen.has(code)) throw invalid('codes', `codes has "${code}" twice`);
    seen.add(code);
    const head = { code, label: label || code, businessOutcome };
    const field = `codes.${code}`;
    if (action === 'RETRY') return { ...head, ...retryRuleOf(field, one) };
    requireNoRetryFields(field, action, one);
    return { ...head, action };
  });
};

const checkOutcomes = async (row: WrapUpCodeSet, { manager, caller }: Checking<WrapUpCodeSet>): Promise<void> => {
  const named = row.codes.filter(({ businessOutcome }) => businessOutcome !== null);
  const field = 'businessOutcomeGroupId';
  const group = row.businessOutcomeGroupId
    ? await referred(manager, caller, BusinessOutcomeGroupEntity, field, row.businessOutcomeGroupId)
    : undefined;
  if (named[0] && !group)
    throw invalid(field, `${field} must be given: code "${named[0].code}" names a business outcome`);
  const known = new Set(group?.outcomes.map(({ name }) => name));
  const unknown = named.find(({ businessOutcome }) => !known.has(businessOutcome as string));
  if (!unknown) return;
  const all = [...known].join(', ');
  const message = `code "${unknown.code}" names business outcome "${unknown.businessOutcome}": group "${group?.name}" has ${all}`;
  throw invalid(`codes.${unknown.code}.businessOutcome`, message);
};

export type WrapUpCodeSetService = Records<WrapUpCodeSet>;

export const createWrapUpCodeSetService = (deps: RecordDeps): WrapUpCodeSetService =>
  createRecords<WrapUpCodeSet, typeof createWrapUpCodeSetInput, typeof updateWrapUpCodeSetInput>(deps, {
    entity: WrapUpCodeSetEntity,
    label: 'wrap-up code set',
    create: createWrapUpCodeSetInput,
    update: updateWrapUpCodeSetInput,
    fields({ name, businessOutcomeGroupId, codes }, before) {
      return {
        ...(name === undefined ? {} : { name }),
        ...(businessOutcomeGroupId === undefined && before
          ? {}
          : { businessOutcomeGroupId: businessOutcomeGroupId ?? null }),
        ...(codes === undefined ? {} : { codes: codesOf(codes) }),
      };
    },
    async check(row, checking) {
      if (!checking.before) await requireRoomForSet(checking.manager, checking.caller, 'wrap_up_code_set');
      await checkOutcomes(row, checking);
    },
  });

import { z } from 'zod';
import { invalid, OutdialError } from '../../errors';
import { id, patchOf, text } from '../../infra/validate';
import { idempotencyKey } from '../../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../../organisations/records';
import {
  BUSINESS_OUTCOME_KINDS,
  type BusinessOutcomeGroup,
  BusinessOutcomeGroupEntity,
} from './business-outcome-group';
import { requireRoomForSet } from './set-limit';

const outcomeInput = z
  .object({
    name: text(100).describe('As reports show it, e.g. Sale.'),
    kind: z.enum(BUSINESS_OUTCOME_KINDS).meta({ typeName: 'BusinessOutcomeKind' }).describe('What it is worth.'),
    rightParty: z.boolean().default(false).describe('Whether the person that was meant has been spoken with.'),
  })
  .meta({ typeName: 'BusinessOutcomeInput', description: 'What a conversation may come to.' });

const shape = {
  name: text(200).describe('Name of the group.'),
  outcomes: z.array(outcomeInput).min(1).max(100).describe('Its outcomes, each name once.'),
};

export const createBusinessOutcomeGroupInput = z.object({ ...shape, idempotencyKey });
export const updateBusinessOutcomeGroupInput = z.object({
  id: id().describe('The business outcome group.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

const USED = `/* businessOutcomes.used */
SELECT s.name AS "set", code ->> 'businessOutcome' AS outcome
FROM wrap_up_code_set s CROSS JOIN jsonb_array_elements(s.codes) AS code
WHERE s.organisation_id = $1 AND s.business_outcome_group_id = $2
  AND code ->> 'businessOutcome' IS NOT NULL AND NOT code ->> 'businessOutcome' = ANY($3::text[])
ORDER BY 1, 2 LIMIT 1`;

export type BusinessOutcomeGroupService = Records<BusinessOutcomeGroup>;

export const createBusinessOutcomeGroupService = (deps: RecordDeps): BusinessOutcomeGroupService =>
  createRecords<BusinessOutcomeGroup, typeof createBusinessOutcomeGroupInput, typeof updateBusinessOutcomeGroupInput>(
    deps,
    {
      entity: BusinessOutcomeGroupEntity,
      label: 'business outcome group',
      create: createBusinessOutcomeGroupInput,
      update: updateBusinessOutcomeGroupInput,
      async check(row, { manager, caller, before }) {
        const names = row.outcomes.map(({ name }) => name);
        const twice = names.find((name, at) => names.indexOf(name) !== at);
        if (twice) throw invalid('outcomes', `outcomes has "${twice}" twice`);
        if (!before) return requireRoomForSet(manager, caller, 'business_outcome_group');
        const [used] = (await manager.query(USED, [caller.organisationId, row.id, names])) as {
          set: string;
          outcome: string;
        }[];
        if (!used) return;
        const message = `outcome "${used.outcome}" is used by wrap-up code set "${used.set}": take it out there first`;
        throw new OutdialError('IN_USE', message, 'outcomes');
      },
    },
  );

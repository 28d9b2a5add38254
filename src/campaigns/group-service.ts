import { z } from 'zod';
import { DialerEntity } from '../agents/dialer';
import { TeamEntity } from '../agents/team';
import { invalid, OutdialError } from '../errors';
import { maskNumber } from '../infra/logger';
import { e164 } from '../infra/telephone';
import { decimal, id, patchOf, text, whole } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';
import { type Checking, createRecords, type RecordDeps, type Records } from '../organisations/records';
import { referred, referredAll } from '../organisations/references';
import { type CampaignGroup, CampaignGroupEntity } from './campaign-group';
import { checkCpa, cpaShape } from './cpa';
import { EntryPointEntity } from './entry-point';
import {
  GROUP_PARAMETERS,
  type NumberParameter,
  OFFER_ACTIONS,
  PACING_MODES,
  PACING_PARAMETERS,
  type PacingInput,
  type PacingNumber,
  PREVIEW_TYPES,
  pacingFor,
  parameterFields,
} from './parameters';
import { QueueEntity } from './queue';
import { checkSchedule, groupSchedule } from './schedule-input';

/** No default in the schema: it depends on the mode, see `pacingFor`. */
const pacingField = (parameter: NumberParameter & { modes: readonly string[] }) =>
  (parameter.whole ? whole(parameter) : decimal(parameter))
    .optional()
    .describe(`${parameter.description} For ${parameter.modes.join(', ')}. Default ${parameter.default}.`);

const pacingFields = Object.fromEntries(
  Object.entries(PACING_PARAMETERS).map(([name, parameter]) => [name, pacingField(parameter)]),
) as { [K in PacingNumber]: z.ZodOptional<z.ZodNumber> };

const previewFields = {
  previewType: z
    .enum(PREVIEW_TYPES)
    .meta({ typeName: 'PreviewType' })
    .optional()
    .describe('STANDARD: the dialer dials; DIRECT: the agent hears the ringing. For PREVIEW. Default STANDARD.'),
  offerAutoAction: z
    .enum(OFFER_ACTIONS)
    .meta({ typeName: 'OfferAction' })
    .optional()
    .describe('What happens to an offer that timed out. For PREVIEW. Default SKIP.'),
  skipAllowed: z.boolean().optional().describe('Whether agents may skip an offer. For PREVIEW. Default true.'),
  removeAllowed: z.boolean().optional().describe('Whether agents may remove a contact. For PREVIEW. Default true.'),
};

const PACING_NAMES = [...Object.keys(pacingFields), ...Object.keys(previewFields)] as (keyof PacingInput)[];

const shape = {
  name: text(200).describe('Name of the group.'),
  dialerId: id().describe('The dialer that runs its campaigns.'),
  entryPointId: id().describe('Outdial entry point: queue and allowed caller IDs.'),
  teamIds: z
    .array(id())
    .min(1)
    .max(100)
    .describe("Teams of the dialer, all in the distribution group of the entry point's queue."),
  pacingMode: z.enum(PACING_MODES).meta({ typeName: 'PacingMode' }).describe('Changing it needs paused campaigns.'),
  ...pacingFields,
  ...previewFields,
  callerId: e164()
    .nullish()
    .describe("Shown to called persons, E.164; one the entry point allows. Default: the entry point's."),
  ...parameterFields(GROUP_PARAMETERS),
  cpa: z
    .object(cpaShape)
    .meta({ typeName: 'CpaInput', description: 'Call progress analysis: switches and timers.' })
    .prefault({})
    .describe('Call progress analysis; all off by default.'),
  schedule: groupSchedule.nullish().describe('Daily schedule; none: always, within lawful hours.'),
};

export const createGroupInput = z.object({ ...shape, idempotencyKey });
export const updateGroupInput = z.object({
  id: id().describe('The campaign group.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
  cpa: shape.cpa.unwrap().optional().describe('Replaces all switches and timers.'),
});

type Input = Partial<z.output<typeof createGroupInput>>;

export type GroupService = Records<CampaignGroup>;

const storedPacing = (group: CampaignGroup | undefined): PacingInput =>
  group ? { ...group.pacing, abandonRate: group.abandonRatePercent } : {};

const fieldsOf = (input: object, before: CampaignGroup | undefined): Partial<CampaignGroup> => {
  const { idempotencyKey: _key, ...given } = input as Input & { id?: string; version?: number };
  const rest = Object.fromEntries(
    Object.entries(given).filter(
      ([name, value]) =>
        value !== undefined && name !== 'id' && name !== 'version' && !PACING_NAMES.includes(name as never),
    ),
  ) as Partial<CampaignGroup>;
  const mode = given.pacingMode ?? before?.pacingMode ?? 'PROGRESSIVE';
  const asked = Object.fromEntries(
    PACING_NAMES.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]),
  );
  const { abandonRate, ...pacing } = pacingFor(mode, asked, storedPacing(before));
  return { ...rest, pacing, abandonRatePercent: abandonRate ?? PACING_PARAMETERS.abandonRate.default };
};

const ACTIVE = `/* group.active */
SELECT name FROM campaign WHERE group_id = $1 AND state IN ('RUNNING', 'PENDING') ORDER BY name LIMIT 1`;

const requirePaused = async (row: CampaignGroup, before: CampaignGroup, checking: Checking<CampaignGroup>) => {
  const moved =
    row.dialerId !== before.dialerId ? 'dialerId' : row.pacingMode !== before.pacingMode ? 'pacingMode' : null;
  if (!moved) return;
  const [active] = (await checking.manager.query(ACTIVE, [row.id])) as { name: string }[];
  if (!active) return;
  throw new OutdialError(
    'INVALID_STATE',
    `changing ${moved} needs paused campaigns: "${active.name}" is running`,
    moved,
  );
};

const checkTeams = async (row: CampaignGroup, { manager, caller }: Checking<CampaignGroup>): Promise<void> => {
  const dialer = await referred(manager, caller, DialerEntity, 'dialerId', row.dialerId);
  const entryPoint = await referred(manager, caller, EntryPointEntity, 'entryPointId', row.entryPointId);
  if (entryPoint.direction !== 'OUTDIAL') {
    throw invalid('entryPointId', `entry point "${entryPoint.name}" is INBOUND; a campaign group needs an OUTDIAL one`);
  }
  const queue = await referred(manager, caller, QueueEntity, 'entryPointId', entryPoint.queueId);
  for (const team of await referredAll(manager, caller, TeamEntity, 'teamIds', row.teamIds)) {
    if (team.dialerId !== dialer.id) {
      throw invalid('teamIds', `team "${team.name}" belongs to another dialer than "${dialer.name}"`);
    }
    if (!queue.teamIds.includes(team.id)) {
      throw invalid('teamIds', `team "${team.name}" is not in the distribution group of queue "${queue.name}"`);
    }
  }
  if (row.callerId && !entryPoint.allowedCallerIds.includes(row.callerId)) {
    const number = maskNumber(row.callerId);
    throw invalid('callerId', `callerId ${number} is not allowed by entry point "${entryPoint.name}"`);
  }
};

export interface GroupDeps extends RecordDeps {
  /** Makes the dialer of running campaigns of the group read again. */
  reload(organisationId: string, groupId: string): Promise<void>;
}

export const createGroupService = (deps: GroupDeps): GroupService =>
  createRecords<CampaignGroup, typeof createGroupInput, typeof updateGroupInput>(deps, {
    entity: CampaignGroupEntity,
    label: 'campaign group',
    create: createGroupInput,
    update: updateGroupInput,
    fields: fieldsOf,
    async check(row, checking) {
      checkCpa(row.cpa, row.pacingMode, row.pacing);
      if (row.schedule) checkSchedule(row.schedule);
      if (row.numberLengthMin > row.numberLengthMax) {
        throw invalid(
          'numberLengthMin',
          `numberLengthMin ${row.numberLengthMin} is above numberLengthMax ${row.numberLengthMax}`,
        );
      }
      await checkTeams(row, checking);
      if (checking.before) await requirePaused(row, checking.before, checking);
    },
    async changed(caller, row, before) {
      if (before) await deps.reload(caller.organisationId, row.id);
    },
  });

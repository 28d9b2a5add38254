import type { EntitySchema } from 'typeorm';
import { z } from 'zod';
import { MESSAGE_ELEMENTS } from '../compliance/law/law';
import { timeZone } from '../compliance/shifts';
import { TelephonyOutcomeSetEntity } from '../contacts/retry/telephony-outcome-set';
import { WrapUpCodeSetEntity } from '../contacts/retry/wrap-up-code-set';
import { contactFilter } from '../contacts/selection/contact-filter';
import { contactSort } from '../contacts/selection/contact-sort';
import { ContactStrategyEntity } from '../contacts/strategy/contact-strategy';
import { invalid, OutdialError } from '../errors';
import type { TenantRow } from '../infra/entity';
import { id, patchOf, text } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';
import { type Checking, createRecords, type RecordDeps, type Records } from '../organisations/records';
import { referred } from '../organisations/references';
import { type Campaign, CampaignEntity, isActive } from './campaign';
import { CampaignGroupEntity } from './campaign-group';
import { CAMPAIGN_PARAMETERS, IVR_MESSAGE, IVR_MODES, parameterFields } from './parameters';
import { beginRanking, selectionFields } from './selection';

const shape = {
  groupId: id().describe('Campaign group: dialer, teams, pacing. Changing it needs a paused campaign.'),
  name: text(200).describe('Name of the campaign; agents see it.'),
  category: text(200, 0).default('').describe('For sorting reports.'),
  subject: text(200, 0)
    .default('')
    .describe(
      'What its calls are about: campaigns of one subject count together where the law caps calls about the same matter. Empty: it is a matter of its own.',
    ),
  timeZone: timeZone().default('UTC').describe('IANA zone of its reports.'),
  ...parameterFields(CAMPAIGN_PARAMETERS),
  contactFilter: contactFilter
    .nullish()
    .describe('Which of its contacts it dials; may change while it runs. None: all.'),
  contactSort: contactSort
    .default([])
    .describe(
      'In which order within a list priority, at most 4 columns; may change while it runs. None: as they came.',
    ),
  telephonyOutcomeSetId: id()
    .nullish()
    .describe('What follows from how an attempt ended; none: the primary telephony outcome set.'),
  wrapUpCodeSetId: id()
    .nullish()
    .describe('Codes agents may give and what follows from each; none: any text, which decides nothing.'),
  ivrMessage: text(200)
    .regex(IVR_MESSAGE, { error: 'must be sound: and the name of a sound of the switch, e.g. sound:offers/spring' })
    .nullish()
    .describe(
      'What a live person hears, e.g. sound:offers/spring. For PROGRESSIVE_IVR, PREDICTIVE_IVR, which need it.',
    ),
  abandonedMessageElements: z
    .array(z.enum(MESSAGE_ELEMENTS).meta({ typeName: 'AbandonedMessageElement' }))
    .max(MESSAGE_ELEMENTS.length)
    .default([])
    .describe(
      'What the message that an abandoned person of this campaign hears holds, by your word: nobody here listens to it. `readiness.warnings` says what the law demands besides.',
    ),
  contactStrategyId: id()
    .nullish()
    .describe('Which numbers are tried, in what order, how often and when; none: in the order of the list.'),
};

export const createCampaignInput = z.object({ ...shape, idempotencyKey });
export const updateCampaignInput = z.object({
  id: id().describe('The campaign.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

type CampaignInput = Partial<z.output<typeof createCampaignInput> & z.output<typeof updateCampaignInput>>;

export type CampaignService = Records<Campaign>;

export interface CampaignDeps extends RecordDeps {
  /** Makes the campaign's dialer read it again. */
  reload(organisationId: string, campaign: Campaign): Promise<void>;
}

/** What it may choose or leave out, of its own organisation. */
const CHOICES = [
  ['telephonyOutcomeSetId', TelephonyOutcomeSetEntity],
  ['wrapUpCodeSetId', WrapUpCodeSetEntity],
  ['contactStrategyId', ContactStrategyEntity],
] as const;

const checkChoices = async (row: Campaign, { manager, caller }: Checking<Campaign>): Promise<void> => {
  for (const [field, entity] of CHOICES) {
    const chosen = row[field];
    if (chosen) await referred<TenantRow>(manager, caller, entity as EntitySchema, field, chosen);
  }
};

/** A message belongs to the IVR modes, and one that is at work needs it. */
const checkMessage = async (row: Campaign, { manager, caller, before }: Checking<Campaign>): Promise<void> => {
  const set = Boolean(row.ivrMessage) && row.ivrMessage !== before?.ivrMessage;
  const active = before !== undefined && isActive(before.state);
  const cleared = active && Boolean(before.ivrMessage) && !row.ivrMessage;
  if (!set && !cleared && row.groupId === before?.groupId) return;
  const { pacingMode } = await referred(manager, caller, CampaignGroupEntity, 'groupId', row.groupId);
  const ivr = IVR_MODES.includes(pacingMode);
  if (set && !ivr) {
    const modes = IVR_MODES.join(', ');
    throw invalid('ivrMessage', `ivrMessage does not belong to ${pacingMode}: it is a parameter of ${modes}`);
  }
  if (cleared && ivr) {
    const message = `a ${pacingMode} campaign that is ${before.state} needs its ivrMessage`;
    throw new OutdialError('INVALID_STATE', message, 'ivrMessage');
  }
};

export const createCampaignService = (deps: CampaignDeps): CampaignService =>
  createRecords<Campaign, typeof createCampaignInput, typeof updateCampaignInput>(deps, {
    entity: CampaignEntity,
    label: 'campaign',
    create: createCampaignInput,
    update: updateCampaignInput,
    fields({ idempotencyKey: _key, id: _id, version: _version, ...given }: CampaignInput, before) {
      return { ...given, ...selectionFields(given, before) } as Partial<Campaign>;
    },
    async check(row, { manager, caller, before }) {
      if (row.callingHoursStartMinute >= row.callingHoursEndMinute) {
        const { callingHoursStartMinute: start, callingHoursEndMinute: end } = row;
        throw invalid(
          'callingHoursEndMinute',
          `callingHoursEndMinute ${end} is not after callingHoursStartMinute ${start}`,
        );
      }
      await checkMessage(row, { manager, caller, before });
      if (row.groupId !== before?.groupId) {
        if (before && isActive(before.state)) {
          throw new OutdialError(
            'INVALID_STATE',
            `changing groupId needs a paused campaign: it is ${before.state}`,
            'groupId',
          );
        }
      }
      await checkChoices(row, { manager, caller });
      if (before && row.selectionVersion !== before.selectionVersion) {
        await beginRanking(manager, row, deps.clock.date());
      }
      if (!before) {
        Object.assign(row, { state: 'DRAFT', stateReason: null, stateSince: row.createdAt, startedAt: null });
      }
    },
    async changed(caller, row, before) {
      if (before && isActive(row.state)) await deps.reload(caller.organisationId, row);
    },
  });

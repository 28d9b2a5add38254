import { z } from 'zod';
import { timeZone } from '../compliance/shifts';
import { invalid, OutdialError } from '../errors';
import { id, patchOf, text } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../organisations/records';
import { referred } from '../organisations/references';
import { type Campaign, CampaignEntity, isActive } from './campaign';
import { CampaignGroupEntity } from './campaign-group';
import { CAMPAIGN_PARAMETERS, parameterFields } from './parameters';

const shape = {
  groupId: id().describe('Campaign group: dialer, teams, pacing. Changing it needs a paused campaign.'),
  name: text(200).describe('Name of the campaign; agents see it.'),
  category: text(200, 0).default('').describe('For sorting reports.'),
  timeZone: timeZone().default('UTC').describe('IANA zone of its reports.'),
  ...parameterFields(CAMPAIGN_PARAMETERS),
};

export const createCampaignInput = z.object({ ...shape, idempotencyKey });
export const updateCampaignInput = z.object({
  id: id().describe('The campaign.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export type CampaignService = Records<Campaign>;

export interface CampaignDeps extends RecordDeps {
  /** Makes the campaign's dialer read it again. */
  reload(organisationId: string, campaign: Campaign): Promise<void>;
}

export const createCampaignService = (deps: CampaignDeps): CampaignService =>
  createRecords<Campaign, typeof createCampaignInput, typeof updateCampaignInput>(deps, {
    entity: CampaignEntity,
    label: 'campaign',
    create: createCampaignInput,
    update: updateCampaignInput,
    async check(row, { manager, caller, before }) {
      if (row.callingHoursStartMinute >= row.callingHoursEndMinute) {
        const { callingHoursStartMinute: start, callingHoursEndMinute: end } = row;
        throw invalid(
          'callingHoursEndMinute',
          `callingHoursEndMinute ${end} is not after callingHoursStartMinute ${start}`,
        );
      }
      if (row.groupId !== before?.groupId) {
        await referred(manager, caller, CampaignGroupEntity, 'groupId', row.groupId);
        if (before && isActive(before.state)) {
          throw new OutdialError(
            'INVALID_STATE',
            `changing groupId needs a paused campaign: it is ${before.state}`,
            'groupId',
          );
        }
      }
      if (!before) {
        Object.assign(row, { state: 'DRAFT', stateReason: null, stateSince: row.createdAt, startedAt: null });
      }
    },
    async changed(caller, row, before) {
      if (before && isActive(row.state)) await deps.reload(caller.organisationId, row);
    },
  });

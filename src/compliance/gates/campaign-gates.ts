import { scheduleAt } from '../schedule';
import type { Gate } from './facts';

/** The emergency stop: nothing of the organisation is dialled until an explicit resume. */
export const organisationDialling: Gate = ({ organisation }) => ({
  gate: 'ORGANISATION_DIALLING',
  allowed: !organisation.diallingStopped,
  detail: organisation.diallingStopped ? 'dialling is stopped for the organisation' : 'dialling is not stopped',
});

export const campaignState: Gate = ({ campaign }) => ({
  gate: 'CAMPAIGN_STATE',
  allowed: campaign.state === 'RUNNING',
  detail: `the campaign is ${campaign.state}`,
});

export const schedule: Gate = ({ campaign, at }) => {
  const { open, nextAt } = scheduleAt(campaign.schedule, at);
  return {
    gate: 'SCHEDULE',
    allowed: open,
    detail: campaign.schedule
      ? `the schedule in ${campaign.schedule.timeZone} is ${open ? 'open' : 'closed'}`
      : 'no schedule',
    ...(nextAt !== undefined && { nextAt }),
  };
};

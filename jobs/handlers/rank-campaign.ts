import { reloadCampaign } from '../../src/contacts/campaign-lists/reload-campaign';
import { rankCampaign } from '../../src/contacts/selection/rank-campaign';
import type { JobHandler } from '../handler';

/** The contacts of a campaign into the order of its newest filter and sort. */
export const rankCampaignHandler: JobHandler<'rankCampaign'> = async (ranking, { hot, pubsub, clock }, { signal }) => {
  const ended = await rankCampaign({ pool: hot, pubsub, clock }, ranking, signal);
  if (ended) await reloadCampaign({ pool: hot, pubsub, clock }, ranking.organisationId, ranking.campaignId);
};

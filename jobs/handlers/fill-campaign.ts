import { fillCampaign } from '../../src/contacts/campaign-lists/fill-campaign';
import { reloadCampaign } from '../../src/contacts/campaign-lists/reload-campaign';
import type { JobHandler } from '../handler';

/** The contacts of an attached list into its campaign. */
export const fillCampaignHandler: JobHandler<'fillCampaign'> = async (fill, { hot, pubsub, clock }, { signal }) => {
  const filled = await fillCampaign({ pool: hot, clock }, fill, signal);
  if (filled) await reloadCampaign({ pool: hot, pubsub, clock }, fill.organisationId, fill.campaignId);
};

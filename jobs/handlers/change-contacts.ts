import { reloadCampaign } from '../../src/contacts/campaign-lists/reload-campaign';
import { runContactJob } from '../../src/contacts/changes/run-contact-job';
import type { JobHandler } from '../handler';

/** Many contacts closed, opened again or recycled. */
export const changeContactsHandler: JobHandler<'changeContacts'> = async (
  payload,
  { hot, pubsub, clock },
  { signal },
) => {
  const changed = await runContactJob({ pool: hot, clock, pubsub }, payload, signal);
  for (const campaignId of changed ?? []) {
    await reloadCampaign({ pool: hot, pubsub, clock }, payload.organisationId, campaignId);
  }
};

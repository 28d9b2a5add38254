import { attachedCampaigns } from '../../src/contacts/campaign-lists/attached-campaigns';
import { ImportRunner } from '../../src/contacts/imports/import-runner';
import type { JobHandler } from '../handler';

/** A staged file into its list; goes on where a worker that died has left it. */
export const importContactsHandler: JobHandler<'importContacts'> = async (
  { organisationId, importId },
  { config, hot, pubsub, clock, jobs, laws },
  { logger, signal },
) => {
  const runner = new ImportRunner({ pool: hot, pubsub, clock, logger, laws, home: config.home });
  const result = await runner.run(organisationId, importId, signal);
  if (!('listId' in result)) return;
  // The campaigns that have this list waited for its end to count it as filled.
  for (const campaignId of await attachedCampaigns(hot, organisationId, result.listId)) {
    await jobs.enqueue('fillCampaign', { organisationId, campaignId, listId: result.listId });
  }
};

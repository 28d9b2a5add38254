import { purgeOrganisation } from '../../src/compliance/retention/purge';
import type { JobHandler } from '../handler';

/** What an organisation does not keep any longer. */
export const purgeRecordsHandler: JobHandler<'purgeRecords'> = async (
  { organisationId },
  { hot, clock, laws },
  { logger, signal },
) => {
  const purged = await purgeOrganisation({ pool: hot, clock, laws }, organisationId, signal);
  if (purged) logger.info({ ...purged }, 'records purged');
};

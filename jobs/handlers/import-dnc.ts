import { DncImportRunner } from '../../src/contacts/dnc/registry/dnc-import-runner';
import { removeSuperseded } from '../../src/contacts/dnc/registry/remove-superseded';
import type { JobHandler } from '../handler';

/** A staged file of numbers into its do-not-call list; begins again where a worker died. */
export const importDncHandler: JobHandler<'importDnc'> = async (
  { organisationId, importId },
  { config, hot, pubsub, clock },
  { logger, signal },
) => {
  await new DncImportRunner({ pool: hot, pubsub, clock, logger, home: config.home }).run(
    organisationId,
    importId,
    signal,
  );
};

/** What an import left that is in force no more. */
export const removeDncImportHandler: JobHandler<'removeDncImport'> = (
  { organisationId, importId },
  { config, hot },
  { signal },
) => removeSuperseded({ pool: hot, home: config.home }, organisationId, importId, signal);

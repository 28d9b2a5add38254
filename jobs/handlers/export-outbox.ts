import type { JobHandler } from '../handler';

export const exportOutboxHandler: JobHandler<'exportOutbox'> = async (_payload, { exporter }, { signal }) => {
  await exporter.run(signal);
};

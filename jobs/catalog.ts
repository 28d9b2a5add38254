import type { z } from 'zod';
import {
  JOB_PAYLOADS,
  JOB_SEND_OPTIONS,
  type JobName,
  type JobPayloads,
  type JobSendOptions,
  jobKey,
} from '../src/infra/job-contracts';
import { DUE_WORK, type DueWork } from './due';
import type { JobHandler } from './handler';
import { applyRetriesHandler } from './handlers/apply-retries';
import { changeContactsHandler } from './handlers/change-contacts';
import { exportOutboxHandler } from './handlers/export-outbox';
import { fillCampaignHandler } from './handlers/fill-campaign';
import { importContactsHandler } from './handlers/import-contacts';
import { importDncHandler, removeDncImportHandler } from './handlers/import-dnc';
import { missCallbacksHandler } from './handlers/miss-callbacks';
import { purgeRecordsHandler } from './handlers/purge-records';
import { rankCampaignHandler } from './handlers/rank-campaign';
import { scrubContactListHandler } from './handlers/scrub-contact-list';
import { simulateHandler } from './handlers/simulate';

/** Everything about a kind of job in one place; no setting is left to a library's default. */
export interface JobConfig<N extends JobName> {
  /** Parsed by the sender and again here: a queue outlives the release that filled it. */
  payload: z.ZodType<JobPayloads[N]>;
  queue: N;
  send: JobSendOptions;
  /** Two payloads of the same key are the same work: one of them runs, and once more if it came meanwhile. */
  dedupe: (payload: JobPayloads[N]) => string;
  /** At once in one process, hints and sweeps together. */
  concurrency: number;
  /** Without a sign of life for this long a job counts as stalled and is given to another worker. */
  lockMs: number;
  maxStalledCount: number;
  handler: JobHandler<N>;
  due: DueWork<N>;
  sweepEveryMs: number;
}

export type Catalog = { readonly [N in JobName]: Readonly<Required<JobConfig<N>>> };

type OwnHalf<N extends JobName> = Omit<JobConfig<N>, 'payload' | 'queue' | 'send' | 'dedupe' | 'due'>;

const job = <N extends JobName>(name: N, own: Required<OwnHalf<N>>): Required<JobConfig<N>> => ({
  payload: JOB_PAYLOADS[name] as unknown as z.ZodType<JobPayloads[N]>,
  queue: name,
  send: JOB_SEND_OPTIONS[name],
  dedupe: (payload) => jobKey(name, payload),
  due: DUE_WORK[name],
  ...own,
});

export const CATALOG: Catalog = {
  applyRetries: job('applyRetries', {
    handler: applyRetriesHandler,
    concurrency: 4,
    lockMs: 30_000,
    maxStalledCount: 1,
    sweepEveryMs: 1_000,
  }),
  exportOutbox: job('exportOutbox', {
    handler: exportOutboxHandler,
    concurrency: 1,
    lockMs: 60_000,
    maxStalledCount: 1,
    sweepEveryMs: 500,
  }),
  importContacts: job('importContacts', {
    handler: importContactsHandler,
    concurrency: 2,
    lockMs: 60_000,
    maxStalledCount: 3,
    sweepEveryMs: 2_000,
  }),
  importDnc: job('importDnc', {
    handler: importDncHandler,
    concurrency: 1,
    lockMs: 60_000,
    maxStalledCount: 3,
    sweepEveryMs: 2_000,
  }),
  removeDncImport: job('removeDncImport', {
    handler: removeDncImportHandler,
    concurrency: 2,
    lockMs: 60_000,
    maxStalledCount: 1,
    sweepEveryMs: 1_000,
  }),
  scrubContactList: job('scrubContactList', {
    handler: scrubContactListHandler,
    concurrency: 1,
    lockMs: 60_000,
    maxStalledCount: 3,
    sweepEveryMs: 2_000,
  }),
  fillCampaign: job('fillCampaign', {
    handler: fillCampaignHandler,
    concurrency: 2,
    lockMs: 60_000,
    maxStalledCount: 3,
    sweepEveryMs: 2_000,
  }),
  missCallbacks: job('missCallbacks', {
    handler: missCallbacksHandler,
    concurrency: 1,
    lockMs: 30_000,
    maxStalledCount: 1,
    sweepEveryMs: 2_000,
  }),
  changeContacts: job('changeContacts', {
    handler: changeContactsHandler,
    concurrency: 2,
    lockMs: 60_000,
    maxStalledCount: 3,
    sweepEveryMs: 2_000,
  }),
  rankCampaign: job('rankCampaign', {
    handler: rankCampaignHandler,
    concurrency: 1,
    lockMs: 60_000,
    maxStalledCount: 3,
    sweepEveryMs: 1_000,
  }),
  purgeRecords: job('purgeRecords', {
    handler: purgeRecordsHandler,
    concurrency: 1,
    lockMs: 60_000,
    maxStalledCount: 1,
    sweepEveryMs: 60_000,
  }),
  // Each is a process that fills a core: one at a time.
  simulate: job('simulate', {
    handler: simulateHandler,
    concurrency: 1,
    lockMs: 60_000,
    maxStalledCount: 3,
    sweepEveryMs: 2_000,
  }),
};

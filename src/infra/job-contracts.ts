import { z } from 'zod';

/**
 * What the sender and the worker of a job must agree on. Payloads hold ids only: the handler reads the rows, so a job
 * that is late, repeated or lost does no harm. The worker's own half (concurrency, sweeps) is in `jobs/catalog.ts`.
 */
const organisationId = z.uuid();

export const JOB_PAYLOADS = {
  /** Contacts of one campaign whose last attempt has ended: ready again with a due time, or closed. */
  applyRetries: z.strictObject({ organisationId, campaignId: z.uuid() }),
  /** Facts of the outbox to the warehouse. */
  exportOutbox: z.strictObject({}),
  /** A staged upload into its contact list. */
  importContacts: z.strictObject({ organisationId, importId: z.uuid() }),
  /** A staged upload into a list of numbers that must not be dialled. */
  importDnc: z.strictObject({ organisationId, importId: z.uuid() }),
  /** What an import left that is in force no more. */
  removeDncImport: z.strictObject({ organisationId, importId: z.uuid() }),
  /** The contacts of a loaded list against the do-not-call lists. */
  scrubContactList: z.strictObject({ organisationId, scrubId: z.uuid() }),
  /** The contacts of a list that was attached to a campaign. */
  fillCampaign: z.strictObject({ organisationId, campaignId: z.uuid(), listId: z.uuid() }),
  /** Callbacks whose window has passed. */
  missCallbacks: z.strictObject({}),
  /** Many contacts closed, opened again or recycled. */
  changeContacts: z.strictObject({ organisationId, jobId: z.uuid() }),
  /** The contacts of a campaign whose filter or sort was changed. */
  rankCampaign: z.strictObject({ organisationId, campaignId: z.uuid() }),
  /** Records of an organisation that are older than it keeps them. */
  purgeRecords: z.strictObject({ organisationId }),
  /** A simulation that was asked for. */
  simulate: z.strictObject({ organisationId, simulationId: z.uuid() }),
} as const;

export type JobName = keyof typeof JOB_PAYLOADS;
export type JobPayloads = { [N in JobName]: z.infer<(typeof JOB_PAYLOADS)[N]> };

/** The worker and every sender of one installation share a prefix; two databases on one Redis share no queue. */
export const jobPrefix = (databaseUrl: string): string => `outdial${new URL(databaseUrl).pathname}`;

/** The work a payload is about: two jobs with the same key are the same work. */
export const jobKey = <N extends JobName>(name: N, payload: JobPayloads[N]): string =>
  [name, ...Object.entries(payload).map(([, id]) => id)].join('/');

/** BullMQ options that only a sender can set; a failed hint is not insisted on, the sweep finds the row. */
export interface JobSendOptions {
  attempts: number;
  backoff: { type: 'exponential' | 'fixed'; delay: number };
}

export const JOB_SEND_OPTIONS: Record<JobName, JobSendOptions> = {
  applyRetries: { attempts: 3, backoff: { type: 'exponential', delay: 500 } },
  exportOutbox: { attempts: 1, backoff: { type: 'fixed', delay: 1_000 } },
  importContacts: { attempts: 3, backoff: { type: 'exponential', delay: 2_000 } },
  importDnc: { attempts: 3, backoff: { type: 'exponential', delay: 2_000 } },
  removeDncImport: { attempts: 1, backoff: { type: 'fixed', delay: 1_000 } },
  scrubContactList: { attempts: 3, backoff: { type: 'exponential', delay: 1_000 } },
  fillCampaign: { attempts: 3, backoff: { type: 'exponential', delay: 1_000 } },
  missCallbacks: { attempts: 1, backoff: { type: 'fixed', delay: 1_000 } },
  changeContacts: { attempts: 3, backoff: { type: 'exponential', delay: 1_000 } },
  rankCampaign: { attempts: 3, backoff: { type: 'exponential', delay: 1_000 } },
  purgeRecords: { attempts: 1, backoff: { type: 'fixed', delay: 1_000 } },
  simulate: { attempts: 3, backoff: { type: 'exponential', delay: 2_000 } },
};

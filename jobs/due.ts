import { purgesDue } from '../src/compliance/retention/purge';
import { expireLists, openContactJobs } from '../src/contacts/changes/run-contact-job';
import { expireUploads } from '../src/contacts/imports/expire-uploads';
import { campaignsAwaitingRetry } from '../src/contacts/retry/apply-retries';
import type { JobName, JobPayloads } from '../src/infra/job-contracts';
import type { JobServices } from './handler';

/** Finds the rows that wait for a job, whether or not anybody gave a hint. */
export type DueWork<N extends JobName> = (services: JobServices) => Promise<JobPayloads[N][]>;

const IMPORTS = `/* sweep.imports */
SELECT organisation_id, id FROM contact_import WHERE state IN ('QUEUED', 'RUNNING') ORDER BY id LIMIT 100`;

const DNC_IMPORTS = `/* sweep.dncImports */
SELECT organisation_id AS "organisationId", id AS "importId" FROM dnc_import WHERE state IN ('QUEUED', 'RUNNING')
ORDER BY id LIMIT 100`;

const SUPERSEDED = `/* sweep.superseded */
SELECT organisation_id AS "organisationId", id AS "importId" FROM dnc_import WHERE superseded ORDER BY generation LIMIT 100`;

const SCRUBS = `/* sweep.scrubs */
SELECT organisation_id AS "organisationId", id AS "scrubId" FROM dnc_scrub WHERE state IN ('QUEUED', 'RUNNING')
ORDER BY id LIMIT 100`;

const FILLS = `/* sweep.fills */
SELECT organisation_id, campaign_id, list_id FROM campaign_list WHERE filled_at IS NULL
ORDER BY attached_at, campaign_id, list_id LIMIT 100`;

const RANKINGS = `/* sweep.rankings */
SELECT organisation_id, campaign_id FROM campaign_ranking WHERE ended_at IS NULL ORDER BY campaign_id LIMIT 100`;
const SIMULATIONS = `/* sweep.simulations */
SELECT organisation_id, id FROM simulation WHERE state IN ('QUEUED', 'RUNNING') ORDER BY id LIMIT 100`;

export const DUE_WORK: { [N in JobName]: DueWork<N> } = {
  applyRetries: ({ hot }) => campaignsAwaitingRetry(hot),

  // The exporter itself asks the outbox: an empty one costs it one statement.
  exportOutbox: async () => [{}],

  // A running import is among them: its handler tells a live one (locked) from one whose worker died.
  importContacts: async ({ hot, clock, pubsub, config }) => {
    await expireUploads({ pool: hot, clock, pubsub, home: config.home });
    const { rows } = await hot.query<{ organisation_id: string; id: string }>({ name: 'sweep.imports', text: IMPORTS });
    return rows.map((row) => ({ organisationId: row.organisation_id, importId: row.id }));
  },

  // The handler's own query finds those that are due.
  missCallbacks: async () => [{}],

  changeContacts: async ({ hot, clock }) => {
    await expireLists(hot, clock.date());
    return openContactJobs(hot);
  },

  importDnc: async ({ hot }) => (await hot.query<JobPayloads['importDnc']>(DNC_IMPORTS)).rows,

  removeDncImport: async ({ hot }) => (await hot.query<JobPayloads['removeDncImport']>(SUPERSEDED)).rows,

  scrubContactList: async ({ hot }) => (await hot.query<JobPayloads['scrubContactList']>(SCRUBS)).rows,

  fillCampaign: async ({ hot }) => {
    const { rows } = await hot.query<{ organisation_id: string; campaign_id: string; list_id: string }>({
      name: 'sweep.fills',
      text: FILLS,
    });
    return rows.map((row) => ({
      organisationId: row.organisation_id,
      campaignId: row.campaign_id,
      listId: row.list_id,
    }));
  },

  rankCampaign: async ({ hot }) => {
    const { rows } = await hot.query<{ organisation_id: string; campaign_id: string }>({
      name: 'sweep.rankings',
      text: RANKINGS,
    });
    return rows.map((row) => ({ organisationId: row.organisation_id, campaignId: row.campaign_id }));
  },

  purgeRecords: ({ hot, clock }) => purgesDue(hot, clock.now()),

  // A running one is among them: its handler tells a live one (locked) from one whose worker died.
  simulate: async ({ hot }) => {
    const { rows } = await hot.query<{ organisation_id: string; id: string }>({
      name: 'sweep.simulations',
      text: SIMULATIONS,
    });
    return rows.map((row) => ({ organisationId: row.organisation_id, simulationId: row.id }));
  },
};

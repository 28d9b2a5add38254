import type { Container } from '../container';
import { createJobClient } from '../infra/job-client';
import { jobPrefix } from '../infra/job-contracts';
import type { Caller } from '../organisations/caller';
import { CallbackService } from './callbacks/callback-service';
import { CampaignListService } from './campaign-lists/campaign-list-service';
import { dialNext } from './campaign-lists/dial-next';
import { reloadCampaign } from './campaign-lists/reload-campaign';
import { ContactJobService } from './changes/contact-job-service';
import { ContactService } from './contact-service';
import { CampaignDoNotCallService } from './dnc/campaign-do-not-call';
import { DncEntryService } from './dnc/dnc-entry-service';
import { createDncListService } from './dnc/dnc-list-service';
import { DncService } from './dnc/dnc-service';
import { OptOutService } from './dnc/opt-out-service';
import { DncImportService } from './dnc/registry/dnc-import-service';
import { DncScrubService } from './dnc/scrub';
import { ImportService } from './imports/import-service';
import { UploadService } from './imports/upload-service';
import { createContactListService } from './lists/contact-list-service';
import { createBusinessOutcomeGroupService } from './retry/business-outcome-group-service';
import { createTelephonyOutcomeSetService } from './retry/telephony-outcome-set-service';
import { createWrapUpCodeSetService } from './retry/wrap-up-code-set-service';
import { RankingService } from './selection/ranking-service';
import { createContactStrategyService } from './strategy/contact-strategy-service';
import { createAttemptsPreview } from './strategy/preview-service';

/** What the api needs of contacts. `jobs` is to be closed with it. */
export const createContactServices = ({ hot: pool, database, clock, pubsub, laws, config }: Container) => {
  const { databaseUrl = '', redisUrl = '' } = config.stores;
  const jobs = createJobClient(redisUrl, jobPrefix(databaseUrl));
  const { home } = config;
  return {
    jobs,
    contactLists: createContactListService({ database, clock }),
    telephonyOutcomeSets: createTelephonyOutcomeSetService({ database, clock }),
    wrapUpCodeSets: createWrapUpCodeSetService({ database, clock }),
    businessOutcomeGroups: createBusinessOutcomeGroupService({ database, clock }),
    contactStrategies: createContactStrategyService({ database, clock }),
    contactJobs: new ContactJobService({ pool, clock, jobs }),
    previewAttempts: createAttemptsPreview({ pool, clock, laws }),
    callbacks: new CallbackService({
      pool,
      clock,
      laws,
      changed: (organisationId, campaignId) => reloadCampaign({ pool, pubsub, clock }, organisationId, campaignId),
    }),
    dialNext: (caller: Caller, input: unknown) => dialNext({ pool, pubsub, clock }, caller, input),
    contacts: new ContactService({ pool, clock, laws }),
    dnc: new DncService({ pool, clock }),
    dncLists: createDncListService({ database, pool, clock }),
    dncEntries: new DncEntryService({ pool, clock }),
    dncImports: new DncImportService({ pool, pubsub, clock, home }),
    dncScrubs: new DncScrubService({ pool, clock, jobs }),
    optOuts: new OptOutService({ pool, clock }),
    campaignDoNotCall: new CampaignDoNotCallService({ pool, clock }),
    campaignLists: new CampaignListService({ pool, pubsub, clock, jobs }),
    rankings: new RankingService({ pool }),
    imports: new ImportService({ pool, pubsub, clock, jobs, home }),
    uploads: new UploadService({ pool, pubsub, clock, jobs, home }),
  };
};

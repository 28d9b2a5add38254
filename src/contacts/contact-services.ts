import type { Container } from '../container';
import { createJobClient } from '../infra/job-client';
import { jobPrefix } from '../infra/job-contracts';
import { CampaignListService } from './campaign-lists/campaign-list-service';
import { ContactService } from './contact-service';
import { DncService } from './dnc/dnc-service';
import { ImportService } from './imports/import-service';
import { UploadService } from './imports/upload-service';
import { createContactListService } from './lists/contact-list-service';
import { createBusinessOutcomeGroupService } from './retry/business-outcome-group-service';
import { createTelephonyOutcomeSetService } from './retry/telephony-outcome-set-service';
import { createWrapUpCodeSetService } from './retry/wrap-up-code-set-service';

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
    contacts: new ContactService({ pool, clock, laws }),
    dnc: new DncService({ pool, clock }),
    campaignLists: new CampaignListService({ pool, pubsub, clock, jobs }),
    imports: new ImportService({ pool, pubsub, clock, jobs, home }),
    uploads: new UploadService({ pool, pubsub, clock, jobs, home }),
  };
};

import { randomBytes } from 'node:crypto';
import { createAgentActions } from '../src/agents/agent-actions';
import { createAgentService } from '../src/agents/agent-service';
import { createDesktopPresence } from '../src/agents/desktop-presence';
import { createDeviceService } from '../src/agents/device-service';
import { createDialerService } from '../src/agents/dialer-service';
import { createTeamService } from '../src/agents/team-service';
import { createCampaignActions } from '../src/campaigns/campaign-actions';
import { createCampaignService } from '../src/campaigns/campaign-service';
import { createEntryPointService } from '../src/campaigns/entry-point-service';
import { createGroupService } from '../src/campaigns/group-service';
import { createQueueService } from '../src/campaigns/queue-service';
import { createReload } from '../src/campaigns/reload';
import { createComplianceServices } from '../src/compliance/compliance-services';
import { createSuppressionRuleSetService } from '../src/compliance/suppression/rule-set';
import { createContactServices } from '../src/contacts/contact-services';
import type { Container } from '../src/container';
import { createCommandClient } from '../src/dialer/command-client';
import { ContactExplanations } from '../src/dialer/explain/contact-explanation';
import { SkipForecasts } from '../src/dialer/explain/forecast';
import { createApiKeyService } from '../src/organisations/api-key-service';
import { createAuthenticator } from '../src/organisations/authentication';
import { createEmergencyStop } from '../src/organisations/emergency-stop';
import { createLogInService } from '../src/organisations/log-in';
import { createOrganisationService } from '../src/organisations/organisation-service';
import { createUserService } from '../src/organisations/user-service';
import { createAbandonEvidence } from '../src/reporting/abandon-evidence';
import { createAttemptReport } from '../src/reporting/attempt-report';
import { createCampaignReport } from '../src/reporting/campaign-report';
import { createDecisionReport } from '../src/reporting/decision-report';
import { SimulationService } from '../src/simulations/simulation-service';

/** What resolvers call: one entry per service, built once per api process. */
export type Services = ReturnType<typeof buildServices>;

export const buildServices = (container: Container) => {
  const { hot, database, clock, redis, pubsub, warehouse, config, logger } = container;
  const jwtSecret = config.auth.jwtSecret ?? randomBytes(32).toString('hex');
  if (!config.auth.jwtSecret) logger.warn('no OUTDIAL_JWT_SECRET: log-in tokens end with this process');
  const records = { database, clock };
  const commands = createCommandClient({ pool: hot, pubsub, clock });
  const reload = createReload({ hot, commands, logger });
  const campaigns = createCampaignService({ ...records, reload: (organisation, { id }) => reload(organisation, id) });
  const contacts = createContactServices(container);
  return {
    authenticator: createAuthenticator({ pool: hot, jwtSecret, adminToken: config.auth.adminToken }),
    logIn: createLogInService({ pool: hot, redis, jwtSecret, ttlSeconds: config.auth.jwtTtlSeconds }),
    organisations: createOrganisationService(records),
    users: createUserService(records),
    apiKeys: createApiKeyService(records),
    dialers: createDialerService(records),
    teams: createTeamService(records),
    agents: createAgentService(records),
    devices: createDeviceService(records),
    queues: createQueueService(records),
    entryPoints: createEntryPointService(records),
    groups: createGroupService({ ...records, reload }),
    campaigns,
    campaignActions: createCampaignActions({ hot, clock, commands, campaigns, laws: container.laws }),
    emergencyStop: createEmergencyStop({ hot, clock, commands }),
    agentActions: createAgentActions({ hot, clock, commands }),
    presence: createDesktopPresence(redis, pubsub),
    commands,
    ...createComplianceServices(container),
    suppressionRuleSets: createSuppressionRuleSetService(records),
    ...contacts,
    simulations: new SimulationService({ pool: hot, pubsub, clock, jobs: contacts.jobs }),
    explanations: new ContactExplanations({ pool: hot, clock, laws: container.laws }),
    forecasts: new SkipForecasts({ pool: hot, clock, laws: container.laws }),
    campaignReport: createCampaignReport({ warehouse, pool: hot }),
    abandonEvidence: createAbandonEvidence({ pool: hot, laws: container.laws }),
    attemptReport: createAttemptReport({ warehouse, pool: hot }),
    decisionReport: createDecisionReport({ warehouse, pool: hot }),
  };
};

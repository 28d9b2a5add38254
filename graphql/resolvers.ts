import type { NonEmptyArray } from 'type-graphql';
import { AgentResolver } from './agents/agent-resolver';
import { DesktopResolver } from './agents/desktop-resolver';
import { DeviceResolver } from './agents/device-resolver';
import { DialerResolver } from './agents/dialer-resolver';
import { TeamResolver } from './agents/team-resolver';
import { AuthResolver } from './auth/auth-resolver';
import { CampaignActionResolver } from './campaigns/campaign-action-resolver';
import { CampaignResolver } from './campaigns/campaign-resolver';
import { EntryPointResolver } from './campaigns/entry-point-resolver';
import { CampaignGroupResolver } from './campaigns/group-resolver';
import { LiveResolver } from './campaigns/live-resolver';
import { QueueResolver } from './campaigns/queue-resolver';
import { CampaignRankingResolver } from './campaigns/ranking-resolver';
import { ExplanationResolver } from './compliance/explanation-resolver';
import { ComplianceOverrideResolver } from './compliance/override-resolver';
import { ComplianceProfileResolver } from './compliance/profile-resolver';
import { RetentionResolver } from './compliance/retention-resolver';
import { BusinessOutcomeGroupResolver } from './contacts/business-outcome-resolver';
import { CallbackResolver } from './contacts/callback-resolver';
import { CampaignDoNotCallResolver } from './contacts/campaign-do-not-call-resolver';
import { CampaignListResolver } from './contacts/campaign-list-resolver';
import { ContactJobResolver } from './contacts/contact-job-resolver';
import { ContactResolver } from './contacts/contact-resolver';
import { DncImportResolver } from './contacts/dnc-import-resolver';
import { DncListResolver } from './contacts/dnc-list-resolver';
import { DncResolver } from './contacts/dnc-resolver';
import { DncScrubResolver } from './contacts/dnc-scrub-resolver';
import { ContactImportResolver } from './contacts/import-resolver';
import { ContactListResolver } from './contacts/list-resolver';
import { OptOutResolver } from './contacts/opt-out-resolver';
import { TelephonyOutcomeSetResolver } from './contacts/outcome-set-resolver';
import { ContactStrategyResolver } from './contacts/strategy-resolver';
import { SuppressionResolver } from './contacts/suppression-resolver';
import { WrapUpCodeSetResolver } from './contacts/wrap-up-resolver';
import { ApiKeyResolver } from './organisations/api-key-resolver';
import { AuditResolver } from './organisations/audit-resolver';
import { OrganisationResolver } from './organisations/organisation-resolver';
import { UserResolver } from './organisations/user-resolver';
import { PacingDecisionResolver } from './reporting/decision-resolver';
import { EvidenceResolver } from './reporting/evidence-resolver';
import { CallAttemptResolver, CampaignReportResolver } from './reporting/report-resolver';
import { SimulationResolver } from './simulations/simulation-resolver';

/** Every resolver class of the API, one line each. */
export const RESOLVERS: NonEmptyArray<new () => object> = [
  AuthResolver,
  OrganisationResolver,
  UserResolver,
  ApiKeyResolver,
  AuditResolver,
  DialerResolver,
  TeamResolver,
  AgentResolver,
  DeviceResolver,
  DesktopResolver,
  QueueResolver,
  EntryPointResolver,
  CampaignGroupResolver,
  CampaignResolver,
  CampaignRankingResolver,
  ExplanationResolver,
  CampaignActionResolver,
  LiveResolver,
  ContactListResolver,
  ContactResolver,
  ContactImportResolver,
  CampaignListResolver,
  ComplianceProfileResolver,
  RetentionResolver,
  ComplianceOverrideResolver,
  DncResolver,
  TelephonyOutcomeSetResolver,
  WrapUpCodeSetResolver,
  BusinessOutcomeGroupResolver,
  ContactStrategyResolver,
  ContactJobResolver,
  DncListResolver,
  DncImportResolver,
  DncScrubResolver,
  CampaignDoNotCallResolver,
  OptOutResolver,
  SuppressionResolver,
  CallbackResolver,
  CampaignReportResolver,
  CallAttemptResolver,
  EvidenceResolver,
  PacingDecisionResolver,
  SimulationResolver,
];

import type { EntitySchema } from 'typeorm';
import { AgentEntity } from './agents/agent';
import { DeviceEntity } from './agents/device';
import { DialerEntity } from './agents/dialer';
import { TeamEntity } from './agents/team';
import { CampaignEntity } from './campaigns/campaign';
import { CampaignGroupEntity } from './campaigns/campaign-group';
import { EntryPointEntity } from './campaigns/entry-point';
import { QueueEntity } from './campaigns/queue';
import { ComplianceOverrideEntity } from './compliance/own/compliance-override';
import { ComplianceProfileEntity } from './compliance/own/compliance-profile';
import { SuppressionRuleSetEntity } from './compliance/suppression/rule-set';
import { DncListEntity } from './contacts/dnc/dnc-list';
import { ContactListEntity } from './contacts/lists/contact-list';
import { BusinessOutcomeGroupEntity } from './contacts/retry/business-outcome-group';
import { TelephonyOutcomeSetEntity } from './contacts/retry/telephony-outcome-set';
import { WrapUpCodeSetEntity } from './contacts/retry/wrap-up-code-set';
import { ContactStrategyEntity } from './contacts/strategy/contact-strategy';
import { ApiKeyEntity } from './organisations/api-key';
import { OrganisationEntity } from './organisations/organisation';
import { UserEntity } from './organisations/user';

/** Every configuration entity of TypeORM; hot tables are read and written with named SQL instead. */
export const entities: EntitySchema[] = [
  OrganisationEntity,
  UserEntity,
  ApiKeyEntity,
  DialerEntity,
  TeamEntity,
  AgentEntity,
  DeviceEntity,
  QueueEntity,
  EntryPointEntity,
  CampaignGroupEntity,
  CampaignEntity,
  ContactListEntity,
  TelephonyOutcomeSetEntity,
  WrapUpCodeSetEntity,
  BusinessOutcomeGroupEntity,
  ContactStrategyEntity,
  ComplianceProfileEntity,
  ComplianceOverrideEntity,
  DncListEntity,
  SuppressionRuleSetEntity,
];

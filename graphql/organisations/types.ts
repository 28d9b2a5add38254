import { Field, ID, ObjectType } from 'type-graphql';
import type { Role } from '../../src/organisations/caller';
import { CONFIRMATIONS } from '../../src/organisations/emergency-stop';
import { USER_STATUSES } from '../../src/organisations/user';
import { enumOf } from '../enums';
import { RecordType } from './record-type';
import { RoleEnum } from './role-enum';

const UserStatus = enumOf('UserStatus', USER_STATUSES, 'Whether a user may come in.');
const Confirmation = enumOf('DialerConfirmation', CONFIRMATIONS, 'What a dialer said to an emergency stop or resume.');

@ObjectType('Organisation', { description: 'The tenant: nobody reads, writes or hears anything of another.' })
export class OrganisationType extends RecordType {
  @Field({ description: 'Name of the tenant.' })
  name!: string;

  @Field({ description: 'ISO 3166 country that national numbers are read in.' })
  defaultCountry!: string;

  @Field(() => Date, { nullable: true, description: 'Since when no call may be placed: emergency stop.' })
  diallingStoppedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Who stopped dialling.' })
  diallingStoppedBy!: string | null;

  @Field(() => String, { nullable: true, description: 'Why dialling was stopped.' })
  diallingStopReason!: string | null;
}

@ObjectType('NewOrganisation', { description: 'A new organisation with its first key.' })
export class NewOrganisationType {
  @Field(() => OrganisationType, { description: 'The organisation.' })
  organisation!: OrganisationType;

  @Field(() => String, { nullable: true, description: 'Administrator key, shown once; null when this was a repeat.' })
  adminKey!: string | null;
}

@ObjectType('User', { description: 'A person who logs in.' })
export class UserType extends RecordType {
  @Field({ description: 'Log-in name.' })
  email!: string;

  @Field({ description: 'Name of the person.' })
  name!: string;

  @Field(() => [RoleEnum], { description: 'What the user may do.' })
  roles!: Role[];

  @Field(() => UserStatus, { description: 'DISABLED ends every token and key at once.' })
  status!: string;
}

@ObjectType('ApiKey', { description: 'A key for programs; its secret is shown once and never stored.' })
export class ApiKeyType extends RecordType {
  @Field({ description: 'What the key is for.' })
  name!: string;

  @Field({ description: 'Its first characters, to tell keys apart.' })
  prefix!: string;

  @Field(() => [RoleEnum], { description: 'What the key may do.' })
  roles!: Role[];

  @Field(() => ID, { nullable: true, description: 'The user it acts for.' })
  userId!: string | null;

  @Field(() => Date, { nullable: true, description: 'When it ends.' })
  expiresAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it was revoked.' })
  revokedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it was last used, to the minute.' })
  lastUsedAt!: Date | null;
}

@ObjectType('NewApiKey', { description: 'A new key with its secret.' })
export class NewApiKeyType {
  @Field(() => ApiKeyType, { description: 'The key.' })
  apiKey!: ApiKeyType;

  @Field(() => String, { nullable: true, description: 'The key itself, shown once; null when this was a repeat.' })
  secret!: string | null;
}

@ObjectType('DialerAnswer', { description: 'What one dialer said.' })
export class DialerAnswerType {
  @Field(() => ID, { description: 'The dialer.' })
  dialerId!: string;

  @Field({ description: 'Its name.' })
  name!: string;

  @Field(() => Confirmation, { description: 'NOT_RUNNING: no process holds it, so it places nothing.' })
  confirmation!: string;
}

@ObjectType('DiallingState', { description: 'Whether the organisation may dial, and what its dialers said.' })
export class DiallingStateType {
  @Field(() => Date, { nullable: true, description: 'Since when no call may be placed; null: dialling is allowed.' })
  stoppedAt!: Date | null;

  @Field(() => String, { nullable: true, description: 'Who stopped it.' })
  stoppedBy!: string | null;

  @Field(() => String, { nullable: true, description: 'Why.' })
  reason!: string | null;

  @Field(() => [DialerAnswerType], { description: 'Every dialer of the organisation.' })
  dialers!: DialerAnswerType[];
}

@ObjectType('AuditEntry', { description: 'One change: who, what, before and after without secrets.' })
export class AuditEntryType {
  @Field(() => ID, { description: 'Opaque id, rising with time.' })
  id!: number;

  @Field({ description: 'When.' })
  at!: Date;

  @Field({ description: 'Who: `user:<id>`, `key:<id>` or `admin-token`.' })
  actor!: string;

  @Field({ description: 'What was done.' })
  action!: string;

  @Field({ description: 'Kind of record.' })
  entity!: string;

  @Field(() => ID, { description: 'Which record.' })
  entityId!: string;

  @Field(() => String, { nullable: true, description: 'The record before, as JSON.' })
  before!: string | null;

  @Field(() => String, { nullable: true, description: 'The record after, as JSON.' })
  after!: string | null;
}

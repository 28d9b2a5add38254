import { Field, ID, Int, ObjectType } from 'type-graphql';
import { CONTACT_JOB_KINDS } from '../../src/contacts/changes/contact-job';
import { WINDOW_RULES } from '../../src/contacts/strategy/contact-strategy';
import { WeeklyShiftsType } from '../campaigns/types';
import { enumOf } from '../enums';
import { RecordType } from '../organisations/record-type';
import { DialOutcome } from './outcome-types';

export const WindowRule = enumOf(
  'WindowRule',
  WINDOW_RULES,
  'Whether each number has its own window or all must be open.',
);
const LimitScope = enumOf('LimitScope', ['NUMBER', 'PERSON'], 'Whose attempts are counted.');
const ContactJobKind = enumOf('ContactJobKind', CONTACT_JOB_KINDS, 'What is done with the contacts.');

@ObjectType('ModePlan', { description: 'How a contact mode is used.' })
export class ModePlanType {
  @Field({ description: 'Contact mode.' })
  mode!: string;

  @Field(() => Int, { description: 'Counted attempts on this mode, 1–100.' })
  attempts!: number;

  @Field(() => Int, { description: 'At least so long between two attempts on this mode, 0–43200.' })
  gapMinutes!: number;

  @Field(() => WeeklyShiftsType, { nullable: true, description: "When, in the person's zone; null: any lawful hour." })
  weekly!: WeeklyShiftsType | null;
}

@ObjectType('RollingLimit', { description: 'A rolling limit on attempts.' })
export class RollingLimitType {
  @Field(() => LimitScope, { description: 'Of one number, or of all of a person.' })
  scope!: string;

  @Field(() => Int, { description: 'The most attempts, 1–100.' })
  max!: number;

  @Field(() => Int, { description: 'In any stretch of this length, 1–8760 h.' })
  hours!: number;
}

@ObjectType('ContactStrategy', { description: 'Which numbers of a contact are tried, in what order, how often, when.' })
export class ContactStrategyType extends RecordType {
  @Field({ description: 'Name of the strategy.' })
  name!: string;

  @Field({ description: 'For whom it is.' })
  description!: string;
}

@ObjectType('ContactJob', { description: 'A change of many contacts, done by a worker in batches.' })
export class ContactJobType {
  @Field(() => ID, { description: 'Opaque id.' })
  id!: string;

  @Field(() => ContactJobKind, {
    description:
      'CLOSE and REOPEN: a list stopped or expired, or back. RECYCLE. REOPEN_UNLISTED: closed by a do-not-call list or opt-out that holds no more.',
  })
  kind!: string;

  @Field(() => ID, { nullable: true, description: 'RECYCLE: the campaign.' })
  campaignId!: string | null;

  @Field(() => ID, { nullable: true, description: 'The list; null: all of the campaign.' })
  listId!: string | null;

  @Field(() => String, { nullable: true, description: 'LIST_STOPPED or LIST_EXPIRED.' })
  reason!: string | null;

  @Field(() => [DialOutcome], { description: 'RECYCLE: of contacts whose last attempt ended so.' })
  outcomes!: string[];

  @Field(() => [String], { description: 'RECYCLE: of contacts of whom an agent last said so.' })
  wrapUpCodes!: string[];

  @Field(() => Int, { description: 'Contacts to look at; 0 until it begins.' })
  contactsTotal!: number;

  @Field(() => Int, { description: 'Contacts looked at so far.' })
  contactsSeen!: number;

  @Field(() => Int, { description: 'Of these, contacts changed.' })
  contactsChanged!: number;

  @Field({ description: 'Who asked for it.' })
  createdBy!: string;

  @Field({ description: 'When it was asked for.' })
  createdAt!: Date;

  @Field(() => Date, { nullable: true, description: 'When a worker began; null: it waits.' })
  startedAt!: Date | null;

  @Field(() => Date, { nullable: true, description: 'When it was done; null: not yet.' })
  endedAt!: Date | null;
}

@ObjectType('ContactStanding', { description: 'How a contact stands in a campaign.' })
export class ContactStandingType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => ID, { description: 'The contact.' })
  contactId!: string;

  @Field({ description: 'READY, IN_FLIGHT, AWAITING_RETRY or CLOSED.' })
  state!: string;

  @Field({ description: 'From when it may be dialled.' })
  dueAt!: Date;

  @Field(() => Int, { description: 'Counted attempts.' })
  attempts!: number;

  @Field(() => String, { nullable: true, description: 'Why it is CLOSED.' })
  closeReason!: string | null;
}

@ObjectType('PreviewedAttempt', { description: 'An attempt that a policy would make.' })
export class PreviewedAttemptType {
  @Field(() => Int, { description: 'Which counted attempt it is; one that does not count leaves the number as it is.' })
  attemptNo!: number;

  @Field({ description: 'The first moment at which rules, windows, lawful hours and limits all let it pass.' })
  at!: Date;

  @Field({ description: 'When the rules alone would have had it.' })
  dueAt!: Date;

  @Field({ description: 'Contact mode.' })
  mode!: string;

  @Field(() => String, {
    nullable: true,
    description: 'E.164; masked for roles that do not see numbers; null: none given.',
  })
  number!: string | null;

  @Field(() => [String], { description: 'IANA zones of the number.' })
  zones!: string[];

  @Field(() => DialOutcome, { description: 'How it was assumed to end.' })
  outcome!: string;

  @Field(() => String, { nullable: true, description: 'What the agent was assumed to say of it.' })
  wrapUpCode!: string | null;
}

@ObjectType('AttemptsPreview', { description: 'The attempts that a policy would make for a contact.' })
export class AttemptsPreviewType {
  @Field(() => [PreviewedAttemptType], { description: 'In the order of time, at most 200.' })
  attempts!: PreviewedAttemptType[];

  @Field(() => String, {
    nullable: true,
    description: 'Why the contact is closed after the last of them; null: it goes on.',
  })
  closed!: string | null;
}

import { Field, GraphQLISODateTime, ID, Int, ObjectType } from 'type-graphql';
import { type ReportedAttempt, TIMELINE_EVENTS, type TimelineEvent } from '../../src/reporting/attempt-report';
import { enumOf } from '../enums';
import { Connection } from '../relay';

const TimelineEventEnum = enumOf('CallTimelineEvent', TIMELINE_EVENTS, 'What happened in the life of an attempt.');

@ObjectType('CallTimelineEntry', { description: 'A moment in the life of an attempt.' })
export class CallTimelineEntryType {
  @Field(() => TimelineEventEnum, { description: 'What happened.' })
  event!: TimelineEvent;

  @Field(() => GraphQLISODateTime, { description: 'When.' })
  at!: Date;
}

@ObjectType('CallAttempt', { description: 'One attempt to reach a contact, as reported.' })
export class CallAttemptType implements ReportedAttempt {
  @Field(() => ID, { description: 'The attempt.' })
  id!: string;

  @Field(() => ID, { description: 'Its campaign.' })
  campaignId!: string;

  @Field(() => String, { nullable: true, description: 'The campaign’s name as it is now.' })
  campaignName!: string | null;

  @Field(() => ID, { description: 'The list the contact came from.' })
  listId!: string;

  @Field(() => String, { nullable: true, description: 'The list’s name as it is now.' })
  listName!: string | null;

  @Field(() => ID, { nullable: true, description: 'The agent it was connected to, else the one it was dialled for.' })
  agentId!: string | null;

  @Field(() => String, { nullable: true, description: 'The agent’s name as it is now.' })
  agentName!: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The port that treated it, else the one it was dialled for; IVR modes.',
  })
  ivrPort!: number | null;

  @Field(() => ID, { description: 'The contact.' })
  contactId!: string;

  @Field(() => String, { nullable: true, description: 'E.164; null for roles that may not see numbers.' })
  number!: string | null;

  @Field({ description: 'The number with its middle left out.' })
  maskedNumber!: string;

  @Field(() => String, { nullable: true, description: 'The contact’s id in the system its list came from.' })
  externalId!: string | null;

  @Field({ description: 'Which of the contact’s numbers, e.g. Mobile.' })
  mode!: string;

  @Field({ description: 'Time zone of the called person; several candidates are joined by |.' })
  zone!: string;

  @Field(() => Int, { description: 'Which attempt at this contact in the campaign, from 1.' })
  attemptNo!: number;

  @Field({ description: 'Telephony outcome, e.g. LIVE_VOICE.' })
  outcome!: string;

  @Field(() => String, {
    nullable: true,
    description: 'OVERDIAL, AGENT_LOST, AMD_FALSE or FAULT, if it counts as abandoned.',
  })
  abandonCause!: string | null;

  @Field({ description: 'Whether a person answered.' })
  liveAnswer!: boolean;

  @Field(() => String, { nullable: true, description: 'Who ended it: us, far, network or unknown.' })
  endedBy!: string | null;

  @Field(() => Int, { nullable: true, description: 'Q.850 cause.' })
  q850!: number | null;

  @Field(() => Int, { nullable: true, description: 'SIP status.' })
  sip!: number | null;

  @Field(() => String, { nullable: true, description: 'The agent’s wrap-up code.' })
  wrapUpCode!: string | null;

  @Field(() => GraphQLISODateTime, { description: 'When it was recorded, before it was placed.' })
  claimedAt!: Date;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it ended.' })
  endedAt!: Date | null;

  @Field(() => [CallTimelineEntryType], { description: 'What happened, in order.' })
  timeline!: CallTimelineEntryType[];
}

export const CallAttemptPage = Connection('CallAttempt', () => CallAttemptType);

import { Field, ID, Int, ObjectType } from 'type-graphql';
import {
  CALLBACK_FALLBACKS,
  CALLBACK_IF_AWAY,
  CALLBACK_KINDS,
  CALLBACK_STATES,
} from '../../src/contacts/callbacks/callback';
import { enumOf } from '../enums';

export const CallbackStateEnum = enumOf(
  'CallbackState',
  CALLBACK_STATES,
  'DUE: its window is open and it is not kept yet.',
);
export const CallbackKindEnum = enumOf('CallbackKind', CALLBACK_KINDS, 'Who makes a callback: anyone, or one agent.');
const IfAway = enumOf(
  'CallbackIfAway',
  CALLBACK_IF_AWAY,
  'Of a PERSONAL callback whose agent is away: ANYONE makes it, or it is to WAIT for the agent until its window passes.',
);
const Fallback = enumOf('CallbackFallback', CALLBACK_FALLBACKS, 'What is done when the window of a callback passes.');

@ObjectType('Callback', { description: 'A call that was promised for a time.' })
export class CallbackType {
  @Field(() => ID, { description: 'Opaque id.' })
  id!: string;

  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => ID, { description: 'The contact.' })
  contactId!: string;

  @Field(() => ID, { nullable: true, description: 'The call in which it was promised.' })
  attemptId!: string | null;

  @Field(() => CallbackKindEnum, { description: 'Who makes it.' })
  kind!: string;

  @Field(() => IfAway, { nullable: true, description: 'Of a PERSONAL one: what is done while its agent is away.' })
  ifAway!: string | null;

  @Field(() => ID, { nullable: true, description: 'The agent who promised it; of a PERSONAL one who is to make it.' })
  agentId!: string | null;

  @Field({ description: 'Not before.' })
  from!: Date;

  @Field({ description: 'Not after.' })
  until!: Date;

  @Field(() => Fallback, { description: 'What is done when the window passes.' })
  fallback!: string;

  @Field({ description: 'For whoever calls back.' })
  note!: string;

  @Field(() => CallbackStateEnum, { description: 'Where it stands.' })
  state!: string;

  @Field(() => String, { nullable: true, description: 'Why it is MISSED or CANCELLED; REACHED when DONE.' })
  endReason!: string | null;

  @Field(() => Date, { nullable: true, description: 'When it was kept, missed or cancelled.' })
  endedAt!: Date | null;

  @Field(() => ID, { nullable: true, description: 'The missed one that it makes good.' })
  follows!: string | null;

  @Field({ description: 'Who asked for it.' })
  createdBy!: string;

  @Field({ description: 'When it was promised.' })
  createdAt!: Date;
}

@ObjectType('CallbackCounts', { description: 'Callbacks of a campaign by state.' })
export class CallbackCountsType {
  @Field(() => Int, { name: 'scheduled', description: 'Still to come.' })
  SCHEDULED!: number;

  @Field(() => Int, { name: 'due', description: 'In their window and not kept yet.' })
  DUE!: number;

  @Field(() => Int, { name: 'done', description: 'Kept.' })
  DONE!: number;

  @Field(() => Int, { name: 'missed', description: 'Not kept.' })
  MISSED!: number;

  @Field(() => Int, { name: 'cancelled', description: 'Taken back.' })
  CANCELLED!: number;
}

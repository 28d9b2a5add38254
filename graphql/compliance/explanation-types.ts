import { Field, Float, GraphQLISODateTime, ID, ObjectType } from 'type-graphql';
import { GATE_NAMES } from '../../src/compliance/gates';
import { enumOf } from '../enums';

const GateName = enumOf('GateName', GATE_NAMES, 'What is checked before a contact is dialled.');

@ObjectType('GateVerdict', { description: 'What one gate says.' })
export class GateVerdictType {
  @Field(() => GateName, { description: 'Which gate.' })
  gate!: string;

  @Field({ description: 'It lets the contact pass.' })
  allowed!: boolean;

  @Field({ description: 'What was compared, in words.' })
  detail!: string;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When this gate may next let it pass; null: it does, or not by time alone.',
  })
  nextAt!: Date | null;
}

@ObjectType('NumberExplanation', { description: 'Why one number of a contact is or is not dialled.' })
export class NumberExplanationType {
  @Field({ description: 'Contact mode, e.g. Mobile.' })
  mode!: string;

  @Field({ description: 'E.164, masked for whoever may not see numbers.' })
  number!: string;

  @Field({ description: 'It is the number that would be dialled next.' })
  next!: boolean;

  @Field({ description: 'Every gate lets it pass.' })
  allowed!: boolean;

  @Field(() => [GateVerdictType], { description: 'In their order; the first that refuses decides.' })
  gates!: GateVerdictType[];

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When every gate lets it pass if nothing but time changes; null: time alone does not open them.',
  })
  nextLawfulAt!: Date | null;

  @Field(() => [String], { description: 'Versions of the compliance profiles that hold, e.g. US@2024-10-15.' })
  profiles!: string[];
}

@ObjectType('ContactExplanation', { description: 'Why a contact is or is not dialled.' })
export class ContactExplanationType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field(() => ID, { description: 'The contact.' })
  contactId!: string;

  @Field({ description: 'The moment that was judged.' })
  at!: Date;

  @Field({ description: 'Version of the time zone rules that were applied.' })
  tz!: string;

  @Field(() => [NumberExplanationType], { description: 'Each of its numbers, in the order of the list.' })
  numbers!: NumberExplanationType[];
}

@ObjectType('SkipReason', { description: 'Contacts that one gate refuses.' })
export class SkipReasonType {
  @Field(() => GateName, { description: 'The first gate that refuses.' })
  gate!: string;

  @Field(() => Float, { description: 'How many contacts.' })
  contacts!: number;
}

@ObjectType('SkipForecast', { description: 'X of Y contacts would be skipped, by reason.' })
export class SkipForecastType {
  @Field(() => ID, { description: 'The campaign.' })
  campaignId!: string;

  @Field({ description: 'The moment that was judged.' })
  at!: Date;

  @Field(() => Float, { description: 'Contacts of the campaign that are not closed.' })
  contacts!: number;

  @Field(() => Float, {
    description: 'How many were judged: all up to 10000, else about so many spread over the list.',
  })
  judged!: number;

  @Field(() => Float, { description: 'How many are to be judged.' })
  toJudge!: number;

  @Field({ description: 'All that are to be judged were; a query answers then, a subscription also before.' })
  done!: boolean;

  @Field({ description: 'All were judged; else the figures are raised from those that were.' })
  exact!: boolean;

  @Field(() => Float, { description: 'Contacts that would be skipped.' })
  skipped!: number;

  @Field(() => [SkipReasonType], { description: 'Most contacts first.' })
  reasons!: SkipReasonType[];
}

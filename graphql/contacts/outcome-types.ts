import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { BUSINESS_OUTCOME_KINDS } from '../../src/contacts/retry/business-outcome-group';
import { DIAL_OUTCOMES } from '../../src/contacts/retry/outcome-set';
import { NEXT_MODES } from '../../src/contacts/retry/rule-input';
import { OUTCOME_ACTIONS } from '../../src/contacts/retry/telephony-outcome-set-service';
import { WRAP_UP_ACTIONS } from '../../src/contacts/retry/wrap-up-code-set';
import { enumOf } from '../enums';
import { RecordType } from '../organisations/record-type';

export const DialOutcome = enumOf('DialOutcome', DIAL_OUTCOMES, 'How an attempt ended, as far as it can be told.');
const OutcomeAction = enumOf('OutcomeAction', OUTCOME_ACTIONS, 'What becomes of the contact.');
const WrapUpAction = enumOf('WrapUpAction', WRAP_UP_ACTIONS, 'What follows from a wrap-up code.');
const NextMode = enumOf('NextMode', NEXT_MODES, 'Which contact mode is tried next.');
const Kind = enumOf('BusinessOutcomeKind', BUSINESS_OUTCOME_KINDS, 'What a business outcome is worth.');

/** What RETRY means; all null with another action. */
@ObjectType()
abstract class RetryFields {
  @Field(() => Boolean, { nullable: true, description: "RETRY: whether it is one of the campaign's maxAttempts." })
  countsAsAttempt?: boolean;

  @Field(() => Int, { nullable: true, description: 'RETRY: from the end of the attempt to the next.' })
  delayMinutes?: number;

  @Field(() => Float, { nullable: true, description: 'RETRY: the delay grows by it with each earlier attempt.' })
  backOffMultiplier?: number;

  @Field(() => Int, { nullable: true, description: 'RETRY: the longest delay.' })
  maxDelayMinutes?: number;

  @Field(() => NextMode, { nullable: true, description: 'RETRY: the same contact mode again or the next one.' })
  nextMode?: string;

  @Field(() => Int, { nullable: true, description: 'RETRY that does not count: after so many in a row it does.' })
  uncountedLimit?: number;
}

@ObjectType('OutcomeRule', { description: 'What becomes of a contact whose attempt ended so.' })
export class OutcomeRuleType extends RetryFields {
  @Field(() => DialOutcome, { description: 'How the attempt ended.' })
  outcome!: string;

  @Field(() => OutcomeAction, { description: 'CLOSE or RETRY.' })
  action!: string;
}

@ObjectType('TelephonyOutcomeSet', { description: 'What follows from how an attempt ended.' })
export class TelephonyOutcomeSetType extends RecordType {
  @Field({ description: 'Name of the set.' })
  name!: string;

  @Field({ description: 'For whom it is.' })
  description!: string;
}

@ObjectType('WrapUpCode', { description: 'What an agent may say of a call, and what follows.' })
export class WrapUpCodeType extends RetryFields {
  @Field({ description: 'What the agent picks and reports show.' })
  code!: string;

  @Field({ description: 'In words.' })
  label!: string;

  @Field(() => String, { nullable: true, description: 'What it means for the business.' })
  businessOutcome!: string | null;

  @Field(() => WrapUpAction, { description: 'What follows from it.' })
  action!: string;
}

@ObjectType('WrapUpCodeSet', { description: 'Codes that agents may give after a call.' })
export class WrapUpCodeSetType extends RecordType {
  @Field({ description: 'Name of the set.' })
  name!: string;

  @Field(() => ID, { nullable: true, description: 'Group of business outcomes that its codes name.' })
  businessOutcomeGroupId!: string | null;

  @Field(() => [WrapUpCodeType], { description: 'Its codes.' })
  codes!: WrapUpCodeType[];
}

@ObjectType('BusinessOutcome', { description: 'What a conversation may come to.' })
export class BusinessOutcomeType {
  @Field({ description: 'As reports show it.' })
  name!: string;

  @Field(() => Kind, { description: 'What it is worth.' })
  kind!: string;

  @Field({ description: 'Whether the person that was meant has been spoken with.' })
  rightParty!: boolean;
}

@ObjectType('BusinessOutcomeGroup', { description: 'What conversations of a line of business may come to.' })
export class BusinessOutcomeGroupType extends RecordType {
  @Field({ description: 'Name of the group.' })
  name!: string;

  @Field(() => [BusinessOutcomeType], { description: 'Its outcomes.' })
  outcomes!: BusinessOutcomeType[];
}

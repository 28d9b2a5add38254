import { Arg, Args, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { CONSEQUENCES, OPERATORS, SUBJECTS } from '../../src/compliance/suppression/rule-input';
import {
  createSuppressionRuleSetInput,
  updateSuppressionRuleSetInput,
} from '../../src/compliance/suppression/rule-set';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { enumOf } from '../enums';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { RecordType } from '../organisations/record-type';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';

const Subject = enumOf('SuppressionSubject', SUBJECTS, 'What a condition looks at.');
const Operator = enumOf('SuppressionOperator', OPERATORS, 'How a condition compares.');
const Consequence = enumOf('SuppressionConsequence', CONSEQUENCES, 'What becomes of a contact that a rule holds for.');

@ObjectType('SuppressionCondition', { description: 'One thing that is or is not so.' })
class SuppressionConditionType {
  @Field(() => Subject, { description: 'What it looks at.' })
  subject!: string;

  @Field(() => String, { nullable: true, description: 'Of ATTRIBUTE: its name.' })
  attribute?: string | null;

  @Field(() => Operator, { description: 'How the values are compared.' })
  operator!: string;

  @Field(() => [String], { description: 'What is compared with.' })
  values!: string[];
}

@ObjectType('SuppressionAlternative', { description: 'Conditions that must hold together.' })
class SuppressionAlternativeType {
  @Field(() => [SuppressionConditionType], { description: 'All of them must hold.' })
  allOf!: SuppressionConditionType[];
}

@ObjectType('SuppressionRule', { description: 'When a person is not called.' })
class SuppressionRuleType {
  @Field({ description: 'Stands in the verdict.' })
  name!: string;

  @Field(() => Consequence, { description: 'DELAY: until time alone lets the contact pass. SKIP: it is closed.' })
  consequence!: string;

  @Field(() => [SuppressionAlternativeType], { description: 'One of them is enough.' })
  anyOf!: SuppressionAlternativeType[];
}

@ObjectType('SuppressionRuleSet', { description: 'Rules by which people are not called; campaigns choose a set.' })
export class SuppressionRuleSetType extends RecordType {
  @Field({ description: 'Name of the set.' })
  name!: string;

  @Field(() => [SuppressionRuleType], { description: 'One that says SKIP comes before one that says DELAY.' })
  rules!: SuppressionRuleType[];
}

const { page: SetPage, result: SetResult } = shapesOf('SuppressionRuleSet', SuppressionRuleSetType);
const CreateInput = inputFrom('CreateSuppressionRuleSetInput', createSuppressionRuleSetInput, 'Rules and their name.');
const UpdateInput = inputFrom('UpdateSuppressionRuleSetInput', updateSuppressionRuleSetInput, 'Changes to a rule set.');

@Resolver()
export class SuppressionResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => SuppressionRuleSetType, { nullable: true, description: 'One rule set.' })
  suppressionRuleSet(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.suppressionRuleSets.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => SetPage, { description: 'Rule sets of the organisation.' })
  suppressionRuleSets(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.suppressionRuleSets.list(caller, page));
  }

  @Change(() => SetResult, 'Makes a rule set.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  createSuppressionRuleSet(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.suppressionRuleSets.create(caller, input);
  }

  @Change(
    () => SetResult,
    'Changes a rule set, from the next attempt on in every campaign that has chosen it.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  updateSuppressionRuleSet(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.suppressionRuleSets.update(caller, input);
  }
}

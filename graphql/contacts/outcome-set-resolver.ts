import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { type OutcomeRules, rulesOver } from '../../src/contacts/retry/outcome-set';
import type { TelephonyOutcomeSet } from '../../src/contacts/retry/telephony-outcome-set';
import {
  createTelephonyOutcomeSetInput,
  updateTelephonyOutcomeSetInput,
} from '../../src/contacts/retry/telephony-outcome-set-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { OutcomeRuleType, TelephonyOutcomeSetType } from './outcome-types';

const { page: Page, result: Result } = shapesOf('TelephonyOutcomeSet', TelephonyOutcomeSetType);
const CreateInput = inputFrom(
  'CreateTelephonyOutcomeSetInput',
  createTelephonyOutcomeSetInput,
  'A copy of the primary set with rules of its own.',
);
const UpdateInput = inputFrom(
  'UpdateTelephonyOutcomeSetInput',
  updateTelephonyOutcomeSetInput,
  'Changes to a telephony outcome set.',
);

const ruleList = (rules: OutcomeRules) => Object.entries(rules).map(([outcome, rule]) => ({ outcome, ...rule }));

@Resolver(() => TelephonyOutcomeSetType)
export class TelephonyOutcomeSetResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => TelephonyOutcomeSetType, { nullable: true, description: 'One telephony outcome set.' })
  telephonyOutcomeSet(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.telephonyOutcomeSets.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => Page, { description: 'Every telephony outcome set of the organisation.' })
  telephonyOutcomeSets(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.telephonyOutcomeSets.list(caller, page));
  }

  @Change(() => Result, 'Makes a telephony outcome set.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  createTelephonyOutcomeSet(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.telephonyOutcomeSets.create(caller, input);
  }

  @Change(
    () => Result,
    'Changes a telephony outcome set; attempts that end from then on follow it.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  updateTelephonyOutcomeSet(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.telephonyOutcomeSets.update(caller, input);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => [OutcomeRuleType], { description: 'The primary set: what holds where no other is chosen. Read-only.' })
  primaryOutcomeRules() {
    return ruleList(rulesOver(null));
  }

  @FieldResolver(() => [OutcomeRuleType], {
    description: "One rule for each outcome; those not given are the primary set's.",
  })
  rules(@Root() set: TelephonyOutcomeSet) {
    return ruleList(rulesOver(set.rules));
  }
}

import { Arg, Args, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import type { ContactStrategy } from '../../src/contacts/strategy/contact-strategy';
import {
  createContactStrategyInput,
  updateContactStrategyInput,
} from '../../src/contacts/strategy/contact-strategy-service';
import { previewAttemptsInput } from '../../src/contacts/strategy/preview-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { AttemptsPreviewType, ContactStrategyType, ModePlanType, RollingLimitType, WindowRule } from './strategy-types';

const { page: Page, result: Result } = shapesOf('ContactStrategy', ContactStrategyType);
const CreateInput = inputFrom(
  'CreateContactStrategyInput',
  createContactStrategyInput,
  'Which numbers are tried, in what order, how often, when.',
);
const UpdateInput = inputFrom(
  'UpdateContactStrategyInput',
  updateContactStrategyInput,
  'Changes to a contact strategy.',
);
const PreviewInput = inputFrom('PreviewAttemptsInput', previewAttemptsInput, 'Whose attempts, and how they are to go.');

@Resolver(() => ContactStrategyType)
export class ContactStrategyResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ContactStrategyType, { nullable: true, description: 'One contact strategy.' })
  contactStrategy(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.contactStrategies.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => Page, { description: 'Every contact strategy of the organisation.' })
  contactStrategies(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.contactStrategies.list(caller, page));
  }

  @Change(() => Result, 'Makes a contact strategy.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  createContactStrategy(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.contactStrategies.create(caller, input);
  }

  @Change(
    () => Result,
    'Changes a contact strategy; contacts follow it from their next step on.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  updateContactStrategy(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.contactStrategies.update(caller, input);
  }

  @FieldResolver(() => [ModePlanType], { description: 'Contact modes in their order.' })
  modes(@Root() { settings }: ContactStrategy) {
    return settings.modes;
  }

  @FieldResolver(() => Boolean, {
    description: 'After a counted attempt the next mode at once, until the round is done.',
  })
  sequentialDialling(@Root() { settings }: ContactStrategy) {
    return settings.sequentialDialling;
  }

  @FieldResolver(() => WindowRule, { description: 'PER_NUMBER or ALL_NUMBERS.' })
  windowRule(@Root() { settings }: ContactStrategy) {
    return settings.windowRule;
  }

  @FieldResolver(() => Int, {
    nullable: true,
    description: 'The most attempts of the campaign on a person in a day of their zone.',
  })
  maxAttemptsPerDay(@Root() { settings }: ContactStrategy) {
    return settings.maxAttemptsPerDay;
  }

  @FieldResolver(() => [RollingLimitType], { description: 'Rolling limits on the attempts of the campaign.' })
  limits(@Root() { settings }: ContactStrategy) {
    return settings.limits;
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => AttemptsPreviewType, {
    description: 'The attempts that a policy would make for a contact; nothing is written or dialled.',
  })
  previewAttempts(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => PreviewInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.previewAttempts(caller, input);
  }
}

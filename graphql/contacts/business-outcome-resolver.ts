import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import {
  createBusinessOutcomeGroupInput,
  updateBusinessOutcomeGroupInput,
} from '../../src/contacts/retry/business-outcome-group-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { BusinessOutcomeGroupType } from './outcome-types';

const { page: Page, result: Result } = shapesOf('BusinessOutcomeGroup', BusinessOutcomeGroupType);
const CreateInput = inputFrom(
  'CreateBusinessOutcomeGroupInput',
  createBusinessOutcomeGroupInput,
  'What conversations may come to.',
);
const UpdateInput = inputFrom(
  'UpdateBusinessOutcomeGroupInput',
  updateBusinessOutcomeGroupInput,
  'Changes to a business outcome group.',
);

@Resolver(() => BusinessOutcomeGroupType)
export class BusinessOutcomeGroupResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => BusinessOutcomeGroupType, { nullable: true, description: 'One business outcome group.' })
  businessOutcomeGroup(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.businessOutcomeGroups.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => Page, { description: 'Every business outcome group of the organisation.' })
  businessOutcomeGroups(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.businessOutcomeGroups.list(caller, page));
  }

  @Change(() => Result, 'Makes a business outcome group.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  createBusinessOutcomeGroup(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.businessOutcomeGroups.create(caller, input);
  }

  @Change(
    () => Result,
    'Changes a business outcome group; an outcome that a wrap-up code names stays.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  updateBusinessOutcomeGroup(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.businessOutcomeGroups.update(caller, input);
  }
}

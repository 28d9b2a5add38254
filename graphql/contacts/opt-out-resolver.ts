import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { optOutInput, withdrawOptOutInput } from '../../src/contacts/dnc/opt-out-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { OptOutType } from './dnc-types';

const { page: OptOutPage, result: OptOutResult } = shapesOf('OptOut', OptOutType);
const AddInput = inputFrom('OptOutInput', optOutInput, 'Somebody who does not want to be called any more.');
const WithdrawInput = inputFrom('WithdrawOptOutInput', withdrawOptOutInput, 'Somebody who may be called again.');

@Resolver()
export class OptOutResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION')
  @Query(() => OptOutType, {
    nullable: true,
    description: 'The opt-out in force of a number or a customer; null: none.',
  })
  optOut(
    @CurrentCaller() caller: Caller,
    @Arg('number', () => String, { nullable: true, description: 'In E.164 form.' }) number: string | undefined,
    @Arg('customerId', () => String, { nullable: true, description: 'Or the external id.' })
    customerId: string | undefined,
    @Ctx() { services }: Context,
  ) {
    return services.optOuts.find(caller, { number, customerId });
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION')
  @Query(() => OptOutPage, { description: 'Opt-outs and withdrawn ones, in the order they came.' })
  optOuts(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.optOuts.list(caller, page));
  }

  @Change(
    () => OptOutResult,
    'Notes that somebody does not want to be called any more: at once, in every campaign. A call in flight may end.',
    'AGENT',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
    'INTEGRATION',
  )
  addOptOut(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => AddInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.optOuts.add(caller, input);
  }

  @Change(() => OptOutResult, 'Takes an opt-out back, with a reason; audited.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  withdrawOptOut(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => WithdrawInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.optOuts.withdraw(caller, input);
  }
}

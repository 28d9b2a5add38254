import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { createDialerInput, updateDialerInput } from '../../src/agents/dialer-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { DialerType } from './types';

const { page: DialerPage, result: DialerResult } = shapesOf('Dialer', DialerType);
const CreateInput = inputFrom('CreateDialerInput', createDialerInput, 'A dialer.');
const UpdateInput = inputFrom('UpdateDialerInput', updateDialerInput, 'Changes to a dialer.');

@Resolver(() => DialerType)
export class DialerResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => DialerType, { nullable: true, description: 'One dialer; null when there is none of this id.' })
  dialer(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.dialers.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => DialerPage, { description: 'Dialers of the organisation.' })
  dialers(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.dialers.list(caller, page));
  }

  @Change(() => DialerResult, 'Makes a dialer.', 'CAMPAIGN_MANAGER')
  createDialer(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dialers.create(caller, input);
  }

  @Change(() => DialerResult, 'Changes a dialer.', 'CAMPAIGN_MANAGER')
  updateDialer(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dialers.update(caller, input);
  }
}

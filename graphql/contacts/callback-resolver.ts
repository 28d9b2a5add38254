import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { CallbackState } from '../../src/contacts/callbacks/callback';
import { cancelCallbackInput, scheduleCallbackInput } from '../../src/contacts/callbacks/callback-input';
import { id as idShape, parse } from '../../src/infra/validate';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { CallbackCountsType, CallbackStateEnum, CallbackType } from './callback-types';

const { page: CallbackPage, result: CallbackResult } = shapesOf('Callback', CallbackType);
const ScheduleInput = inputFrom('ScheduleCallbackInput', scheduleCallbackInput, 'Whom to call back, and when.');
const CancelInput = inputFrom('CancelCallbackInput', cancelCallbackInput, 'A callback that is not to be made.');

const optionalId = (id: string | undefined): string | undefined => (id ? parse(idShape(), id) : undefined);

@Resolver(() => CallbackType)
export class CallbackResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION', 'AGENT')
  @Query(() => CallbackPage, {
    description: 'Callbacks in the order in which they were promised; an agent sees its own.',
  })
  callbacks(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Arg('campaignId', () => ID, { nullable: true, description: 'Of one campaign.' }) campaignId: string | undefined,
    @Arg('agentId', () => ID, { nullable: true, description: 'Promised by one agent.' }) agentId: string | undefined,
    @Arg('state', () => CallbackStateEnum, { nullable: true, description: 'In one state.' })
    state: CallbackState | undefined,
    @Ctx() { services }: Context,
  ) {
    const filter = { campaignId: optionalId(campaignId), agentId: optionalId(agentId), state };
    return connection(
      args,
      (page) => services.callbacks.list(caller, page, filter),
      ({ place }) => String(place),
    );
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => CallbackCountsType, { description: 'Callbacks of a campaign by state: how many promises were kept.' })
  callbackCounts(
    @CurrentCaller() caller: Caller,
    @Arg('campaignId', () => ID, { description: 'The campaign.' }) campaignId: string,
    @Ctx() { services }: Context,
  ) {
    return services.callbacks.counts(caller, parse(idShape(), campaignId));
  }

  @Change(
    () => CallbackResult,
    'Promises a call for a time; one that was promised before is replaced.',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
    'INTEGRATION',
    'AGENT',
  )
  scheduleCallback(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => ScheduleInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.callbacks.schedule(caller, input);
  }

  @Change(
    () => CallbackResult,
    'Takes a callback back; the contact is one among the others again.',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
    'INTEGRATION',
    'AGENT',
  )
  cancelCallback(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CancelInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.callbacks.cancel(caller, input);
  }
}

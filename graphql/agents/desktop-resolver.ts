import { Arg, Args, ArgsType, Ctx, Field, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { DesktopView } from '../../src/agents/desktop-view';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { Change, resultOf } from '../refusal';
import { type DesktopArgs, followDesktop } from './desktop-subscription';
import { AgentDesktopType } from './desktop-types';

const Result = resultOf('AgentDesktopResult', () => AgentDesktopType, 'AgentDesktop');

@ArgsType()
class AgentActionArgs {
  @Field(() => ID, { nullable: true, description: "The agent; by default the token's own." })
  agentId?: string;

  @Field(() => String, { nullable: true, description: 'The same key happens once and gets the same answer.' })
  idempotencyKey?: string;
}

@Resolver()
export class DesktopResolver {
  @Allow('SUPERVISOR', 'AGENT')
  @Subscription(() => AgentDesktopType, {
    description: 'The desktop of an agent: snapshot first, then the full view at every change, seq rising.',
    subscribe: ({ args, context }) => followDesktop(context as Context, args as unknown as DesktopArgs),
  })
  agentDesktop(
    @Root() view: DesktopView,
    @Arg('agentId', () => ID, { description: 'The agent: an AGENT follows itself, which makes it present.' })
    _id: string,
    @Arg('takeOver', () => Boolean, {
      defaultValue: false,
      description: 'Ends another desktop of the agent (REPLACED).',
    })
    _takeOver: boolean,
    @Arg('desktop', () => String, {
      nullable: true,
      description: "The desktop's own id: with the same one it may reconnect without taking over.",
    })
    _desktop?: string,
  ): DesktopView {
    return view;
  }

  @Allow('SUPERVISOR', 'AGENT')
  @Query(() => AgentDesktopType, { description: 'The desktop of an agent as it is now.' })
  agentDesktopNow(
    @CurrentCaller() caller: Caller,
    @Arg('agentId', () => ID, { nullable: true, description: "The agent; by default the token's own." })
    agentId: string | undefined,
    @Ctx() { services }: Context,
  ) {
    return services.agentActions.view(caller, agentId);
  }

  @Change(() => Result, 'Logs in with a device.', 'AGENT')
  agentLogIn(
    @CurrentCaller() caller: Caller,
    @Args(() => AgentActionArgs) { agentId, idempotencyKey }: AgentActionArgs,
    @Arg('deviceId', () => ID, { description: "One of the agent's devices." }) deviceId: string,
    @Ctx() { services }: Context,
  ) {
    return services.agentActions.act(caller, 'AGENT_LOGIN', agentId, { deviceId }, idempotencyKey);
  }

  @Change(() => Result, 'Ready for customers.', 'AGENT')
  agentAvailable(
    @CurrentCaller() caller: Caller,
    @Args(() => AgentActionArgs) { agentId, idempotencyKey }: AgentActionArgs,
    @Ctx() { services }: Context,
  ) {
    return services.agentActions.act(caller, 'AGENT_AVAILABLE', agentId, {}, idempotencyKey);
  }

  @Change(() => Result, 'Takes no more customers; with a line in hand, once it resolves.', 'AGENT', 'SUPERVISOR')
  agentIdle(
    @CurrentCaller() caller: Caller,
    @Args(() => AgentActionArgs) { agentId, idempotencyKey }: AgentActionArgs,
    @Arg('reason', () => String, { defaultValue: 'BREAK', description: 'Why, 1–200 characters.' }) reason: string,
    @Ctx() { services }: Context,
  ) {
    return services.agentActions.act(caller, 'AGENT_IDLE', agentId, { reason }, idempotencyKey);
  }

  @Change(() => Result, 'Ends the session; with a line in hand, once it resolves.', 'AGENT', 'SUPERVISOR')
  agentLogOut(
    @CurrentCaller() caller: Caller,
    @Args(() => AgentActionArgs) { agentId, idempotencyKey }: AgentActionArgs,
    @Arg('reason', () => String, { defaultValue: 'LOGGED_OUT', description: 'Why, 1–200 characters.' }) reason: string,
    @Ctx() { services }: Context,
  ) {
    return services.agentActions.act(caller, 'AGENT_LOGOUT', agentId, { reason }, idempotencyKey);
  }

  @Change(() => Result, 'Writes up a call and ends the wrap-up.', 'AGENT')
  async agentWrapUp(
    @CurrentCaller() caller: Caller,
    @Args(() => AgentActionArgs) { agentId, idempotencyKey }: AgentActionArgs,
    @Arg('attemptId', () => ID, { description: 'The attempt the panel shows.' }) attemptId: string,
    @Arg('code', () => String, { description: 'Wrap-up code, 1–100 characters.' }) code: string,
    @Arg('optOut', () => Boolean, {
      defaultValue: false,
      description: 'The person does not want to be called any more: noted even if the code is refused. Default false.',
    })
    optOut: boolean,
    @Ctx() { services }: Context,
  ) {
    if (optOut) await services.optOuts.add(caller, { attemptId, source: 'DESKTOP' });
    return services.agentActions.act(caller, 'AGENT_WRAP_UP', agentId, { attemptId, code }, idempotencyKey);
  }

  @Change(() => Result, 'Ends the call with the customer.', 'AGENT')
  agentHangUp(
    @CurrentCaller() caller: Caller,
    @Args(() => AgentActionArgs) { agentId, idempotencyKey }: AgentActionArgs,
    @Arg('attemptId', () => ID, { description: 'The attempt the panel shows.' }) attemptId: string,
    @Ctx() { services }: Context,
  ) {
    return services.agentActions.act(caller, 'AGENT_HANG_UP', agentId, { attemptId }, idempotencyKey);
  }
}

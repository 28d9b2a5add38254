import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Agent } from '../../src/agents/agent';
import { createAgentInput, updateAgentInput } from '../../src/agents/agent-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { AgentStandingType, AgentType, DeviceType, TeamType } from './types';

const { page: AgentPage, result: AgentResult } = shapesOf('Agent', AgentType);
const CreateInput = inputFrom('CreateAgentInput', createAgentInput, 'Somebody who talks to customers.');
const UpdateInput = inputFrom('UpdateAgentInput', updateAgentInput, 'Changes to an agent.');

@Resolver(() => AgentType)
export class AgentResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => AgentType, { nullable: true, description: 'One agent; null when there is none of this id.' })
  agent(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.agents.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => AgentPage, { description: 'Agents of the organisation.' })
  agents(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Arg('teamId', () => ID, { nullable: true, description: 'Of one team.' }) teamId: string | undefined,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.agents.list(caller, page, { ...(teamId ? { teamId } : {}) }));
  }

  @Change(() => AgentResult, 'Makes an agent.', 'CAMPAIGN_MANAGER', 'SUPERVISOR')
  createAgent(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.agents.create(caller, input);
  }

  @Change(() => AgentResult, 'Changes an agent.', 'CAMPAIGN_MANAGER', 'SUPERVISOR')
  updateAgent(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.agents.update(caller, input);
  }

  @FieldResolver(() => TeamType, { description: 'The team.' })
  team(@Root() agent: Agent, @Ctx() { loaders }: Context) {
    return loaders.team.load(agent.teamId);
  }

  @FieldResolver(() => [DeviceType], { description: 'What may ring when the agent is reserved.' })
  devices(@Root() agent: Agent, @Ctx() { loaders }: Context) {
    return loaders.devicesOfAgent.load(agent.id);
  }

  @FieldResolver(() => AgentStandingType, { description: 'Where the agent stands now.' })
  standing(@Root() agent: Agent, @Ctx() { loaders }: Context) {
    return loaders.agentStanding.load(agent.id);
  }
}

import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Team } from '../../src/agents/team';
import { createTeamInput, updateTeamInput } from '../../src/agents/team-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { DialerType, TeamType } from './types';

const { page: TeamPage, result: TeamResult } = shapesOf('Team', TeamType);
const CreateInput = inputFrom('CreateTeamInput', createTeamInput, 'Agents of one dialer.');
const UpdateInput = inputFrom('UpdateTeamInput', updateTeamInput, 'Changes to a team.');

@Resolver(() => TeamType)
export class TeamResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => TeamType, { nullable: true, description: 'One team; null when there is none of this id.' })
  team(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.teams.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => TeamPage, { description: 'Teams of the organisation.' })
  teams(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.teams.list(caller, page));
  }

  @Change(() => TeamResult, 'Makes a team.', 'CAMPAIGN_MANAGER', 'SUPERVISOR')
  createTeam(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.teams.create(caller, input);
  }

  @Change(() => TeamResult, 'Changes a team.', 'CAMPAIGN_MANAGER', 'SUPERVISOR')
  updateTeam(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.teams.update(caller, input);
  }

  @FieldResolver(() => DialerType, { description: 'The dialer.' })
  dialer(@Root() team: Team, @Ctx() { loaders }: Context) {
    return loaders.dialer.load(team.dialerId);
  }
}

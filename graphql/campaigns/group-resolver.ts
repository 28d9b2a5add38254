import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { CampaignGroup } from '../../src/campaigns/campaign-group';
import { createGroupInput, updateGroupInput } from '../../src/campaigns/group-service';
import type { Caller } from '../../src/organisations/caller';
import { DialerType, TeamType } from '../agents/types';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { PacingType } from './pacing-type';
import { CampaignGroupType, EntryPointType } from './types';

const { page: CampaignGroupPage, result: CampaignGroupResult } = shapesOf('CampaignGroup', CampaignGroupType);
const CreateInput = inputFrom(
  'CreateCampaignGroupInput',
  createGroupInput,
  'Dialer, teams, pacing and hours that campaigns share.',
);
const UpdateInput = inputFrom('UpdateCampaignGroupInput', updateGroupInput, 'Changes to a campaign group.');

@Resolver(() => CampaignGroupType)
export class CampaignGroupResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => CampaignGroupType, {
    nullable: true,
    description: 'One campaign group; null when there is none of this id.',
  })
  campaignGroup(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.groups.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => CampaignGroupPage, { description: 'Campaign groups of the organisation.' })
  campaignGroups(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.groups.list(caller, page));
  }

  @Change(() => CampaignGroupResult, 'Makes a campaign group.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  createCampaignGroup(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.groups.create(caller, input);
  }

  @Change(() => CampaignGroupResult, 'Changes a campaign group.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  updateCampaignGroup(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.groups.update(caller, input);
  }

  @FieldResolver(() => EntryPointType, { description: 'Outdial entry point.' })
  entryPoint(@Root() group: CampaignGroup, @Ctx() { loaders }: Context) {
    return loaders.entryPoint.load(group.entryPointId);
  }

  @FieldResolver(() => DialerType, { description: 'The dialer that runs its campaigns.' })
  dialer(@Root() group: CampaignGroup, @Ctx() { loaders }: Context) {
    return loaders.dialer.load(group.dialerId);
  }

  @FieldResolver(() => [TeamType], { nullable: 'items', description: 'Teams whose agents it reserves.' })
  teams(@Root() group: CampaignGroup, @Ctx() { loaders }: Context) {
    return loaders.team.loadMany(group.teamIds);
  }

  @FieldResolver(() => PacingType, { description: 'Parameters in force: those of the mode.' })
  pacing(@Root() group: CampaignGroup): PacingType {
    return { ...group.pacing, abandonRate: group.pacingMode === 'PREVIEW' ? undefined : group.abandonRatePercent };
  }
}

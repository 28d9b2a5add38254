import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Campaign } from '../../src/campaigns/campaign';
import { createCampaignInput, updateCampaignInput } from '../../src/campaigns/campaign-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { CampaignGroupType, CampaignType, ReadinessType } from './types';

const { page: CampaignPage, result: CampaignResult } = shapesOf('Campaign', CampaignType);

export { CampaignResult };

const CreateInput = inputFrom('CreateCampaignInput', createCampaignInput, 'Dials contact lists for agents.');
const UpdateInput = inputFrom(
  'UpdateCampaignInput',
  updateCampaignInput,
  'Changes to a campaign; all may change while it runs.',
);

@Resolver(() => CampaignType)
export class CampaignResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => CampaignType, { nullable: true, description: 'One campaign; null when there is none of this id.' })
  campaign(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.campaigns.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => CampaignPage, { description: 'Campaigns of the organisation.' })
  campaigns(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Arg('groupId', () => ID, { nullable: true, description: 'Of one group.' }) groupId: string | undefined,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.campaigns.list(caller, page, { ...(groupId ? { groupId } : {}) }));
  }

  @Change(() => CampaignResult, 'Makes a campaign.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  createCampaign(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.campaigns.create(caller, input);
  }

  @Change(() => CampaignResult, 'Changes a campaign.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  updateCampaign(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.campaigns.update(caller, input);
  }

  @FieldResolver(() => CampaignGroupType, { description: 'Its group.' })
  group(@Root() campaign: Campaign, @Ctx() { loaders }: Context) {
    return loaders.campaignGroup.load(campaign.groupId);
  }

  @FieldResolver(() => ReadinessType, { description: 'What it lacks to start.', complexity: 20 })
  readiness(@Root() campaign: Campaign, @Ctx() { loaders }: Context) {
    return loaders.readiness.load(campaign.id);
  }
}

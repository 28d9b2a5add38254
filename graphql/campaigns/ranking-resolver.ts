import { Arg, Ctx, ID, Query, Resolver, type ResolverData, Root, Subscription } from 'type-graphql';
import type { CampaignRanking } from '../../src/contacts/selection/ranking-service';
import { topics } from '../../src/infra/pubsub';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller, callerOf } from '../auth/allow';
import type { Context } from '../context';
import { followRow } from '../subscriptions/follow-row';
import { CampaignRankingType } from './types';

/** A campaign of another organisation is one that does not exist. */
const followRanking = async ({ args, context }: Pick<ResolverData<Context>, 'args' | 'context'>) => {
  const caller = callerOf(context);
  const { services, container } = context;
  const { id } = await services.campaigns.get(caller, String(args.campaignId));
  return followRow<CampaignRanking>({
    pubsub: container.pubsub,
    topic: topics.campaignRanking(caller.organisationId, id),
    read: async () => {
      const view = await services.rankings.find(caller, id);
      return view && { seq: view.seq, view };
    },
  });
};

@Resolver(() => CampaignRankingType)
export class CampaignRankingResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => CampaignRankingType, {
    nullable: true,
    description: 'How far the contacts follow the newest filter and sort; null: these were never changed.',
  })
  campaignRanking(
    @CurrentCaller() caller: Caller,
    @Arg('campaignId', () => ID) campaignId: string,
    @Ctx() { services }: Context,
  ) {
    return services.rankings.find(caller, campaignId);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Subscription(() => CampaignRankingType, {
    name: 'campaignRanking',
    description: 'The same while it goes on: where it stands first, then every change.',
    subscribe: followRanking,
  })
  campaignRankingProgress(
    @Root() view: CampaignRanking,
    @Arg('campaignId', () => ID) _campaignId: string,
  ): CampaignRanking {
    return view;
  }
}

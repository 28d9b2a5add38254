import { Arg, ID, Resolver, Root, Subscription } from 'type-graphql';
import { type LiveView, readLive } from '../../src/campaigns/live-view';
import { notFound } from '../../src/errors';
import { topics } from '../../src/infra/pubsub';
import { isId } from '../../src/organisations/records';
import { Allow, callerOf } from '../auth/allow';
import type { Context } from '../context';
import { followRow } from '../subscriptions/follow-row';
import { CampaignLiveType } from './live-types';

/** A slow wallboard skips states: each message is the newest full view. */
const followLive = async (context: Context, campaignId: string): Promise<AsyncIterable<LiveView>> => {
  const { hot, pubsub } = context.container;
  const caller = callerOf(context);
  const read = async () => {
    const view = await readLive(hot, caller, campaignId);
    return view && { seq: view.seq, view };
  };
  if (!isId(campaignId) || !(await read())) throw notFound('campaign', campaignId);
  return followRow({ pubsub, topic: topics.campaignLive(caller.organisationId, campaignId), read });
};

@Resolver()
export class LiveResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Subscription(() => CampaignLiveType, {
    description: 'Live figures of a campaign: snapshot first, then the full view at every change.',
    subscribe: ({ args, context }) => followLive(context as Context, String(args.campaignId)),
  })
  campaignLive(
    @Root() view: LiveView,
    @Arg('campaignId', () => ID, { description: 'The campaign.' }) _campaignId: string,
  ): LiveView {
    return view;
  }
}

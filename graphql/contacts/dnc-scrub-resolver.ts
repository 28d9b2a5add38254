import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import { type DncScrub, scrubContactListInput } from '../../src/contacts/dnc/scrub';
import { topics } from '../../src/infra/pubsub';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { Change, resultOf } from '../refusal';
import { followJob } from '../subscriptions/follow-job';
import { DncCountType, DncScrubType } from './dnc-types';

const ScrubResult = resultOf('DncScrubResult', () => DncScrubType, 'DncScrub');
const ScrubInput = inputFrom('ScrubContactListInput', scrubContactListInput, 'A loaded list that is to be checked.');

@Resolver(() => DncScrubType)
export class DncScrubResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => DncScrubType, { nullable: true, description: 'One check of a contact list.' })
  dncScrub(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.dncScrubs.find(caller, id);
  }

  @Change(
    () => ScrubResult,
    'Checks a loaded contact list against the do-not-call lists and closes, in its campaigns, whom they must not call.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  scrubContactList(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => ScrubInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dncScrubs.start(caller, input);
  }

  @FieldResolver(() => [DncCountType], { description: 'How contacts are listed; one may be so in several ways.' })
  listedAs(@Root() { listedAs }: DncScrub): DncCountType[] {
    return Object.entries(listedAs).map(([kind, contacts]) => ({ kind, contacts }));
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Subscription(() => DncScrubType, {
    name: 'dncScrub',
    description: 'Progress of a check: where it stands first, then every change.',
    subscribe: followJob<DncScrub>(({ services }) => services.dncScrubs, topics.dncScrub),
  })
  dncScrubProgress(@Root() view: DncScrub, @Arg('id', () => ID) _id: string): DncScrub {
    return view;
  }
}

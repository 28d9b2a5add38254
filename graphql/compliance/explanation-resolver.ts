import { Arg, Ctx, ID, Query, Resolver, type ResolverData, Root, Subscription } from 'type-graphql';
import type { SkipForecast } from '../../src/dialer/explain/forecast';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller, callerOf } from '../auth/allow';
import type { Context } from '../context';
import { ContactExplanationType, SkipForecastType } from './explanation-types';

/** A campaign of another organisation is one that does not exist. */
const followForecast = async ({ args, context }: Pick<ResolverData<Context>, 'args' | 'context'>) => {
  const caller = callerOf(context);
  const { id } = await context.services.campaigns.get(caller, String(args.campaignId));
  return context.services.forecasts.follow(caller, id);
};

@Resolver()
export class ExplanationResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ContactExplanationType, {
    nullable: true,
    description: 'Why a contact is or is not dialled at this moment; null: the campaign has no such contact.',
  })
  contactExplanation(
    @CurrentCaller() caller: Caller,
    @Arg('campaignId', () => ID) campaignId: string,
    @Arg('contactId', () => ID) contactId: string,
    @Ctx() { services }: Context,
  ) {
    return services.explanations.of(caller, campaignId, contactId);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => SkipForecastType, {
    nullable: true,
    complexity: 100,
    description: 'How many contacts would be skipped now if the campaign ran, by reason; null: no such campaign.',
  })
  campaignSkipForecast(
    @CurrentCaller() caller: Caller,
    @Arg('campaignId', () => ID) campaignId: string,
    @Ctx() { services }: Context,
  ) {
    return services.forecasts.of(caller, campaignId);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Subscription(() => SkipForecastType, {
    name: 'campaignSkipForecast',
    complexity: 100,
    description: 'The same as it grows: at first of nobody, then of more and more contacts, at last done.',
    subscribe: followForecast,
  })
  campaignSkipForecastProgress(
    @Root() view: SkipForecast,
    @Arg('campaignId', () => ID) _campaignId: string,
  ): SkipForecast {
    return view;
  }
}

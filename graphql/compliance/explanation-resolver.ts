import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { ContactExplanationType, SkipForecastType } from './explanation-types';

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
}

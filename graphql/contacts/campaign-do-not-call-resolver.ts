import { Arg, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Campaign } from '../../src/campaigns/campaign';
import { setCampaignDoNotCallInput } from '../../src/contacts/dnc/campaign-do-not-call';
import type { Caller } from '../../src/organisations/caller';
import { CurrentCaller } from '../auth/allow';
import { CampaignType } from '../campaigns/types';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { Change, resultOf } from '../refusal';
import { CampaignDoNotCallType } from './dnc-types';

const Result = resultOf('CampaignDoNotCallResult', () => CampaignDoNotCallType, 'CampaignDoNotCall');
const SetInput = inputFrom('SetCampaignDoNotCallInput', setCampaignDoNotCallInput, 'Whom a campaign must not call.');

@Resolver(() => CampaignType)
export class CampaignDoNotCallResolver {
  @FieldResolver(() => CampaignDoNotCallType, { description: 'Whom it must not call, beyond what holds for all.' })
  doNotCall(@Root() campaign: Campaign, @Ctx() { loaders }: Context) {
    return loaders.campaignDoNotCall.load(campaign.id);
  }

  @Change(() => Result, 'Sets whom a campaign must not call; holds from the next attempt on.', 'CAMPAIGN_MANAGER')
  setCampaignDoNotCall(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => SetInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.campaignDoNotCall.set(caller, input);
  }
}

import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import {
  attachContactListInput,
  detachContactListInput,
} from '../../src/contacts/campaign-lists/campaign-list-service';
import { id as idShape, parse } from '../../src/infra/validate';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { Change, resultOf } from '../refusal';
import { CampaignListType, DetachedListType } from './types';

const AttachInput = inputFrom('AttachContactListInput', attachContactListInput, 'Which list a campaign is to dial.');
const DetachInput = inputFrom('DetachContactListInput', detachContactListInput, 'Which list a campaign is to leave.');
const AttachResult = resultOf('AttachContactListResult', () => CampaignListType, 'CampaignList');
const DetachResult = resultOf('DetachContactListResult', () => DetachedListType, 'DetachedList');

@Resolver()
export class CampaignListResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => [CampaignListType], { description: 'Lists of a campaign, by priority.' })
  campaignLists(
    @CurrentCaller() caller: Caller,
    @Arg('campaignId', () => ID) campaignId: string,
    @Ctx() { services }: Context,
  ) {
    return services.campaignLists.ofCampaign(caller, parse(idShape(), campaignId));
  }

  @Change(() => AttachResult, 'Gives a list to a campaign, also while it runs.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  attachContactList(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => AttachInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.campaignLists.attach(caller, input);
  }

  @Change(
    () => DetachResult,
    'Takes a list from a campaign; its calls in flight go on.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  detachContactList(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => DetachInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.campaignLists.detach(caller, input);
  }
}

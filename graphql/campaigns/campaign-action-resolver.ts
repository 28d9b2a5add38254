import { Arg, Ctx, ID, Resolver } from 'type-graphql';
import type { Caller } from '../../src/organisations/caller';
import { CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { Change } from '../refusal';
import { CampaignResult } from './campaign-resolver';

const KEY = {
  nullable: true,
  description: 'The same key happens once and gets the same answer. A new uuid per action.',
};

@Resolver()
export class CampaignActionResolver {
  @Change(() => CampaignResult, 'Starts dialling.', 'CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION')
  startCampaign(
    @CurrentCaller() caller: Caller,
    @Arg('id', () => ID) id: string,
    @Arg('idempotencyKey', () => String, KEY) key: string | null,
    @Ctx() { services }: Context,
  ) {
    return services.campaignActions.act(caller, 'start', id, key ?? undefined);
  }

  @Change(
    () => CampaignResult,
    'Places no more calls until it is resumed.',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
    'INTEGRATION',
  )
  pauseCampaign(
    @CurrentCaller() caller: Caller,
    @Arg('id', () => ID) id: string,
    @Arg('idempotencyKey', () => String, KEY) key: string | null,
    @Ctx() { services }: Context,
  ) {
    return services.campaignActions.act(caller, 'pause', id, key ?? undefined);
  }

  @Change(() => CampaignResult, 'Goes on after a pause.', 'CAMPAIGN_MANAGER', 'SUPERVISOR', 'INTEGRATION')
  resumeCampaign(
    @CurrentCaller() caller: Caller,
    @Arg('id', () => ID) id: string,
    @Arg('idempotencyKey', () => String, KEY) key: string | null,
    @Ctx() { services }: Context,
  ) {
    return services.campaignActions.act(caller, 'resume', id, key ?? undefined);
  }

  @Change(
    () => CampaignResult,
    'Ends the campaign; it may be started again.',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
    'INTEGRATION',
  )
  stopCampaign(
    @CurrentCaller() caller: Caller,
    @Arg('id', () => ID) id: string,
    @Arg('idempotencyKey', () => String, KEY) key: string | null,
    @Ctx() { services }: Context,
  ) {
    return services.campaignActions.act(caller, 'stop', id, key ?? undefined);
  }
}

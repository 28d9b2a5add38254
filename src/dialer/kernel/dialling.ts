import type { Campaign, KernelState } from './state';

export function isDialling(state: KernelState, campaign: Campaign): boolean {
  return campaign.dialling && !campaign.removed && !state.stopped.has(campaign.config.organisationId);
}

export function mayPlace(state: KernelState, campaign: Campaign): boolean {
  return state.originating && isDialling(state, campaign);
}

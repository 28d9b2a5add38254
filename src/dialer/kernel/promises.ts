import { mayPlace } from './dialling';
import type { Agent, Call, Campaign, KernelState } from './state';

/**
 * Personal callbacks. An agent with one that is due is promised: its next line is that one, so that it covers no line that was
 * risked. Once the line is begun nobody else may have the agent. Persons who wait, and lines that have lost their agent, come
 * before any promise.
 */

export function isPromised(state: KernelState, campaign: Campaign, agentId: string): boolean {
  return (campaign.personal.get(agentId) ?? 0) > 0 && mayPlace(state, campaign);
}

/** Of the agents with nothing pledged. */
export function countPromised(state: KernelState, campaign: Campaign): number {
  let count = 0;
  for (const id of campaign.personal.keys()) {
    const index = state.agents.get(id)?.index;
    if (index?.unpledged && index.campaignId === campaign.config.id && isPromised(state, campaign, id)) count += 1;
  }
  return count;
}

/** Slots of the claim in flight that any contact may fill. */
export function sharedSlots(campaign: Campaign): number {
  let count = 0;
  for (const { personal } of campaign.claim?.slots ?? []) if (!personal) count += 1;
  return count;
}

export function firstUnpromised(state: KernelState, campaign: Campaign): Agent | null {
  for (const { id } of campaign.free) if (!isPromised(state, campaign, id)) return state.agents.get(id)!;
  return null;
}

/** For a line that must have somebody: the longest-available free agent, one that is not promised first. */
export function firstFree(state: KernelState, campaign: Campaign): Agent | null {
  const first = campaign.free[0];
  return firstUnpromised(state, campaign) ?? (first ? state.agents.get(first.id)! : null);
}

/** The next line without an agent or a live verdict, and who covers it. */
export function nextToCover(state: KernelState, campaign: Campaign): { agent: Agent; call: Call } | null {
  const [oldest] = campaign.uncovered;
  if (!oldest) return null;
  const agent = firstUnpromised(state, campaign);
  if (agent) return { agent, call: state.calls.get(oldest.id)! };
  const promised = firstFree(state, campaign);
  if (!promised) return null;
  for (const { id } of campaign.uncovered) {
    const call = state.calls.get(id)!;
    if (call.uncovered !== 'OVERDIAL') return { agent: promised, call };
  }
  return null;
}

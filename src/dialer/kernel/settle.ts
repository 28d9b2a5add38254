import { isPresent, mayServe, release, reserve, reviewReservation } from './agents';
import { claimLines } from './claims';
import type { Context } from './context';
import { isDialling, mayPlace } from './dialling';
import { connect } from './live';
import type { CampaignId } from './messages';
import { pledge, take } from './pledges';
import { countPromised, firstFree, isPromised, nextToCover, sharedSlots } from './promises';
import type { Agent, Campaign, KernelState } from './state';

/**
 * What follows from every input, in fixed order until nothing follows any more: free agents go to persons who wait, then
 * to uncovered lines; campaigns that do not dial give agents back; available agents are reserved, by rank, and called to where
 * a callback of their own is due; lines are claimed.
 */
const MAX_ROUNDS = 1_000;

export function settle(context: Context): void {
  const { state } = context;
  for (let round = 0; context.campaigns.size > 0 && round < MAX_ROUNDS; round += 1) {
    const touched = new Set<CampaignId>();
    for (let turn = 0; context.campaigns.size > 0 && turn < MAX_ROUNDS; turn += 1) {
      const batch = takeTouched(context);
      for (const campaign of batch) {
        touched.add(campaign.config.id);
        cover(context, campaign);
        if (!keepsAgents(state, campaign)) letGo(context, campaign);
      }
      reserveAvailable(context);
      takeFromLower(context);
      callToOwn(context);
    }
    // Last, so that no agent is pledged to a new line while a person waits.
    for (const campaign of inOrder([...touched].flatMap((id) => state.campaigns.get(id) ?? []))) {
      claimLines(context, campaign);
      forget(context, campaign);
    }
  }
}

function takeTouched(context: Context): Campaign[] {
  const batch = inOrder([...context.campaigns].flatMap((id) => context.state.campaigns.get(id) ?? []));
  context.campaigns.clear();
  return batch;
}

function inOrder(campaigns: Campaign[]): Campaign[] {
  return campaigns.sort((a, b) => a.config.rank - b.config.rank || a.order - b.order);
}

function cover(context: Context, campaign: Campaign): void {
  const { state } = context;
  while (campaign.free.length > 0) {
    const [waiting] = campaign.waiting;
    const agent = waiting && firstFree(state, campaign);
    if (agent) {
      const call = state.calls.get(waiting.id)!;
      take(context, campaign, call, agent, true);
      connect(context, campaign, call, agent);
      continue;
    }
    const next = nextToCover(state, campaign);
    if (!next) return;
    pledge(context, campaign, next.agent, next.call);
  }
}

function needsCover(campaign: Campaign): number {
  return campaign.waiting.length + campaign.uncovered.length;
}

function keepsAgents(state: KernelState, campaign: Campaign): boolean {
  return (isDialling(state, campaign) && !campaign.starved) || needsCover(campaign) > 0;
}

function letGo(context: Context, campaign: Campaign): void {
  if (campaign.unpledged.length === 0) return;
  let reason = 'NOTHING_TO_DIAL';
  if (campaign.removed) reason = 'CAMPAIGN_ENDED';
  else if (context.state.stopped.has(campaign.config.organisationId)) reason = 'ORGANISATION_STOPPED';
  else if (!campaign.dialling) reason = 'CAMPAIGN_NOT_DIALLING';
  for (const { id } of [...campaign.unpledged]) {
    const agent = context.state.agents.get(id)!;
    if (isPromised(context.state, campaign, id)) continue;
    if (agent.port === null) release(context, agent, reason);
    else reviewReservation(context, agent);
  }
}

/** Whether one agent more, whichever, would have something to do: a line to cover, or a contact to dial. */
function wantsAgents(state: KernelState, campaign: Campaign): boolean {
  const contacts = mayPlace(state, campaign) ? campaign.held - sharedSlots(campaign) : 0;
  const idle = campaign.unpledged.length - countPromised(state, campaign);
  return needsCover(campaign) + Math.max(0, contacts) > idle;
}

function canReserve(state: KernelState, agent: Agent): boolean {
  // No device rings while nothing may be dialled; a leg that is up can still take over a line.
  return agent.leg !== 'DOWN' || state.originating;
}

function reserveAvailable(context: Context): void {
  const { state } = context;
  const alike = [...state.campaigns.values()].every(({ personal }) => personal.size === 0);
  for (const pool of state.pools.values()) {
    if (pool.length === 0) continue;
    for (const { id } of [...pool]) {
      const agent = state.agents.get(id)!;
      if (!canReserve(state, agent)) continue;
      const best = bestCampaign(state, agent);
      if (best) reserve(context, agent, best);
      else if (alike) break;
    }
  }
}

/** By rank; of one rank first the one with a callback of the agent's own, then the one with the fewest agents. */
function bestCampaign(state: KernelState, agent: Agent): Campaign | null {
  let best: Campaign | null = null;
  for (const campaign of state.campaigns.values()) {
    if (!mayServe(agent, campaign)) continue;
    if (!isPromised(state, campaign, agent.id) && !wantsAgents(state, campaign)) continue;
    if (!best || comesBefore(state, agent, campaign, best)) best = campaign;
  }
  return best;
}

function comesBefore(state: KernelState, agent: Agent, campaign: Campaign, other: Campaign): boolean {
  if (campaign.config.rank !== other.config.rank) return campaign.config.rank < other.config.rank;
  const promised = isPromised(state, campaign, agent.id);
  if (promised !== isPromised(state, other, agent.id)) return promised;
  return campaign.members < other.members;
}

/** Agents with nothing pledged go to a campaign of better rank that wants them. */
function takeFromLower(context: Context): void {
  const { state } = context;
  if (state.campaigns.size < 2) return;
  const wanting = inOrder([...state.campaigns.values()].filter((campaign) => wantsAgents(state, campaign)));
  for (const campaign of wanting) {
    const lower = inOrder(
      [...state.campaigns.values()].filter(
        (other) => other.config.rank > campaign.config.rank && other.unpledged.length > 0,
      ),
    ).reverse();
    for (const other of lower) {
      for (const { id } of [...other.unpledged]) {
        if (!wantsAgents(state, campaign)) break;
        const agent = state.agents.get(id)!;
        if (!mayServe(agent, campaign) || !isPresent(agent) || !canReserve(state, agent)) continue;
        release(context, agent, 'HIGHER_RANK');
        reserve(context, agent, campaign);
      }
    }
  }
}

/** An agent with nothing pledged goes where a callback of its own is due, unless its campaign is of better rank or has one too. */
function callToOwn(context: Context): void {
  const { state } = context;
  for (const campaign of inOrder([...state.campaigns.values()].filter(({ personal }) => personal.size > 0))) {
    for (const id of campaign.personal.keys()) {
      const agent = state.agents.get(id);
      const other = agent?.reservation && state.campaigns.get(agent.reservation.campaignId);
      if (!agent || !other || other === campaign || !agent.index.unpledged) continue;
      const rank = campaign.config.rank - other.config.rank;
      if (!isPromised(state, campaign, id) || rank > 0 || (rank === 0 && isPromised(state, other, id))) continue;
      if (!mayServe(agent, campaign) || !isPresent(agent) || !canReserve(state, agent)) continue;
      release(context, agent, 'CALLBACK');
      reserve(context, agent, campaign);
    }
  }
}

function forget(context: Context, campaign: Campaign): void {
  if (!campaign.removed || campaign.calls > 0 || campaign.claim || campaign.members > 0) return;
  context.state.campaigns.delete(campaign.config.id);
}

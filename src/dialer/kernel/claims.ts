import { becomeUnpledged, indexAgent, isOneToOne } from './agents';
import { armRingGuard } from './call';
import { type Context, emit } from './context';
import { mayPlace } from './dialling';
import { allowance, ringLimit, uncoveredAllowed } from './guard';
import { finish, holder, indexCall, newCall } from './lines';
import type { Input } from './messages';
import { type LinesToClaim, progressive, rateOf } from './pacing';
import { pledge } from './pledges';
import { predictive } from './predictive/pacer';
import { firstUnpromised, isPromised, sharedSlots } from './promises';
import { noteUncovered } from './risked';
import type { Agent, Call, Campaign, ClaimSlot } from './state';
import { arm, cancel } from './timers';

/** From the wish for lines to their originates: one claim in flight per campaign, and nothing placed that is not claimed. */

/** After a claim that brought nothing. */
const BACK_OFF_MS = 200;
const EMPTY_MS = 10_000;
/** A claim is one transaction: kept to a size that commits quickly. */
const CLAIM_MAX = 200;

export function claimLines(context: Context, campaign: Campaign): void {
  const { state } = context;
  if (campaign.claim || campaign.backingOff || !mayPlace(state, campaign)) return;
  const slots: ClaimSlot[] = [];
  const give = (id: string, personal: boolean): void => {
    const slot = slots.length;
    slots.push({ slot, agentId: id, uncovered: false, personal });
    const agent = state.agents.get(id)!;
    agent.slot = { slot, personal };
    indexAgent(context, agent);
  };
  const promised = campaign.free.filter(({ id }) => isPromised(state, campaign, id));
  for (const { id } of promised.slice(0, CLAIM_MAX)) give(id, true);
  const wanted = wantedLines(context, campaign);
  for (const { id } of campaign.free.slice(0, wanted.pledged)) give(id, false);
  for (let count = 0; count < wanted.uncovered; count += 1) {
    slots.push({ slot: slots.length, agentId: null, uncovered: true, personal: false });
  }
  if (slots.length === 0) return;
  const id = emit(context, {
    type: 'claim',
    campaignId: campaign.config.id,
    slots: slots.map(({ slot, agentId: id, personal }) => {
      const { agentId: pledge, port } = holder(state, id);
      return { slot, pledge, ...(port !== null && { port }), ...(personal && { personal }) };
    }),
  });
  campaign.claim = { id, slots };
  campaign.heldIsFresh = false;
}

function wantedLines(context: Context, campaign: Campaign): LinesToClaim {
  const { config, learned } = campaign;
  if (campaign.held <= 0) return { pledged: 0, uncovered: 0 };
  const held = Math.min(campaign.held, CLAIM_MAX);
  if (learned) {
    const view = { state: context.state, campaign, learned, held, allowance: () => allowance(campaign, context.time) };
    return predictive(view);
  }
  return progressive(rateOf(config.pacing)).linesToClaim({
    held,
    unpledged: campaign.free.length,
    waitingAgents: campaign.counted,
    lines: campaign.lines,
    uncoveredAllowed: () => uncoveredAllowed(campaign, context.time),
  });
}

export function claimed(context: Context, input: Extract<Input, { type: 'claimed' }>): void {
  const { state } = context;
  const campaign = state.campaigns.get(input.campaignId);
  const claim = campaign?.claim;
  if (!campaign || !claim || claim.id !== input.claimId) return;
  campaign.claim = null;
  context.campaigns.add(campaign.config.id);
  const attempts = new Map(input.lines.map((line) => [line.slot, line.attemptId]));
  if (!campaign.heldIsFresh) useUp(campaign, claim.slots, attempts);
  const freed: Agent[] = [];
  const open: Call[] = [];
  for (const slot of claim.slots) {
    const agent = slot.agentId === null ? null : (state.agents.get(slot.agentId) ?? null);
    if (agent) agent.slot = null;
    const attemptId = attempts.get(slot.slot);
    const line =
      attemptId === undefined || state.calls.has(attemptId) ? null : newCall(context, campaign, attemptId, 'PLACING');
    if (line) line.toldAtRisk = slot.uncovered;
    if (line && mayPlace(state, campaign)) {
      if (agent) pledge(context, campaign, agent, line, slot.personal);
      else if (slot.uncovered) risk(context, campaign, line);
      else if (slot.personal) drop(context, campaign, line);
      else open.push(line);
    } else {
      if (line) drop(context, campaign, line);
      if (agent) freed.push(agent);
    }
    if (line && (line.agentId !== null || line.uncovered !== null)) send(context, campaign, line);
  }
  for (const agent of freed) becomeUnpledged(context, agent);
  for (const line of open) decide(context, campaign, line);
  if (input.lines.length === 0 && claim.slots.some(({ personal }) => !personal)) {
    campaign.backingOff = true;
    arm(state, { id: campaign.config.id, timers: campaign.timers }, 'backOff', context.at + BACK_OFF_MS);
  }
  reviewContacts(context, campaign);
}

/** Until more is told: what was claimed is not there any more, and of an agent's own what could not be claimed neither. */
function useUp(campaign: Campaign, slots: ClaimSlot[], attempts: Map<number, string>): void {
  for (const { slot, agentId, personal } of slots) {
    if (!personal) campaign.held = Math.max(0, campaign.held - (attempts.has(slot) ? 1 : 0));
    else if (agentId !== null) campaign.personal.delete(agentId);
  }
}

/** Claimed but not to be placed: nothing was sent, and the contact is as it was. */
function drop(context: Context, campaign: Campaign, line: Call): void {
  finish(context, campaign, line, 'NOT_PLACED', { by: 'us' });
}

/** An uncovered line, if the guard, asked again with the line counted, still allows it. */
function risk(context: Context, campaign: Campaign, line: Call): void {
  line.uncovered = 'OVERDIAL';
  indexCall(context, campaign, line);
  if (uncoveredAllowed(campaign, context.time) < 0) drop(context, campaign, line);
  else noteUncovered(campaign.risked);
}

/** The agent of this slot went to another line, or left, before the claim was through. */
function decide(context: Context, campaign: Campaign, line: Call): void {
  const agent = firstUnpromised(context.state, campaign);
  if (agent) pledge(context, campaign, agent, line);
  else if (isOneToOne(campaign) || campaign.config.abandon.scoped) drop(context, campaign, line);
  else risk(context, campaign, line);
  if (line.agentId !== null || line.uncovered !== null) send(context, campaign, line);
}

function send(context: Context, campaign: Campaign, line: Call): void {
  campaign.attempts += 1;
  emit(context, {
    type: 'place',
    attemptId: line.id,
    campaignId: campaign.config.id,
    ringLimitMs: ringLimit(campaign.config),
  });
  armRingGuard(context, campaign, line);
}

/** Starts, or stops, the time after which a campaign without contacts for anybody gives its agents back. */
export function reviewContacts(context: Context, campaign: Campaign): void {
  const { state } = context;
  const owner = { id: campaign.config.id, timers: campaign.timers };
  if (campaign.held > 0 || sharedSlots(campaign) > 0) {
    if (campaign.held > 0) campaign.starved = false;
    cancel(state, owner, 'empty');
  } else if (!campaign.starved && campaign.timers.empty === undefined) {
    arm(state, owner, 'empty', context.at + EMPTY_MS);
  }
  context.campaigns.add(campaign.config.id);
}

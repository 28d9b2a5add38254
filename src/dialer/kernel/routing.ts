import {
  becomeUnpledged,
  closeLeg,
  finishWrapUp,
  indexAgent,
  leave,
  makeAvailable,
  PRESENCE_GRACE_MS,
  reviewReservation,
  setState,
  startWrapUp,
} from './agents';
import { endTalk } from './call';
import type { Context } from './context';
import { loseBridge, retry } from './live';
import type { Input } from './messages';
import { pledge, replaceAgent } from './pledges';
import { firstFree } from './promises';
import type { Agent, Call, Campaign, TimerKind, Wish } from './state';
import { arm, cancel } from './timers';

/** What agents, their devices and their desktops do. */

type AgentInput = Extract<Input, { type: 'agentWants' | 'agentLeg' | 'wrapUpDone' | 'agentHangsUp' | 'presence' }>;

export function agentInput(context: Context, input: AgentInput): void {
  const agent = context.state.agents.get(input.agentId);
  if (!agent) return;
  switch (input.type) {
    case 'agentWants':
      if (input.state === 'AVAILABLE') wantsAvailable(context, agent);
      else wantsToLeave(context, agent, { state: input.state, reason: input.reason, byWish: true });
      break;
    case 'agentLeg':
      if (input.up) legUp(context, agent);
      else legDown(context, agent, input.why);
      break;
    case 'wrapUpDone':
      if (agent.wrapUp && (agent.wrapUp.attemptId === null || agent.wrapUp.attemptId === input.attemptId)) {
        finishWrapUp(context, agent);
      }
      break;
    case 'agentHangsUp': {
      const found = lineOf(context, agent);
      if (found && found.call.id === input.attemptId) endTalk(context, found.campaign, found.call);
      break;
    }
    case 'presence':
      presence(context, agent, input.presence);
      break;
  }
}

export function lineOf(context: Context, agent: Agent): { call: Call; campaign: Campaign } | null {
  const call = agent.line === null ? undefined : context.state.calls.get(agent.line);
  const campaign = call && context.state.campaigns.get(call.campaignId);
  return call && campaign ? { call, campaign } : null;
}

/** A slot of a claim in flight is no line yet: it is decided without this agent once claimed. */
export function dropSlot(context: Context, agent: Agent): void {
  if (agent.slot === null) return;
  const campaign = agent.reservation && context.state.campaigns.get(agent.reservation.campaignId);
  const entry = campaign?.claim?.slots.find((slot) => slot.slot === agent.slot?.slot);
  if (entry) entry.agentId = null;
  agent.slot = null;
}

function wantsAvailable(context: Context, agent: Agent): void {
  agent.pending = null;
  // The wish itself came from a desktop: it is no longer known to be gone.
  if (agent.presence === 'ABSENT') unknownPresence(context, agent);
  if (agent.state === 'IDLE') makeAvailable(context, agent, 'AVAILABLE');
  else indexAgent(context, agent);
}

function wantsToLeave(context: Context, agent: Agent, wish: Wish): void {
  const mustWait = agent.line !== null || agent.state === 'CONNECTED' || agent.state === 'WRAP_UP';
  if (mustWait) {
    agent.pending = wish;
    indexAgent(context, agent);
    return;
  }
  dropSlot(context, agent);
  leave(context, agent, wish, 'AGENT_LEFT');
}

function legUp(context: Context, agent: Agent): void {
  if (agent.leg === 'CLOSING') return;
  agent.leg = 'UP';
  cancel(context.state, agent, 'leg');
  if (agent.reservation && agent.state === 'AVAILABLE') {
    setState(context, agent, 'RESERVED', null);
    reviewReservation(context, agent);
  } else indexAgent(context, agent);
}

const UNANSWERED: Record<string, string> = { UNANSWERED: 'RESERVATION_UNANSWERED', DECLINED: 'RESERVATION_DECLINED' };

function legDown(context: Context, agent: Agent, why: string): void {
  const was = agent.leg;
  agent.leg = 'DOWN';
  cancel(context.state, agent, 'leg');
  if (was === 'UP') deviceGone(context, agent, why.toUpperCase() === 'LOST' ? 'DEVICE_LOST' : 'DEVICE_HUNG_UP');
  else if (was === 'RINGING' && agent.state === 'AVAILABLE') {
    const reason = UNANSWERED[why.toUpperCase()] ?? 'RESERVATION_FAILED';
    leave(context, agent, { state: 'IDLE', reason, byWish: false }, reason);
  } else indexAgent(context, agent);
}

/** The agent's ear is gone: like leaving, but at once, so that the line must find another. */
function deviceGone(context: Context, agent: Agent, reason: string): void {
  const wish: Wish = agent.pending ?? { state: 'IDLE', reason, byWish: false };
  const found = lineOf(context, agent);
  if (agent.state === 'CONNECTED' || agent.state === 'WRAP_UP') {
    agent.pending = wish;
    indexAgent(context, agent);
    if (found) endTalk(context, found.campaign, found.call);
    return;
  }
  if (agent.state === 'IDLE') {
    indexAgent(context, agent);
    return;
  }
  dropSlot(context, agent);
  agent.line = null;
  const bridging = found?.call.phase === 'CONNECTING';
  if (found && bridging) loseBridge(context, found.campaign, found.call, 'AGENT_LOST');
  leave(context, agent, wish, reason);
  if (found && bridging) retry(context, found.campaign, found.call, null);
  else if (found && found.call.agentId === agent.id) replaceAgent(context, found.campaign, found.call);
}

function unknownPresence(context: Context, agent: Agent): void {
  agent.presence = 'UNKNOWN';
  arm(context.state, agent, 'presence', context.at + PRESENCE_GRACE_MS);
}

function presence(context: Context, agent: Agent, now: 'PRESENT' | 'ABSENT' | 'UNKNOWN'): void {
  if (now === 'UNKNOWN') {
    // The last state is kept for a while; who was absent stays absent.
    if (agent.presence === 'PRESENT') unknownPresence(context, agent);
    return;
  }
  cancel(context.state, agent, 'presence');
  agent.presence = now;
  agent.doubtful = false;
  indexAgent(context, agent);
  if (now === 'PRESENT') return;
  if (agent.state !== 'AVAILABLE' && agent.state !== 'RESERVED') return;
  dropSlot(context, agent);
  const found = lineOf(context, agent);
  if (found && found.call.phase !== 'CONNECTING') {
    const other = firstFree(context.state, found.campaign);
    if (other) {
      agent.line = null;
      pledge(context, found.campaign, other, found.call);
    }
  }
  if (agent.line === null) becomeUnpledged(context, agent);
}

export function agentTimer(context: Context, agent: Agent, kind: TimerKind): void {
  if (kind === 'wrapUp') finishWrapUp(context, agent);
  else if (kind === 'reservation') reviewReservation(context, agent);
  else if (kind === 'presence') {
    agent.doubtful = true;
    indexAgent(context, agent);
  } else if (kind === 'leg') {
    if (agent.leg === 'RINGING') {
      legDown(context, agent, 'failed');
      agent.leg = 'RINGING';
      closeLeg(context, agent);
    } else if (agent.leg === 'CLOSING') agent.leg = 'DOWN';
    indexAgent(context, agent);
  }
}

/** A restored agent whose call did not survive: the talk is over, the wrap-up is due. */
export function wrapUpLost(context: Context, agent: Agent): void {
  let limitMs = 30_000;
  for (const campaign of context.state.campaigns.values()) {
    if (campaign.config.teamIds.includes(agent.teamId)) limitMs = campaign.config.wrapUpLimitMs;
  }
  startWrapUp(context, agent, agent.restoredWith, limitMs);
}

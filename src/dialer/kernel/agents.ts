import { type Context, emit, nextSeq } from './context';
import type { AgentSeed, AgentState } from './messages';
import { insert, remove } from './ordered';
import { sawWrap } from './predictive/learned';
import { reservationId } from './reservation-id';
import type { Agent, AgentIndex, Campaign, KernelState, ShownAgent, Wish } from './state';
import { arm, cancel, cancelAll } from './timers';

/** Agents: where they stand, what their desktop shows, reservations, and how a state begins and ends. */

/** A leg that neither came up nor failed by then is given up. */
const LEG_GUARD_MS = 90_000;
const CLOSING_GUARD_MS = 5_000;
export const PRESENCE_GRACE_MS = 30_000;

export function isPresent(agent: Agent): boolean {
  return agent.presence === 'PRESENT' || (agent.presence === 'UNKNOWN' && !agent.doubtful);
}

export function isUnpledged(agent: Agent): boolean {
  return agent.line === null && agent.slot === null && (agent.state === 'RESERVED' || agent.state === 'AVAILABLE');
}

export function isOneToOne(campaign: Campaign): boolean {
  const { pacing } = campaign.config;
  return pacing.mode === 'PROGRESSIVE' && pacing.dialingRate === 1;
}

function inTalk(state: KernelState, agent: Agent): boolean {
  const phase = agent.line === null ? null : state.calls.get(agent.line)?.phase;
  return phase === 'CONNECTING' || phase === 'CONNECTED' || phase === 'ENDING';
}

/** On a callback of its own: no other line may have it. */
function isBound(state: KernelState, agent: Agent): boolean {
  if (agent.line === null) return agent.slot?.personal ?? false;
  return state.calls.get(agent.line)?.personal ?? false;
}

export function newAgent(seed: AgentSeed): Agent {
  return {
    id: seed.id,
    port: null,
    organisationId: seed.organisationId,
    teamId: seed.teamId,
    sessionId: seed.sessionId,
    state: 'IDLE',
    reason: null,
    leg: seed.legUp ? 'UP' : 'DOWN',
    presence: 'PRESENT',
    doubtful: false,
    availableSeq: 0,
    reservation: null,
    line: null,
    slot: null,
    pending: null,
    restoredWith: null,
    wrapUp: null,
    timers: {},
    index: newIndex(),
    shown: null,
  };
}

function newIndex(): AgentIndex {
  return { seq: 0, campaignId: null, unpledged: false, free: false, answerable: false, counted: false, pool: null };
}

/** Puts the agent where it belongs in the ordered sets. To be called after every change of an agent. */
export function indexAgent(context: Context, agent: Agent): void {
  const { state } = context;
  context.agents.add(agent.id);
  const next = newIndex();
  next.seq = agent.availableSeq;
  if (agent.reservation) {
    next.campaignId = agent.reservation.campaignId;
    next.unpledged = isUnpledged(agent);
    if (agent.state === 'RESERVED' && agent.leg === 'UP' && !inTalk(state, agent)) {
      const willing = agent.pending === null && isPresent(agent);
      next.free = next.unpledged && willing;
      const bound = isBound(state, agent);
      next.counted = willing && !bound;
      next.answerable = agent.presence !== 'ABSENT' && !bound && (next.free || !next.unpledged);
    }
  } else if (agent.state === 'AVAILABLE' && agent.leg !== 'CLOSING' && isPresent(agent)) {
    next.pool = agent.teamId;
  }
  const was = agent.index;
  if (
    was.seq === next.seq &&
    was.campaignId === next.campaignId &&
    was.unpledged === next.unpledged &&
    was.free === next.free &&
    was.answerable === next.answerable &&
    was.counted === next.counted &&
    was.pool === next.pool
  ) {
    return;
  }
  unlist(context, was);
  agent.index = next;
  const campaign = next.campaignId === null ? undefined : state.campaigns.get(next.campaignId);
  if (campaign) {
    if (next.unpledged) insert(campaign.unpledged, next.seq, agent.id);
    if (next.free) insert(campaign.free, next.seq, agent.id);
    if (next.answerable) insert(campaign.answerable, next.seq, agent.id);
    if (next.counted) campaign.counted += 1;
    context.campaigns.add(campaign.config.id);
  }
  if (next.pool !== null) {
    let pool = state.pools.get(next.pool);
    if (!pool) {
      pool = [];
      state.pools.set(next.pool, pool);
    }
    insert(pool, next.seq, agent.id);
    for (const candidate of state.campaigns.values()) {
      if (candidate.config.teamIds.includes(next.pool)) context.campaigns.add(candidate.config.id);
    }
  }
}

function unlist(context: Context, was: AgentIndex): void {
  const campaign = was.campaignId === null ? undefined : context.state.campaigns.get(was.campaignId);
  if (campaign) {
    if (was.unpledged) remove(campaign.unpledged, was.seq);
    if (was.free) remove(campaign.free, was.seq);
    if (was.answerable) remove(campaign.answerable, was.seq);
    if (was.counted) campaign.counted -= 1;
    context.campaigns.add(campaign.config.id);
  }
  if (was.pool !== null) remove(context.state.pools.get(was.pool) ?? [], was.seq);
}

export function setState(context: Context, agent: Agent, state: AgentState, reason: string | null): void {
  agent.state = state;
  agent.reason = reason;
  indexAgent(context, agent);
}

/** Available from now on: last in the order of service. */
export function makeAvailable(context: Context, agent: Agent, state: 'AVAILABLE' | 'RESERVED'): void {
  agent.availableSeq = nextSeq(context.state);
  setState(context, agent, state, null);
}

// Reservations

export function reserve(context: Context, agent: Agent, campaign: Campaign): void {
  const { state } = context;
  const ring = agent.leg === 'DOWN';
  const id = reservationId(state);
  agent.reservation = { id, campaignId: campaign.config.id, at: context.at };
  campaign.members += 1;
  emit(context, { type: 'reserve', agentId: agent.id, campaignId: campaign.config.id, reservationId: id, ring });
  arm(state, agent, 'reservation', context.at + campaign.config.maxReservationMs);
  if (ring) {
    agent.leg = 'RINGING';
    arm(state, agent, 'leg', context.at + LEG_GUARD_MS);
  }
  if (agent.leg === 'UP' && agent.state === 'AVAILABLE') setState(context, agent, 'RESERVED', null);
  else indexAgent(context, agent);
}

/** Ends the reservation; the leg stays up, it belongs to the session. */
export function release(context: Context, agent: Agent, reason: string): void {
  const { reservation } = agent;
  if (!reservation) return;
  agent.reservation = null;
  const campaign = context.state.campaigns.get(reservation.campaignId);
  if (campaign) campaign.members -= 1;
  cancel(context.state, agent, 'reservation');
  emit(context, {
    type: 'release',
    agentId: agent.id,
    campaignId: reservation.campaignId,
    reservationId: reservation.id,
    reason,
  });
  if (agent.state === 'RESERVED') setState(context, agent, 'AVAILABLE', null);
  else indexAgent(context, agent);
}

export function mayServe(agent: Agent, campaign: Campaign): boolean {
  const { id, organisationId, teamIds, ivr } = campaign.config;
  if (campaign.removed) return false;
  if (agent.port !== null) return agent.reservation?.campaignId === id && agent.port <= (ivr?.ports ?? 0);
  return !ivr && organisationId === agent.organisationId && teamIds.includes(agent.teamId);
}

/** Unpledged and reserved for too long, or for a campaign that its team serves no more; or a port too many. */
export function reviewReservation(context: Context, agent: Agent): void {
  const { reservation } = agent;
  if (!reservation || !isUnpledged(agent) || agent.leg !== 'UP') return;
  const campaign = context.state.campaigns.get(reservation.campaignId);
  if (!campaign) return;
  const serves = mayServe(agent, campaign);
  if (agent.port !== null) {
    if (!serves) retirePort(context, campaign, agent);
  } else if (!serves) release(context, agent, campaign.removed ? 'CAMPAIGN_ENDED' : 'TEAM_REMOVED');
  else if (context.at - reservation.at >= campaign.config.maxReservationMs) {
    release(context, agent, 'RENEWED');
    reserve(context, agent, campaign);
  }
}

/** A port too many, with nothing pledged to it. */
function retirePort(context: Context, campaign: Campaign, port: Agent): void {
  port.reservation = null;
  campaign.members -= 1;
  indexAgent(context, port);
  cancelAll(context.state, port);
  context.state.agents.delete(port.id);
}

// Ends of states

/** The agent goes IDLE or is logged out, now. Nothing may be pledged to it. */
export function leave(context: Context, agent: Agent, wish: Wish, releaseReason: string): void {
  const { state } = context;
  agent.pending = null;
  agent.wrapUp = null;
  cancel(state, agent, 'wrapUp');
  agent.state = wish.state;
  agent.reason = wish.reason;
  release(context, agent, releaseReason);
  if (wish.byWish) closeLeg(context, agent);
  setState(context, agent, wish.state, wish.reason);
}

export function closeLeg(context: Context, agent: Agent): void {
  if (agent.leg === 'DOWN' || agent.leg === 'CLOSING') return;
  emit(context, { type: 'closeLeg', agentId: agent.id });
  agent.leg = 'CLOSING';
  arm(context.state, agent, 'leg', context.at + CLOSING_GUARD_MS);
}

/** The agent's line or slot has gone without a talk: a wish that waited takes effect, else the agent is free again. */
export function becomeUnpledged(context: Context, agent: Agent): void {
  if (agent.pending) leave(context, agent, agent.pending, agent.pending.byWish ? 'AGENT_LEFT' : agent.pending.reason);
  else if (agent.presence === 'ABSENT') {
    leave(context, agent, { state: 'IDLE', reason: 'DESKTOP_GONE', byWish: false }, 'DESKTOP_GONE');
  } else {
    indexAgent(context, agent);
    reviewReservation(context, agent);
  }
}

export function startWrapUp(context: Context, agent: Agent, attemptId: string | null, limitMs: number): void {
  agent.wrapUp = { attemptId, since: context.at };
  arm(context.state, agent, 'wrapUp', context.at + limitMs);
  setState(context, agent, 'WRAP_UP', null);
  if (limitMs <= 0) finishWrapUp(context, agent);
}

export function finishWrapUp(context: Context, agent: Agent): void {
  if (agent.state !== 'WRAP_UP') return;
  const served = agent.reservation && context.state.campaigns.get(agent.reservation.campaignId);
  if (served?.learned && agent.wrapUp) sawWrap(served.learned, context.at - agent.wrapUp.since);
  agent.wrapUp = null;
  cancel(context.state, agent, 'wrapUp');
  if (!agent.pending && agent.presence !== 'ABSENT') {
    if (agent.leg !== 'UP') release(context, agent, 'LEG_LOST');
    makeAvailable(context, agent, agent.reservation ? 'RESERVED' : 'AVAILABLE');
  }
  becomeUnpledged(context, agent);
}

// What the world is told

export function describe(state: KernelState, agent: Agent): ShownAgent {
  const campaign = agent.reservation ? state.campaigns.get(agent.reservation.campaignId) : undefined;
  let customer: string | null = null;
  const shown = agent.state === 'CONNECTED' || (campaign !== undefined && isOneToOne(campaign));
  if (agent.line !== null && shown) customer = agent.line;
  else if (agent.wrapUp) customer = agent.wrapUp.attemptId;
  return {
    state: agent.state,
    reason: agent.reason,
    campaignId: agent.reservation?.campaignId ?? null,
    reservationId: agent.reservation?.id ?? null,
    customer,
    pending: agent.pending?.state ?? null,
    sessionEnded: agent.state === 'LOGGED_OUT',
  };
}

function differs(a: ShownAgent, b: ShownAgent): boolean {
  return (
    a.state !== b.state ||
    a.reason !== b.reason ||
    a.campaignId !== b.campaignId ||
    a.reservationId !== b.reservationId ||
    a.customer !== b.customer ||
    a.pending !== b.pending ||
    a.sessionEnded !== b.sessionEnded
  );
}

/** At the end of a step: one `agentState` for each agent whose view changed, however often it changed within. */
export function showAgents(context: Context): void {
  const { state } = context;
  for (const id of context.agents) {
    const agent = state.agents.get(id);
    // Restored in mid-talk, its call not yet told: nothing true can be said of it before.
    if (!agent || agent.port !== null || (agent.state === 'CONNECTED' && agent.line === null)) continue;
    const view = describe(state, agent);
    if (!agent.shown || differs(agent.shown, view)) {
      agent.shown = view;
      emit(context, { type: 'agentState', agentId: id, ...view });
    }
    if (view.sessionEnded) {
      cancelAll(state, agent);
      state.agents.delete(id);
    }
  }
  context.agents.clear();
}

import { indexAgent, isPresent, makeAvailable, mayServe, newAgent, release, reserve, setState } from './agents';
import { armRingGuard, unansweredOutcome } from './call';
import { type Context, emit } from './context';
import { countAbandon, countLive, countServed, type Ended, indexCall, newCall, setPhase } from './lines';
import { abandon, limitTreatment, loseBridge, MESSAGE_LEAD_MS, retry } from './live';
import type { CallSeed, Input } from './messages';
import { pledge, replaceAgent } from './pledges';
import { portToResume } from './ports';
import { dropSlot, lineOf, wrapUpLost } from './routing';
import type { Agent, Call, Campaign } from './state';
import { arm, cancel } from './timers';

/**
 * Take-over: agents and calls as PostgreSQL and the switch tell of them, in any order. A call waits for its campaign, and
 * an agent for its call. Lines without an agent count in the guard like any other; whoever is abandoned now was so by the
 * fault that made the take-over necessary.
 */

export function agentLoggedIn(context: Context, input: Extract<Input, { type: 'agentLoggedIn' }>): void {
  const { state } = context;
  const { agent: seed } = input;
  if (state.agents.has(seed.id)) {
    // Told twice: the view is told again.
    state.agents.get(seed.id)!.shown = null;
    context.agents.add(seed.id);
    return;
  }
  const agent = newAgent(seed);
  agent.reason = input.idleReason ?? null;
  agent.restoredWith = input.attemptId ?? null;
  state.agents.set(seed.id, agent);
  indexAgent(context, agent);
  if (input.state === 'AVAILABLE' || input.state === 'RESERVED') makeAvailable(context, agent, 'AVAILABLE');
  const expected = state.expected.get(seed.id);
  const call = expected === undefined ? undefined : state.calls.get(expected);
  const campaign = call && state.campaigns.get(call.campaignId);
  state.expected.delete(seed.id);
  if (call && campaign) rejoin(context, campaign, call, agent);
  if (agent.line !== null) return;
  if (input.state === 'WRAP_UP' || (input.state === 'CONNECTED' && state.restored)) wrapUpLost(context, agent);
  else if (input.state === 'CONNECTED') setState(context, agent, 'CONNECTED', null);
}

export function callsRestored(context: Context, seeds: CallSeed[]): void {
  const { state } = context;
  for (const seed of seeds) {
    if (state.calls.has(seed.attemptId) || state.parked.has(seed.attemptId)) continue;
    const campaign = state.campaigns.get(seed.campaignId);
    if (campaign) restore(context, campaign, seed);
    else state.parked.set(seed.attemptId, seed);
  }
  state.restored = true;
  for (const agent of state.agents.values()) {
    const parked = [...state.parked.values()].some((seed) => seed.agentId === agent.id);
    if (agent.state === 'CONNECTED' && agent.line === null && !parked) wrapUpLost(context, agent);
  }
}

export function restoreParked(context: Context, campaign: Campaign): void {
  for (const seed of [...context.state.parked.values()]) {
    if (seed.campaignId !== campaign.config.id) continue;
    context.state.parked.delete(seed.attemptId);
    restore(context, campaign, seed);
  }
}

function restore(context: Context, campaign: Campaign, seed: CallSeed): void {
  const { state } = context;
  const call = newCall(context, campaign, seed.attemptId, 'DIALLING');
  call.sentAt = seed.placedAt;
  call.placedAt = seed.placedAt;
  call.uncovered = 'FAULT';
  const { ivr } = campaign.config;
  const treated = ivr !== undefined && seed.phase === 'CONNECTED' && seed.agentId === null;
  const known = seed.agentId === null ? undefined : state.agents.get(seed.agentId);
  if (seed.agentId !== null && !known) state.expected.set(seed.agentId, call.id);
  const agent = treated ? portToResume(context, campaign, seed.port) : known;
  if (seed.phase === 'PLACED' || seed.phase === 'RINGING') {
    if (seed.phase === 'RINGING') {
      call.ringingAt = seed.placedAt;
      call.phase = 'RINGING';
    }
    indexCall(context, campaign, call);
    armRingGuard(context, campaign, call);
  } else {
    call.answeredAt = seed.answeredAt ?? context.at;
    call.limitAt = call.answeredAt + campaign.config.abandon.withinMs;
    countLive(context, campaign, call, Math.max(0, context.at - call.answeredAt));
    if (seed.phase === 'CONNECTED') {
      call.uncovered = null;
      call.connectedAt = seed.connectedAt ?? call.answeredAt;
      call.agentId = seed.agentId;
      recallBridge(context, campaign, call, seed.connectedAt !== undefined);
      setPhase(context, campaign, call, 'CONNECTED');
      if (treated) limitTreatment(context, campaign, call);
    } else if (context.at >= call.limitAt - MESSAGE_LEAD_MS) abandon(context, campaign, call);
    else {
      setPhase(context, campaign, call, 'WAITING');
      arm(state, call, 'call', call.limitAt - MESSAGE_LEAD_MS);
    }
  }
  if (agent) rejoin(context, campaign, call, agent);
}

/** A bridge that came too late, or in time, before the take-over still counts, as far as its clock can be known. */
function recallBridge(context: Context, campaign: Campaign, call: Call, known: boolean): void {
  const { classified, abandon: policy } = campaign.config;
  if (call.connectedAt === null) return;
  if (call.connectedAt <= call.limitAt) {
    if (known) countServed(context, campaign, call);
    return;
  }
  if (classified && policy.clockStart === 'GREETING_END') return;
  call.late = true;
  countAbandon(context, campaign, call, 'FAULT');
}

/** Brings a restored call and its agent together again, if both still want it. */
function rejoin(context: Context, campaign: Campaign, call: Call, agent: Agent): void {
  if (call.phase === 'CONNECTED') {
    resumeTalk(context, campaign, call, agent);
    return;
  }
  const free = agent.state === 'AVAILABLE' && agent.leg === 'UP' && !agent.reservation && isPresent(agent);
  if (!free || !mayServe(agent, campaign) || call.agentId !== null || !call.index.uncovered) return;
  reserve(context, agent, campaign);
  pledge(context, campaign, agent, call);
}

/** What goes on at the switch beats what was written of it, and what was made of that in the meantime. */
function resumeTalk(context: Context, campaign: Campaign, call: Call, agent: Agent): void {
  const { state } = context;
  const other = lineOf(context, agent);
  if (other?.call.phase === 'CONNECTED' || other?.call.phase === 'ENDING') {
    call.agentId = null;
    return;
  }
  dropSlot(context, agent);
  agent.line = null;
  const bridging = other?.call.phase === 'CONNECTING';
  if (other && bridging) loseBridge(context, other.campaign, other.call, 'FAULT');
  agent.wrapUp = null;
  cancel(state, agent, 'wrapUp');
  agent.leg = 'UP';
  if (agent.state === 'IDLE' && agent.reason !== null) {
    agent.pending = { state: 'IDLE', reason: agent.reason, byWish: true };
  }
  agent.state = 'CONNECTED';
  agent.reason = null;
  agent.line = call.id;
  call.agentId = agent.id;
  if (agent.reservation?.campaignId !== campaign.config.id) {
    release(context, agent, 'RESTORED');
    reserve(context, agent, campaign);
  }
  setState(context, agent, 'CONNECTED', null);
  if (other && bridging) retry(context, other.campaign, other.call, null);
  else if (other?.call.agentId === agent.id) replaceAgent(context, other.campaign, other.call);
}

/** The end of a restored call whose campaign never came: its outcome is owed all the same. */
export function parkedEnded(context: Context, end: Ended): void {
  const { state } = context;
  const seed = state.parked.get(end.attemptId);
  if (!seed) return;
  state.parked.delete(end.attemptId);
  const connected = seed.phase === 'CONNECTED';
  const abandoned = !connected && (seed.phase === 'ANSWERED' || end.cause === 'answered');
  emit(context, {
    type: 'outcome',
    attemptId: seed.attemptId,
    campaignId: seed.campaignId,
    outcome: connected ? 'LIVE_VOICE' : abandoned ? 'ABANDONED' : unansweredOutcome(end),
    abandonCause: abandoned ? 'FAULT' : null,
    liveAnswer: connected || abandoned,
    late: false,
    counted: {
      live: connected || abandoned ? context.time.slow : null,
      served: null,
      abandoned: abandoned ? context.time.fast : null,
    },
    agentId: connected ? seed.agentId : null,
    port: connected ? (seed.port ?? null) : null,
    by: end.by,
    q850: end.q850 ?? null,
    sip: end.sip ?? null,
    times: {
      placedAt: seed.placedAt,
      ...(seed.answeredAt === undefined ? {} : { answeredAt: seed.answeredAt }),
      endedAt: context.at,
    },
  });
}

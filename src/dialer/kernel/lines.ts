import { becomeUnpledged, startWrapUp } from './agents';
import { type Context, emit, nextSeq } from './context';
import { record } from './ledger';
import type { AbandonCause, AgentId, Command, Input, TelephonyOutcome } from './messages';
import { insert, remove } from './ordered';
import { sawDial, sawTalk } from './predictive/learned';
import { correct } from './predictive/outer-loop';
import { noteOverdial, noteResolved } from './risked';
import type { Call, Campaign, KernelState, Phase } from './state';
import { cancel, cancelAll } from './timers';

/** The record of a call, its place in the ordered sets, and its one end. */

export type Ended = Extract<Input, { type: 'ended' }>;
type MarkedPhase = Extract<Command, { type: 'mark' }>['phase'];

export function newCall(context: Context, campaign: Campaign, id: string, phase: Phase): Call {
  const call: Call = {
    id,
    campaignId: campaign.config.id,
    seq: nextSeq(context.state),
    phase,
    agentId: null,
    personal: false,
    uncovered: null,
    doubtful: false,
    sentAt: context.at,
    placedAt: null,
    ringingAt: null,
    answeredAt: null,
    classifiedAt: null,
    connectedAt: null,
    live: false,
    limitAt: 0,
    connectDeadlineAt: 0,
    connectTries: 0,
    counted: false,
    late: false,
    cause: null,
    toldAtRisk: null,
    dated: { live: null, served: null, abandoned: null },
    verdict: null,
    timers: {},
    index: { line: false, risk: false, uncovered: false, waiting: false },
  };
  context.state.calls.set(id, call);
  campaign.calls += 1;
  return call;
}

export function isPreLive(phase: Phase): boolean {
  return phase === 'PLACING' || phase === 'DIALLING' || phase === 'RINGING' || phase === 'ANALYSING';
}

/** Puts the call where it belongs. To be called after every change of phase, agent or reason. */
export function indexCall(context: Context, campaign: Campaign, call: Call): void {
  const preLive = isPreLive(call.phase);
  const waiting = call.phase === 'WAITING';
  const open = preLive || waiting || call.phase === 'CONNECTING';
  list(context, campaign, call, {
    line: (preLive && !call.personal) || waiting,
    risk: open && call.uncovered !== null && !call.counted,
    uncovered: preLive && call.agentId === null,
    waiting,
  });
}

function list(context: Context, campaign: Campaign, call: Call, next: Call['index']): void {
  const was = call.index;
  if (was.line !== next.line) {
    campaign.lines += next.line ? 1 : -1;
    if (next.line) insert(campaign.flight, call.seq, call.id);
    else remove(campaign.flight, call.seq);
  }
  if (was.risk !== next.risk) campaign.atRisk += next.risk ? 1 : -1;
  if (was.uncovered !== next.uncovered) {
    if (next.uncovered) insert(campaign.uncovered, call.seq, call.id);
    else remove(campaign.uncovered, call.seq);
  }
  if (was.waiting !== next.waiting) {
    // The clock of the earliest claim is not the clock of the earliest answer: waiting persons queue by their limit.
    if (next.waiting) enqueue(context, campaign, call);
    else campaign.waiting = campaign.waiting.filter((entry) => entry.id !== call.id);
  }
  call.index = next;
  if (campaign.config.abandon.scoped) context.calls.add(call.id);
  context.campaigns.add(campaign.config.id);
}

function enqueue(context: Context, campaign: Campaign, call: Call): void {
  const { waiting } = campaign;
  let index = waiting.length;
  while (index > 0) {
    const other = context.state.calls.get(waiting[index - 1]!.id);
    if (!other || other.limitAt <= call.limitAt) break;
    index -= 1;
  }
  waiting.splice(index, 0, { seq: call.seq, id: call.id });
}

export function setPhase(context: Context, campaign: Campaign, call: Call, phase: Phase): void {
  call.phase = phase;
  cancel(context.state, call, 'call');
  indexCall(context, campaign, call);
  if (call.agentId !== null) context.agents.add(call.agentId);
}

/** Whose an id is: an agent's, or a port's. */
export function holder(state: KernelState, id: AgentId | null): { agentId: AgentId | null; port: number | null } {
  const port = id === null ? null : (state.agents.get(id)?.port ?? null);
  return { agentId: port === null ? id : null, port };
}

/** A person: in the denominator from now on, dated as early as it can have been. */
export function countLive(context: Context, campaign: Campaign, call: Call, agoMs = 0): void {
  call.live = true;
  call.dated.live = context.time.slow - agoMs;
  record(campaign.ledger, call.dated.live, { live: 1 });
}

/** In a bridge with an agent within the limit. */
export function countServed(context: Context, campaign: Campaign, call: Call): void {
  call.dated.served = context.time.slow;
  record(campaign.ledger, call.dated.served, { served: 1 });
}

/** Once per call: it stands in the numerator from now on, whatever becomes of it. */
export function countAbandon(context: Context, campaign: Campaign, call: Call, cause: AbandonCause): void {
  if (call.counted) return;
  call.counted = true;
  call.cause = cause;
  const { slow, fast } = context.time;
  call.dated.abandoned = fast;
  record(campaign.ledger, slow, { abandons: 1, cause }, fast);
  if (cause === 'OVERDIAL') noteOverdial(campaign.risked);
  if (campaign.learned) correct(campaign.learned, campaign.config.pacing, campaign.ledger.windows, true);
  indexCall(context, campaign, call);
}

/** A mark in the life of a call that a take-over reads. */
export function mark(context: Context, call: Call, phase: MarkedPhase, at: number): void {
  emit(context, { type: 'mark', attemptId: call.id, phase, ...holder(context.state, call.agentId), at });
}

/** Takes the line from its agent and lets the agent go on: wrap-up after a talk, else free, or gone if that was asked. */
export function dropAgent(context: Context, campaign: Campaign, call: Call): void {
  const agent = call.agentId === null ? undefined : context.state.agents.get(call.agentId);
  if (call.agentId !== null && call.connectedAt === null) {
    call.agentId = null;
    call.personal = false;
  }
  indexCall(context, campaign, call);
  if (!agent || agent.line !== call.id) return;
  agent.line = null;
  if (campaign.learned && call.connectedAt !== null) sawTalk(campaign.learned, context.at - call.connectedAt);
  if (agent.state === 'CONNECTED') {
    // Ports have nothing to wrap up.
    const limitMs = agent.port === null ? campaign.config.wrapUpLimitMs : 0;
    startWrapUp(context, agent, call.id, limitMs);
  } else becomeUnpledged(context, agent);
}

/** Ends that tell nothing of the person called. */
const NOT_DIALLED: TelephonyOutcome[] = ['NOT_PLACED', 'CANCELLED', 'UNKNOWN'];

/** The end of an attempt, told once; nothing is known of it afterwards. */
export function finish(
  context: Context,
  campaign: Campaign,
  call: Call,
  outcome: TelephonyOutcome,
  end: Pick<Ended, 'by' | 'q850' | 'sip'>,
): void {
  const { state } = context;
  if (!call.live && !NOT_DIALLED.includes(outcome)) {
    noteResolved(campaign.risked, false);
    const age = (call.answeredAt ?? context.at) - (call.placedAt ?? call.sentAt);
    if (campaign.learned) sawDial(campaign.learned, campaign.lines, age, call.answeredAt === null ? 'ended' : 'other');
  }
  const times: Record<string, number> = {};
  for (const key of ['placedAt', 'ringingAt', 'answeredAt', 'classifiedAt', 'connectedAt'] as const) {
    const time = call[key];
    if (time !== null) times[key] = time;
  }
  if (outcome !== 'NOT_PLACED' && times.placedAt === undefined) times.placedAt = call.sentAt;
  emit(context, {
    type: 'outcome',
    attemptId: call.id,
    campaignId: call.campaignId,
    outcome,
    abandonCause: call.counted ? call.cause : null,
    liveAnswer: call.live,
    late: call.late,
    counted: call.dated,
    ...holder(state, call.connectedAt === null ? null : call.agentId),
    by: end.by,
    q850: end.q850 ?? null,
    sip: end.sip ?? null,
    times: { ...times, endedAt: context.at },
  });
  call.phase = 'ENDING';
  call.uncovered = null;
  dropAgent(context, campaign, call);
  cancelAll(state, call);
  state.calls.delete(call.id);
  campaign.calls -= 1;
}

import { becomeUnpledged, closeLeg, indexAgent, isOneToOne, leave } from './agents';
import { type Context, emit } from './context';
import { countAbandon, countLive, countServed, dropAgent, mark, setPhase } from './lines';
import type { AbandonCause, Command, TelephonyOutcome } from './messages';
import { longestAvailable, take } from './pledges';
import { sawDial, sawPatience } from './predictive/learned';
import { correct } from './predictive/outer-loop';
import { noteResolved } from './risked';
import type { Agent, Call, Campaign } from './state';
import { arm } from './timers';

/**
 * A live person: to an agent within the limit, else to the message. The message begins this much before the limit, so
 * that it is heard inside it.
 */
export const MESSAGE_LEAD_MS = 250;
/** A connect, or the beginning of a treatment, is given at least this long, even when that is too late: a late bridge is better than a message. */
const CONNECT_MIN_MS = 500;
/** A connect without any result by then is given up and the person hung up: two bridges must never be possible. */
const CONNECT_GUARD_MS = 2_000;
const CONNECT_TRIES = 3;
const MESSAGE_GUARD_MS = 2_000;
export const ENDING_GUARD_MS = 10_000;

export function hangUp(
  context: Context,
  campaign: Campaign,
  call: Call,
  reason: Extract<Command, { type: 'hangup' }>['reason'],
  verdict: TelephonyOutcome,
): void {
  call.verdict = verdict;
  setPhase(context, campaign, call, 'ENDING');
  arm(context.state, call, 'call', context.at + ENDING_GUARD_MS);
  emit(context, { type: 'hangup', attemptId: call.id, reason });
}

/** The person is there: the clock runs from `clockStart`. */
export function goLive(context: Context, campaign: Campaign, call: Call, clockStart: number): void {
  countLive(context, campaign, call);
  noteResolved(campaign.risked, true);
  call.limitAt = clockStart + campaign.config.abandon.withinMs;
  const { learned } = campaign;
  if (learned && call.answeredAt !== null) {
    sawDial(learned, campaign.lines, call.answeredAt - (call.placedAt ?? call.sentAt), 'live');
    sawPatience(learned, call.limitAt - MESSAGE_LEAD_MS - call.answeredAt);
  }
  assign(context, campaign, call, false, null);
}

/** Finds an agent for a live person, or lets it wait for one. */
export function assign(context: Context, campaign: Campaign, call: Call, waited: boolean, except: string | null): void {
  const { state } = context;
  const own = call.agentId === null ? undefined : state.agents.get(call.agentId);
  if (own && own.line === call.id && (own.presence === 'ABSENT' || own.leg !== 'UP')) {
    // A vanished desktop is given no customer.
    call.agentId = null;
    call.personal = false;
    call.uncovered = 'AGENT_LOST';
    own.line = null;
    becomeUnpledged(context, own);
  }
  const oneToOne = isOneToOne(campaign);
  const agent =
    (oneToOne || call.personal) && call.agentId !== null && own
      ? own
      : (longestAvailable(context, campaign, oneToOne, except) ?? longestAvailable(context, campaign, oneToOne, null));
  if (agent) {
    take(context, campaign, call, agent, waited);
    connect(context, campaign, call, agent);
    return;
  }
  call.uncovered ??= 'AGENT_LOST';
  if (call.counted || context.at >= call.limitAt - MESSAGE_LEAD_MS) {
    abandon(context, campaign, call);
    return;
  }
  setPhase(context, campaign, call, 'WAITING');
  arm(state, call, 'call', call.limitAt - MESSAGE_LEAD_MS);
}

/** Called with the agent already on the line. */
export function connect(context: Context, campaign: Campaign, call: Call, agent: Agent): void {
  const { at, state } = context;
  call.connectTries += 1;
  call.connectDeadlineAt = Math.max(at + CONNECT_MIN_MS, call.limitAt - MESSAGE_LEAD_MS);
  setPhase(context, campaign, call, 'CONNECTING');
  indexAgent(context, agent);
  const { port } = agent;
  const order = { attemptId: call.id, deadlineAt: call.connectDeadlineAt };
  if (port === null) emit(context, { type: 'connect', agentId: agent.id, ...order });
  else emit(context, { type: 'treat', campaignId: call.campaignId, port, ...order });
  if (at > call.limitAt) overdue(context, campaign, call);
  else arm(state, call, 'call', call.limitAt + 1);
}

/** The limit has passed with the bridge still to come: counted now; a bridge that comes all the same goes through. */
function overdue(context: Context, campaign: Campaign, call: Call): void {
  countAbandon(context, campaign, call, call.uncovered ?? 'FAULT');
  arm(context.state, call, 'call', Math.max(call.connectDeadlineAt, context.at) + CONNECT_GUARD_MS);
}

export function connectTimer(context: Context, campaign: Campaign, call: Call): void {
  if (!call.counted) overdue(context, campaign, call);
  else hangUp(context, campaign, call, 'abandoned', 'ABANDONED');
}

/** The lawful message, and the count. */
export function abandon(context: Context, campaign: Campaign, call: Call): void {
  countAbandon(context, campaign, call, call.uncovered ?? 'FAULT');
  setPhase(context, campaign, call, 'MESSAGE');
  emit(context, { type: 'playAbandonedMessage', attemptId: call.id });
  arm(context.state, call, 'call', context.at + campaign.config.messageMs + MESSAGE_GUARD_MS);
  dropAgent(context, campaign, call);
}

export function connected(context: Context, campaign: Campaign, call: Call, agentId: string): void {
  const { state } = context;
  if (call.phase !== 'CONNECTING' || call.agentId !== agentId) return;
  if (context.at > call.limitAt) countAbandon(context, campaign, call, call.uncovered ?? 'FAULT');
  call.late = call.counted;
  if (!call.late) {
    countServed(context, campaign, call);
    if (campaign.learned) correct(campaign.learned, campaign.config.pacing, campaign.ledger.windows, false);
  }
  call.uncovered = null;
  call.connectedAt = context.at;
  setPhase(context, campaign, call, 'CONNECTED');
  mark(context, call, 'CONNECTED', context.at);
  const agent = state.agents.get(agentId);
  if (!agent) return;
  if (agent.port !== null) limitTreatment(context, campaign, call);
  agent.state = 'CONNECTED';
  agent.reason = null;
  indexAgent(context, agent);
}

/** A treatment that does not end by itself is ended. */
export function limitTreatment(context: Context, { config }: Campaign, call: Call): void {
  const from = call.connectedAt ?? context.at;
  arm(context.state, call, 'call', from + (config.ivr?.treatmentLimitMs ?? 0));
}

export function connectFailed(
  context: Context,
  campaign: Campaign,
  call: Call,
  agentId: string,
  code: 'LEG_GONE' | 'AGENT_GONE' | 'FAILED',
): void {
  if (call.phase !== 'CONNECTING' || call.agentId !== agentId) return;
  if (code === 'LEG_GONE') {
    // The person hung up: `ended` is on its way.
    call.verdict = call.counted ? 'ABANDONED' : 'CUSTOMER_ABANDONED';
    setPhase(context, campaign, call, 'ENDING');
    arm(context.state, call, 'call', context.at + ENDING_GUARD_MS);
    dropAgent(context, campaign, call);
    return;
  }
  const agent = context.state.agents.get(agentId);
  loseBridge(context, campaign, call, code === 'AGENT_GONE' ? 'AGENT_LOST' : 'FAULT');
  if (agent?.line === call.id) agent.line = null;
  if (agent && code === 'AGENT_GONE') {
    closeLeg(context, agent);
    leave(
      context,
      agent,
      agent.pending ?? { state: 'IDLE', reason: 'DEVICE_HUNG_UP', byWish: false },
      'DEVICE_HUNG_UP',
    );
  } else if (agent) becomeUnpledged(context, agent);
  retry(context, campaign, call, agentId);
}

/**
 * The agent has gone between answer and bridge: the person waits again, until `retry`. A call that is counted as abandoned
 * has used up its place among the uncovered lines: the line whose agent it takes is not uncovered by overdialling again.
 */
export function loseBridge(context: Context, campaign: Campaign, call: Call, cause: AbandonCause): void {
  call.agentId = null;
  call.personal = false;
  if (call.counted || call.uncovered === null) call.uncovered = cause;
  setPhase(context, campaign, call, 'WAITING');
}

export function retry(context: Context, campaign: Campaign, call: Call, except: string | null): void {
  if (call.connectTries >= CONNECT_TRIES) abandon(context, campaign, call);
  else assign(context, campaign, call, true, except);
}

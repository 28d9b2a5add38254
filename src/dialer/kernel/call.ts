import type { Context } from './context';
import { ringLimit } from './guard';
import { countAbandon, countLive, dropAgent, type Ended, finish, mark, setPhase } from './lines';
import { abandon, connected, connectFailed, connectTimer, ENDING_GUARD_MS, goLive, hangUp } from './live';
import type { Input, TelephonyOutcome } from './messages';
import { portId } from './ports';
import type { Call, Campaign } from './state';
import { arm } from './timers';

/** The life of a call, event by event. Whatever does not fit the phase is late news and ignored. */

const RING_GUARD_MS = 2_000;
const ANALYSIS_GUARD_MS = 1_000;

type Result = Extract<Input, { type: 'classified' }>['result'];

const CAUSES: Record<Exclude<Ended['cause'], 'answered'>, TelephonyOutcome> = {
  busy: 'BUSY',
  no_answer: 'NO_ANSWER',
  invalid_number: 'INVALID_NUMBER',
  rejected: 'REJECTED',
  congestion: 'CONGESTION',
  network_failure: 'NETWORK_FAILURE',
  config_error: 'CONFIG_ERROR',
  cancelled: 'CANCELLED',
};

export function unansweredOutcome(end: Ended): TelephonyOutcome {
  return end.cause === 'answered' ? 'UNKNOWN' : CAUSES[end.cause];
}

type CallInput = Extract<
  Input,
  {
    type:
      | 'placed'
      | 'notPlaced'
      | 'connected'
      | 'connectFailed'
      | 'treated'
      | 'treatFailed'
      | 'treatmentEnded'
      | 'ringing'
      | 'answered'
      | 'classified'
      | 'playFinished'
      | 'ended';
  }
>;

export function callInput(context: Context, input: CallInput): void {
  const { state } = context;
  const call = state.calls.get(input.attemptId);
  const campaign = call && state.campaigns.get(call.campaignId);
  if (!call || !campaign) return;
  switch (input.type) {
    case 'placed':
      placed(context, campaign, call);
      break;
    case 'notPlaced':
      notPlaced(context, campaign, call, input.code);
      break;
    case 'connected':
      connected(context, campaign, call, input.agentId);
      break;
    case 'connectFailed':
      connectFailed(context, campaign, call, input.agentId, input.code);
      break;
    case 'treated':
      connected(context, campaign, call, portId(call.campaignId, input.port));
      break;
    case 'treatFailed':
      connectFailed(context, campaign, call, portId(call.campaignId, input.port), input.code);
      break;
    case 'treatmentEnded':
      endTalk(context, campaign, call);
      break;
    case 'ringing':
      if (call.phase !== 'PLACING' && call.phase !== 'DIALLING') break;
      call.ringingAt = context.at;
      progress(context, campaign, call, 'RINGING');
      break;
    case 'answered':
      answered(context, campaign, call, input);
      break;
    case 'classified':
      classified(context, campaign, call, input.result, input.greetingEndedAt);
      break;
    case 'playFinished':
      if (call.phase === 'MESSAGE') hangUp(context, campaign, call, 'abandoned', 'ABANDONED');
      break;
    case 'ended':
      ended(context, campaign, call, input);
      break;
  }
}

/** The next phase of a line in flight, marked; its ring guard runs on from when it was placed. */
function progress(context: Context, campaign: Campaign, call: Call, phase: 'DIALLING' | 'RINGING'): void {
  setPhase(context, campaign, call, phase);
  armRingGuard(context, campaign, call);
  mark(context, call, phase === 'DIALLING' ? 'PLACED' : 'RINGING', context.at);
}

/** The switch enforces the ring limit; this is the second line. */
export function armRingGuard(context: Context, campaign: Campaign, call: Call): void {
  const from = call.placedAt ?? call.sentAt;
  arm(context.state, call, 'call', from + ringLimit(campaign.config) + RING_GUARD_MS);
}

function placed(context: Context, campaign: Campaign, call: Call): void {
  call.placedAt ??= call.ringingAt ?? call.answeredAt ?? context.at;
  if (call.phase === 'PLACING') progress(context, campaign, call, 'DIALLING');
}

function notPlaced(context: Context, campaign: Campaign, call: Call, code: string): void {
  if (call.phase !== 'PLACING' && !(call.phase === 'ENDING' && call.ringingAt === null && call.answeredAt === null))
    return;
  // It may be ringing at someone's: only the switch's word ends it.
  if (code.toUpperCase() === 'UNKNOWN_OUTCOME') call.doubtful = true;
  else finish(context, campaign, call, 'NOT_PLACED', { by: 'us' });
}

/** The clock of a person starts with the answer, also when the kernel was told of it later. */
function answered(
  context: Context,
  campaign: Campaign,
  call: Call,
  { since, at, heldByDialplan }: Extract<Input, { type: 'answered' }>,
): void {
  if (call.answeredAt !== null) return;
  const answeredAt = Math.max(call.sentAt, Math.min(since ?? at, context.at));
  call.answeredAt = answeredAt;
  mark(context, call, 'ANSWERED', answeredAt);
  if (call.phase === 'ENDING' || heldByDialplan) {
    // Cancel against answer: a person picked up a line that we are taking down. It counts, and hears why if it still can.
    personLost(context, campaign, call);
    abandon(context, campaign, call);
  } else if (campaign.config.classified) {
    setPhase(context, campaign, call, 'ANALYSING');
    arm(context.state, call, 'call', answeredAt + campaign.config.analysisMs + ANALYSIS_GUARD_MS);
  } else goLive(context, campaign, call, answeredAt);
}

function classified(
  context: Context,
  campaign: Campaign,
  call: Call,
  result: Result,
  greetingEndedAt: number | undefined,
): void {
  if (call.phase !== 'ANALYSING' || call.answeredAt === null) return;
  call.classifiedAt = context.at;
  if (result === 'human' || result === 'unsure') {
    const greeting = campaign.config.abandon.clockStart === 'GREETING_END' ? greetingEndedAt : undefined;
    const start = Math.min(Math.max(greeting ?? call.answeredAt, call.answeredAt), context.at);
    goLive(context, campaign, call, start);
    return;
  }
  hangUp(context, campaign, call, 'machine', result === 'machine' ? 'MACHINE' : result === 'fax' ? 'FAX' : 'SIT');
  dropAgent(context, campaign, call);
}

function ended(context: Context, campaign: Campaign, call: Call, end: Ended): void {
  const outcome = unseenOutcome(context, campaign, call, end) ?? outcomeOf(context, campaign, call, end);
  finish(context, campaign, call, outcome, end);
}

/** Undefined when the end was followed, or what we had decided before it stands. */
function unseenOutcome(context: Context, campaign: Campaign, call: Call, end: Ended): TelephonyOutcome | undefined {
  if (end.unseen === undefined || call.phase === 'CONNECTED' || call.phase === 'MESSAGE') return undefined;
  if (end.unseen === 'UNANSWERED') {
    return call.answeredAt === null && end.cause !== 'cancelled' ? 'UNKNOWN' : undefined;
  }
  const decided = call.phase === 'ENDING' && call.answeredAt !== null && call.verdict !== 'CUSTOMER_ABANDONED';
  if (decided) return undefined;
  if (end.unseen === 'SERVED') {
    if (call.phase === 'CONNECTING' && call.agentId !== null) connected(context, campaign, call, call.agentId);
    else if (!call.live) personSeen(context, campaign, call);
    return call.counted && call.connectedAt === null ? 'ABANDONED' : 'LIVE_VOICE';
  }
  if (call.live) countAbandon(context, campaign, call, 'FAULT');
  else personLost(context, campaign, call);
  return 'ABANDONED';
}

function personSeen(context: Context, campaign: Campaign, call: Call): void {
  call.answeredAt ??= context.at;
  countLive(context, campaign, call);
}

/** A person was there and nobody was: an abandon that only its end told of. */
function personLost(context: Context, campaign: Campaign, call: Call): void {
  personSeen(context, campaign, call);
  countAbandon(context, campaign, call, 'FAULT');
}

function outcomeOf(context: Context, campaign: Campaign, call: Call, end: Ended): TelephonyOutcome {
  switch (call.phase) {
    case 'PLACING':
    case 'DIALLING':
    case 'RINGING':
      if (end.cause === 'answered') {
        // The answer itself was never heard of, so nobody served it.
        personLost(context, campaign, call);
        return 'ABANDONED';
      }
      if (call.doubtful && call.ringingAt === null && isVague(end)) return 'UNKNOWN';
      return CAUSES[end.cause];
    case 'ANALYSING':
      // Gone before the verdict: a person outside the numerator, and not proven for the denominator either.
      return 'CUSTOMER_ABANDONED';
    case 'WAITING':
    case 'CONNECTING':
      return call.counted ? 'ABANDONED' : 'CUSTOMER_ABANDONED';
    case 'CONNECTED':
      return 'LIVE_VOICE';
    case 'MESSAGE':
      return 'ABANDONED';
    case 'ENDING':
      if (call.answeredAt !== null) return call.verdict ?? 'LIVE_VOICE';
      if (end.cause === 'answered') {
        personLost(context, campaign, call);
        return 'ABANDONED';
      }
      if (call.doubtful && isVague(end)) return 'UNKNOWN';
      return end.cause === 'cancelled' || end.by === 'us' ? (call.verdict ?? 'CANCELLED') : CAUSES[end.cause];
  }
}

function isVague(end: Ended): boolean {
  return end.by === 'unknown' || ['network_failure', 'config_error', 'cancelled'].includes(end.cause);
}

/** The call's one deadline, by phase. */
export function callTimer(context: Context, campaign: Campaign, call: Call): void {
  switch (call.phase) {
    case 'PLACING':
    case 'DIALLING':
    case 'RINGING':
      cancelLine(context, campaign, call, call.doubtful ? 'UNKNOWN' : 'NO_ANSWER');
      break;
    case 'ANALYSING':
      // No verdict: unsure, and unsure is a person.
      classified(context, campaign, call, 'unsure', undefined);
      break;
    case 'WAITING':
      abandon(context, campaign, call);
      break;
    case 'CONNECTING':
      connectTimer(context, campaign, call);
      break;
    case 'MESSAGE':
      hangUp(context, campaign, call, 'abandoned', 'ABANDONED');
      break;
    case 'ENDING':
      // While the switch cannot be asked its silence proves nothing: the leg may still be up, so the number stays taken.
      if (context.state.originating) finish(context, campaign, call, call.verdict ?? 'UNKNOWN', { by: 'us' });
      else arm(context.state, call, 'call', context.at + ENDING_GUARD_MS);
      break;
    case 'CONNECTED':
      endTalk(context, campaign, call);
      break;
  }
}

/** Takes down a line that nobody has answered; its agent is free at once. */
export function cancelLine(context: Context, campaign: Campaign, call: Call, verdict: TelephonyOutcome): void {
  hangUp(context, campaign, call, 'cancelled', verdict);
  dropAgent(context, campaign, call);
}

/** The agent, the loss of its leg, or the end of a treatment ends the talk. */
export function endTalk(context: Context, campaign: Campaign, call: Call): void {
  if (call.phase === 'CONNECTED') hangUp(context, campaign, call, 'normal', 'LIVE_VOICE');
}

import { showAgents } from './agents';
import { callInput, callTimer } from './call';
import { controlInput, touchAll } from './campaign';
import { claimed, reviewContacts } from './claims';
import { businessTime, seeClocks } from './clocks';
import type { Context } from './context';
import type { Command, Input } from './messages';
import { agentLoggedIn, callsRestored, parkedEnded } from './restore';
import { tellAtRisk } from './risked';
import { agentInput, agentTimer } from './routing';
import { settle } from './settle';
import type { KernelState, TimerEntry } from './state';
import { due } from './timers';

export type { PacingDecision, PacingReason } from './predictive/decision';
export { deserialise, serialise } from './serialise';
export { createState, type KernelState } from './state';
export { type AgentView, agentView, type CampaignView, campaignView, pacingDecision, type WindowView } from './views';

/**
 * One input, all its consequences. Deadlines that have passed come first, so that it makes no difference whether a tick
 * or an event tells that they have; then the input; then whatever follows, to quiescence; agents' views last. The state
 * given is changed. Nothing thrown, nothing read but the arguments: the same inputs give the same commands.
 */
export function step(state: KernelState, input: Input): Command[] {
  seeClocks(state, input.at, input.wall);
  state.at = Math.max(state.at, input.at);
  state.wall = Math.max(state.wall, input.wall);
  const context: Context = {
    state,
    at: state.at,
    wall: state.wall,
    time: businessTime(state),
    commands: [],
    campaigns: new Set(),
    agents: new Set(),
    calls: new Set(),
  };
  for (let timer = due(state, state.at); timer; timer = due(state, state.at)) {
    fire(context, timer);
    settle(context);
  }
  dispatch(context, input);
  settle(context);
  tellAtRisk(context);
  showAgents(context);
  return context.commands;
}

function fire(context: Context, timer: TimerEntry): void {
  const { state } = context;
  switch (timer.kind) {
    case 'call': {
      const call = state.calls.get(timer.id);
      const campaign = call && state.campaigns.get(call.campaignId);
      if (call && campaign) callTimer(context, campaign, call);
      break;
    }
    case 'empty':
    case 'backOff': {
      const campaign = state.campaigns.get(timer.id);
      if (!campaign) break;
      if (timer.kind === 'empty') campaign.starved = true;
      else campaign.backingOff = false;
      reviewContacts(context, campaign);
      break;
    }
    default: {
      const agent = state.agents.get(timer.id);
      if (agent) agentTimer(context, agent, timer.kind);
    }
  }
}

function dispatch(context: Context, input: Input): void {
  switch (input.type) {
    case 'tick':
      touchAll(context);
      break;
    case 'campaignStarted':
    case 'campaignChanged':
    case 'ledgerRead':
    case 'campaignDialling':
    case 'campaignRemoved':
    case 'organisationStopped':
    case 'organisationResumed':
    case 'originating':
    case 'candidates':
      controlInput(context, input);
      break;
    case 'callsRestored':
      callsRestored(context, input.calls);
      break;
    case 'agentLoggedIn':
      agentLoggedIn(context, input);
      break;
    case 'agentWants':
    case 'agentLeg':
    case 'wrapUpDone':
    case 'agentHangsUp':
    case 'presence':
      agentInput(context, input);
      break;
    case 'claimed':
      claimed(context, input);
      break;
    case 'ended':
      if (context.state.parked.has(input.attemptId)) parkedEnded(context, input);
      else callInput(context, input);
      break;
    case 'placed':
    case 'notPlaced':
    case 'connected':
    case 'connectFailed':
    case 'treated':
    case 'treatFailed':
    case 'treatmentEnded':
    case 'ringing':
    case 'answered':
    case 'classified':
    case 'playFinished':
      callInput(context, input);
      break;
  }
}

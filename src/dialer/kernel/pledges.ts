import { becomeUnpledged, indexAgent } from './agents';
import type { Context } from './context';
import { indexCall } from './lines';
import type { AbandonCause } from './messages';
import { firstFree, isPromised } from './promises';
import type { Agent, Call, Campaign } from './state';

/**
 * A pledge binds a reserved agent to one line in flight. Each line is pledged or uncovered, and an agent has at most one
 * line: whatever moves a pledge keeps the number of uncovered lines, so that the guard's reserve stays true.
 */

export function pledge(context: Context, campaign: Campaign, agent: Agent, call: Call, personal = false): void {
  agent.line = call.id;
  call.agentId = agent.id;
  call.personal = personal;
  call.uncovered = null;
  indexCall(context, campaign, call);
  indexAgent(context, agent);
}

export function uncover(context: Context, campaign: Campaign, call: Call, cause: AbandonCause): void {
  call.agentId = null;
  call.personal = false;
  call.uncovered = cause;
  indexCall(context, campaign, call);
}

/** The agent of a line in flight is gone: another unpledged one takes it, else it is uncovered. */
export function replaceAgent(context: Context, campaign: Campaign, call: Call): void {
  uncover(context, campaign, call, 'AGENT_LOST');
  const agent = firstFree(context.state, campaign);
  if (agent) pledge(context, campaign, agent, call);
}

/**
 * Gives an answered line to an agent who may be pledged to another line; that one takes over the answered line's status:
 * its pledge, or its being uncovered with the reason. With an unpledged agent the answered line keeps its reason when it
 * had to wait, since a bridge that comes too late is then the waiting's fault.
 */
export function take(context: Context, campaign: Campaign, call: Call, agent: Agent, waited: boolean): void {
  const { state } = context;
  if (agent.line === call.id) return;
  const former = call.agentId === null ? null : (state.agents.get(call.agentId) ?? null);
  const reason = call.uncovered;
  const other = agent.line === null ? null : (state.calls.get(agent.line) ?? null);
  const { slot } = agent;
  agent.line = call.id;
  agent.slot = null;
  call.agentId = agent.id;
  call.personal = false;
  if (former) former.line = null;
  if (other) {
    call.uncovered = null;
    if (former) pledge(context, campaign, former, other);
    else uncover(context, campaign, other, reason ?? 'AGENT_LOST');
  } else if (slot !== null) {
    call.uncovered = null;
    // Not placed yet: a slot without an agent is decided when it is claimed.
    const entry = campaign.claim?.slots.find((candidate) => candidate.slot === slot.slot);
    if (entry) entry.agentId = former?.id ?? null;
    if (former) {
      former.slot = slot;
      indexAgent(context, former);
    }
  } else {
    if (!waited) call.uncovered = null;
    if (former) becomeUnpledged(context, former);
  }
  indexCall(context, campaign, call);
  indexAgent(context, agent);
}

/**
 * The longest-available reserved agent who may have a live answer now; at 1:1 rather one without a line, be it that one is being
 * claimed for it. One that is just about to begin a callback of its own comes last.
 */
export function longestAvailable(context: Context, campaign: Campaign, oneToOne: boolean, except: string | null) {
  const { state } = context;
  let last: Agent | null = null;
  for (const lineless of oneToOne ? [true, false] : [false]) {
    for (const { id } of campaign.answerable) {
      const agent = id === except ? undefined : state.agents.get(id);
      if (!agent || (lineless && agent.line !== null)) continue;
      if (!agent.index.free || !isPromised(state, campaign, id)) return agent;
      last ??= agent;
    }
  }
  return last;
}

import { describe, isOneToOne, mayServe } from './agents';
import { businessTime } from './clocks';
import { isDialling } from './dialling';
import { isJudgeable, uncoveredAllowed } from './guard';
import { advance, copyOf } from './ledger';
import { isPreLive } from './lines';
import type { AgentState } from './messages';
import { rateOf } from './pacing';
import type { PacingDecision, PacingReason } from './predictive/decision';
import { sharedSlots } from './promises';
import type { Agent, Campaign, KernelState, ShownAgent } from './state';
import { span } from './windows';

/** Live figures, read between steps. Reading changes nothing: a replay of the inputs is not told of it. */

export interface WindowView {
  kind: 'ROLLING' | 'CALENDAR';
  /** Of a calendar's period, all of it. */
  windowMs: number;
  /** Of a calendar's period, when it began; null for a rolling window. */
  beganAt: number | null;
  /** The campaign's, or with all others of the organisation that are under the rule. */
  scope: 'CAMPAIGN' | 'ORGANISATION';
  /** Where it comes from. */
  profiles: string[];
  limitPercent: number;
  liveAnswers: number;
  abandons: number;
  /** Percent of live answers; null without any. */
  ratePercent: number | null;
}

export interface LineFigures {
  claiming: number;
  placing: number;
  ringing: number;
  /** Answered, the verdict still out. */
  analysing: number;
  /** Live persons without an agent yet, or on the way into the bridge. */
  waiting: number;
  connected: number;
  message: number;
  /** Hung up by us, the end not yet told. */
  ending: number;
}

export interface PortFigures {
  total: number;
  free: number;
  /** Bound to a line that has not come to a treatment yet. */
  pledged: number;
  inTreatment: number;
}

export type WhyNotDialling =
  | 'CAMPAIGN_NOT_DIALLING'
  | 'ORGANISATION_STOPPED'
  | 'NOT_ORIGINATING'
  | 'NO_CONTACTS'
  | 'NO_AGENTS'
  | 'NO_PORTS'
  | 'AGENTS_BUSY'
  | 'PORTS_BUSY'
  | 'NO_LEDGER'
  | 'ABANDON_LIMIT';

export interface CampaignView {
  campaignId: string;
  /** Agents of its teams; those bound to another campaign are `elsewhere`. */
  agents: Record<AgentState, number> & { elsewhere: number };
  /** Of an IVR campaign. */
  ports: PortFigures | null;
  lines: LineFigures;
  uncovered: number;
  pledged: number;
  /** Originates since this process took the campaign on. */
  attempts: number;
  held: number;
  windows: WindowView[];
  whyNotDialling: WhyNotDialling[];
  /** What keeps predictive pacing at its number of lines; null in other modes and before its first decision. */
  pacing: PacingReason | null;
}

export interface AgentView extends ShownAgent {
  agentId: string;
  sessionId: string;
  leg: Agent['leg'];
  presence: Agent['presence'];
}

export function agentView(state: KernelState, agentId: string): AgentView | null {
  const agent = state.agents.get(agentId);
  if (!agent) return null;
  const { id, sessionId, leg, presence } = agent;
  return { agentId: id, sessionId, leg, presence, ...describe(state, agent) };
}

export function campaignView(state: KernelState, campaignId: string): CampaignView | null {
  const found = state.campaigns.get(campaignId);
  if (!found) return null;
  const campaign = { ...found, ledger: copyOf(found.ledger) };
  const { slow, fast } = businessTime(state);
  advance(campaign.ledger, slow, fast);
  const agents = countAgents(state, campaign);
  const { lines, uncovered, pledged } = countLines(state, campaign);
  return {
    campaignId,
    agents,
    ports: countPorts(state, campaign),
    lines,
    uncovered,
    pledged,
    attempts: campaign.attempts,
    held: campaign.held,
    windows: campaign.ledger.windows.map((window) => ({
      kind: window.rule.kind,
      ...span(window.rule, slow),
      scope: 'CAMPAIGN',
      profiles: window.rule.profiles ?? [],
      limitPercent: window.limit / 1000,
      liveAnswers: window.live,
      abandons: window.abandons,
      ratePercent: window.live === 0 ? null : (100 * window.abandons) / window.live,
    })),
    whyNotDialling: whyNotDialling(state, campaign),
    pacing: campaign.learned?.decision?.reason ?? null,
  };
}

/** The last decision of a predictive campaign, with its inputs. */
export function pacingDecision(state: KernelState, campaignId: string): PacingDecision | null {
  return state.campaigns.get(campaignId)?.learned?.decision ?? null;
}

function countAgents(state: KernelState, campaign: Campaign): CampaignView['agents'] {
  const figures = { LOGGED_OUT: 0, IDLE: 0, AVAILABLE: 0, RESERVED: 0, CONNECTED: 0, WRAP_UP: 0, elsewhere: 0 };
  for (const agent of state.agents.values()) {
    if (agent.port !== null) continue;
    const bound = agent.reservation?.campaignId ?? null;
    if (bound === campaign.config.id) figures[agent.state] += 1;
    else if (!mayServe(agent, campaign)) continue;
    else if (bound === null) figures[agent.state] += 1;
    else figures.elsewhere += 1;
  }
  return figures;
}

function countPorts(state: KernelState, campaign: Campaign): PortFigures | null {
  if (!campaign.config.ivr) return null;
  const figures = { total: 0, free: 0, pledged: 0, inTreatment: 0 };
  for (const agent of state.agents.values()) {
    if (agent.port === null || agent.reservation?.campaignId !== campaign.config.id) continue;
    figures.total += 1;
    if (agent.index.free) figures.free += 1;
    else if (agent.state === 'CONNECTED') figures.inTreatment += 1;
    else figures.pledged += 1;
  }
  return figures;
}

const FIGURE = {
  PLACING: 'placing',
  DIALLING: 'placing',
  RINGING: 'ringing',
  ANALYSING: 'analysing',
  WAITING: 'waiting',
  CONNECTING: 'waiting',
  CONNECTED: 'connected',
  MESSAGE: 'message',
  ENDING: 'ending',
} as const;

function countLines(state: KernelState, campaign: Campaign) {
  const slots = campaign.claim?.slots ?? [];
  const lines: LineFigures = {
    claiming: slots.length,
    placing: 0,
    ringing: 0,
    analysing: 0,
    waiting: 0,
    connected: 0,
    message: 0,
    ending: 0,
  };
  let pledged = slots.filter((slot) => slot.agentId !== null).length;
  for (const call of state.calls.values()) {
    if (call.campaignId !== campaign.config.id) continue;
    lines[FIGURE[call.phase]] += 1;
    if (call.agentId !== null && (isPreLive(call.phase) || call.phase === 'WAITING')) pledged += 1;
  }
  return { lines, pledged, uncovered: campaign.atRisk + slots.filter((slot) => slot.uncovered).length };
}

/** Codes in the order in which they would have to be lifted; empty while it dials as much as it wants. */
function whyNotDialling(state: KernelState, campaign: Campaign): WhyNotDialling[] {
  const why: WhyNotDialling[] = [];
  if (state.stopped.has(campaign.config.organisationId)) why.push('ORGANISATION_STOPPED');
  else if (!isDialling(state, campaign)) why.push('CAMPAIGN_NOT_DIALLING');
  if (!state.originating) why.push('NOT_ORIGINATING');
  if (campaign.held === 0 && campaign.claim === null) why.push('NO_CONTACTS');
  const { ivr } = campaign.config;
  if (campaign.members === 0) why.push(ivr ? 'NO_PORTS' : 'NO_AGENTS');
  else if (campaign.counted === 0) why.push(ivr ? 'PORTS_BUSY' : 'AGENTS_BUSY');
  else if (isJudgeable(campaign) && overdialHeldBack(state, campaign)) why.push('ABANDON_LIMIT');
  // Each agent has its one line all the same.
  if (!isOneToOne(campaign) && !isJudgeable(campaign)) why.push('NO_LEDGER');
  return why;
}

function overdialHeldBack(state: KernelState, campaign: Campaign): boolean {
  const { decision } = campaign.learned ?? {};
  if (decision)
    return decision.reason === 'GUARD' || decision.reason === 'COLD_START' || decision.reason === 'NO_LEDGER';
  const wanted = Math.floor((Math.round(rateOf(campaign.config.pacing) * 1000) * campaign.counted) / 1000);
  const lines = campaign.lines + sharedSlots(campaign);
  return wanted > lines && uncoveredAllowed(campaign, businessTime(state)) <= 0;
}

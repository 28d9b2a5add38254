import { type Allowance, isJudgeable } from '../guard';
import type { LinesToClaim } from '../pacing';
import type { Agent, Call, Campaign, KernelState } from '../state';
import type { PacingDecision, PacingReason } from './decision';
import { dialBin } from './dials';
import { binOf, TALK_GRID, WRAP_GRID } from './grid';
import type { Learned } from './learned';
import { addLine, expectedIdle, look, type Outlook, riskOfNext } from './outlook';
import { HORIZONS, MEDIAN, makeTables, type Tables } from './tables';

/**
 * Predictive pacing. Every waiting agent has a line in any case; more are dialled while the risk that the next one's
 * person finds no agent stays under a threshold that grows with the agents expected to be idle.
 */

/** A decision holds this long; a line for a free agent never waits for it. */
const DECIDE_EVERY_MS = 250;
const TABLES_AFTER = 25;
const TABLES_AFTER_MS = 5_000;
const COLD_ANSWERS = 30;
const SMALL_GROUP = 10;
const RISK_MOST = 0.5;
const IDLE_LEAST = 0.2;
const IDLE_MOST = 1.5;
/** In a small group the agents expected to be idle jump by ones: their place is taken by a figure. */
const SMALL_GROUP_IDLE = 6;

export interface PredictiveView {
  state: KernelState;
  campaign: Campaign;
  learned: Learned;
  held: number;
  /** What the guard would bear; asked only when lines are wanted. */
  allowance(): Allowance;
}

export function predictive(view: PredictiveView): LinesToClaim {
  const { state, campaign, learned, held } = view;
  const pledged = Math.min(campaign.free.length, held);
  const last = learned.decision;
  if (last && state.at < last.at + DECIDE_EVERY_MS) return { pledged, uncovered: 0 };
  const seen = survey(state, campaign, learned, pledged);
  const plan = dialAhead(view, seen, pledged);
  learned.decision = plan;
  return { pledged: plan.pledged, uncovered: plan.uncovered };
}

interface Survey {
  agents: number;
  idle: number;
  lines: number;
  tables: Tables;
  outlook: Outlook;
}

/** Where every agent and line stands now, as chances at the horizons. */
function survey(state: KernelState, campaign: Campaign, learned: Learned, pledged: number): Survey {
  const members: Agent[] = [];
  const ongoing: number[] = [];
  for (const agent of state.agents.values()) {
    if (agent.reservation?.campaignId !== campaign.config.id || agent.pending || agent.presence === 'ABSENT') continue;
    if (agent.state !== 'CONNECTED' && agent.state !== 'WRAP_UP' && !isConnecting(state, agent)) continue;
    members.push(agent);
    if (agent.state === 'CONNECTED') ongoing.push(talkS(state, agent));
  }
  const tables = currentTables(state, learned, ongoing);
  const busy: number[] = [];
  let talk = 0;
  for (const agent of members) {
    if (agent.state === 'WRAP_UP') {
      push(busy, tables.wrap, binOf(WRAP_GRID, (state.at - (agent.wrapUp?.since ?? state.at)) / 1000));
    } else {
      const seconds = agent.state === 'CONNECTED' ? ongoing[talk]! : 0;
      if (agent.state === 'CONNECTED') talk += 1;
      push(busy, tables.talk, binOf(TALK_GRID, seconds));
    }
  }
  const lines: number[] = [];
  let waiting = 0;
  for (const { id } of campaign.flight) {
    const call = state.calls.get(id)!;
    if (call.phase === 'WAITING') waiting += 1;
    else if (call.phase === 'ANALYSING') {
      const chance = tables.isLive[lineBin(tables, (call.answeredAt ?? state.at) - sentAt(call))]!;
      for (let k = 0; k < HORIZONS; k += 1) lines.push(chance);
    } else push(lines, tables.line, lineBin(tables, state.at - sentAt(call)));
  }
  for (let count = 0; count < pledged; count += 1) push(lines, tables.line, 0);
  return {
    agents: members.length + campaign.counted,
    idle: campaign.counted,
    lines: campaign.lines + pledged,
    tables,
    outlook: look(campaign.counted, waiting, busy, lines),
  };
}

function isConnecting(state: KernelState, agent: Agent): boolean {
  return agent.line !== null && state.calls.get(agent.line)?.phase === 'CONNECTING';
}

function talkS(state: KernelState, agent: Agent): number {
  const call = agent.line === null ? undefined : state.calls.get(agent.line);
  return Math.max(0, state.at - (call?.connectedAt ?? state.at)) / 1000;
}

function sentAt(call: Call): number {
  return call.placedAt ?? call.sentAt;
}

function lineBin(tables: Tables, ageMs: number): number {
  return dialBin(tables.isLive.length, ageMs / 1000);
}

function push(to: number[], table: number[], bin: number): void {
  const start = bin * HORIZONS;
  for (let k = 0; k < HORIZONS; k += 1) to.push(table[start + k]!);
}

function currentTables(state: KernelState, learned: Learned, ongoing: number[]): Tables {
  const { tables, fresh } = learned;
  const stale = !tables || fresh >= TABLES_AFTER || (fresh > 0 && state.at - tables.at >= TABLES_AFTER_MS);
  if (!stale) return tables;
  learned.fresh = 0;
  learned.tables = makeTables(learned, state.at, ongoing);
  return learned.tables;
}

function dialAhead(view: PredictiveView, seen: Survey, pledged: number): PacingDecision {
  const { state, campaign, learned, held } = view;
  const { tables, outlook, agents } = seen;
  const next = tables.line.slice(0, HORIZONS);
  const expectedFreed = outlook.freed[MEDIAN]!;
  const expectedAnswers = outlook.answers[MEDIAN]!;
  const cap = lineCap(campaign, agents);
  let guard: Allowance | null = null;
  let allowed = 0;
  let uncovered = 0;
  let risk = riskOfNext(outlook);
  let threshold = thresholdOf(learned, outlook, agents);
  let reason: PacingReason = agents < SMALL_GROUP ? 'SMALL_GROUP' : 'PLANNED';
  while (risk <= threshold) {
    guard ??= view.allowance();
    allowed = guard.lines(tables.liveRate * risk);
    if (pledged + uncovered >= held) reason = 'NO_CONTACTS';
    else if (seen.lines + uncovered + 1 > cap) reason = 'MAX_DIALING_RATE';
    else if (uncovered >= allowed) reason = guardReason(campaign, learned);
    else {
      uncovered += 1;
      addLine(outlook, next);
      risk = riskOfNext(outlook);
      threshold = thresholdOf(learned, outlook, agents);
      continue;
    }
    break;
  }
  let tokens = Number.POSITIVE_INFINITY;
  for (const window of campaign.ledger.windows) tokens = Math.min(tokens, window.tokens);
  return {
    at: state.at,
    agents,
    idle: seen.idle,
    lines: seen.lines,
    expectedFreed,
    expectedAnswers,
    risk,
    threshold,
    theta: learned.theta,
    tokens: Number.isFinite(tokens) ? tokens : 0,
    allowed: Math.max(0, allowed),
    answerRate: tables.answerRate,
    liveRate: tables.liveRate,
    pledged,
    uncovered,
    riskPerLine: tables.liveRate * risk,
    reason,
  };
}

function guardReason(campaign: Campaign, learned: Learned): PacingReason {
  if (!isJudgeable(campaign)) return 'NO_LEDGER';
  return learned.lives < COLD_ANSWERS ? 'COLD_START' : 'GUARD';
}

function thresholdOf(learned: Learned, outlook: Outlook, agents: number): number {
  if (agents < SMALL_GROUP) return Math.min(RISK_MOST, learned.theta * SMALL_GROUP_IDLE);
  const idle = Math.min(IDLE_MOST * Math.sqrt(agents), Math.max(IDLE_LEAST, expectedIdle(outlook)));
  return Math.min(RISK_MOST, learned.theta * idle);
}

/** Lines in flight allowed by `maxDialingRate`. */
function lineCap(campaign: Campaign, agents: number): number {
  const { pacing } = campaign.config;
  if (pacing.mode !== 'PREDICTIVE') return 0;
  const per = pacing.linesPer === 'IDLE_AGENT' ? campaign.counted : agents;
  return Math.floor(pacing.maxDialingRate * per + 1e-9);
}

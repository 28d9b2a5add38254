import type { BusinessTime } from './clocks';
import { advance, type LedgerWindow } from './ledger';
import type { CampaignConfig } from './messages';
import { seenLive, seenRisk } from './risked';
import type { Campaign } from './state';
import { LIMIT_SCALE } from './windows';

/**
 * The abandon guard. It knows nothing of the pacer and covers every mode that may have more lines than pledged agents.
 *
 * STRICT: an uncovered line is allowed only if every window stays within its limit even when each uncovered line in
 * flight, the one asked for included, is abandoned, and no further person answers before the last of them resolves. So
 * only a fault, never overdialling, can break the limit.
 *
 * BALANCED: STRICT where that allows the more lines, which is so while they are few. Where they are many, not every one of
 * them is answered: with `m` persons to be expected on the uncovered lines in flight, the one asked for included, and every
 * person abandoned, 1 + m + 4.5 sqrt(m) must fit into what each window has left before its limit. Besides, with `e` abandons
 * to be expected of those lines, 1 + e + 2 sqrt(e) must fit into every window's tokens, which keep back what a window will
 * lose when its good answers leave.
 */

/** Between a claim and the end of its line, beyond ringing, analysis and the limit: originate, whole seconds, guards. */
const RESOLVE_SLACK_MS = 10_000;

export type GuardMode = 'STRICT' | 'BALANCED';

export function guardMode(config: CampaignConfig): GuardMode {
  return config.abandon.guard ?? (config.pacing.mode === 'PREDICTIVE' ? 'BALANCED' : 'STRICT');
}

export function ringLimit(config: CampaignConfig): number {
  return Math.max(config.ringLimitMs, config.minimumRingMs);
}

/** The longest time in which a line begun now can still become an abandon. */
export function horizon(config: CampaignConfig): number {
  return ringLimit(config) + config.analysisMs + config.abandon.withinMs + RESOLVE_SLACK_MS;
}

export function reservedLines(campaign: Campaign): number {
  let asked = 0;
  for (const slot of campaign.claim?.slots ?? []) if (slot.uncovered) asked += 1;
  return campaign.atRisk + asked;
}

/** Whether any line may be risked at all: windows in force, each known from beginning to end, the ledger read. */
export function isJudgeable(campaign: Campaign): boolean {
  const { ledger } = campaign;
  return ledger.readable && ledger.windows.length > 0 && ledger.windows.every((window) => window.known);
}

/** How many more lines may be uncovered now; negative when there are already too many. */
export function uncoveredAllowed(campaign: Campaign, time: BusinessTime): number {
  return allowance(campaign, time).lines(campaign.learned?.decision?.riskPerLine ?? 0);
}

export interface Allowance {
  /** More uncovered lines, if each is abandoned with this chance, as their pacer sees it. */
  lines(riskPerLine: number): number;
}

/** What the guard says now, for any risk that the pacer may find its next line to have. */
export function allowance(campaign: Campaign, time: BusinessTime): Allowance {
  const { ledger } = campaign;
  advance(ledger, time.slow, time.fast);
  const reserved = reservedLines(campaign);
  if (!isJudgeable(campaign)) return { lines: () => -reserved };
  if (guardMode(campaign.config) === 'STRICT') {
    const allowed = strictly(ledger.windows) - reserved;
    return { lines: () => allowed };
  }
  const { windows } = ledger;
  const inWindows = Math.max(
    strictly(windows),
    Math.floor(bearablePersons(windows) / seenLive(campaign.risked) + 1e-9),
  );
  const inTokens = bearableByTokens(windows);
  const seen = seenRisk(campaign.risked);
  return {
    lines: (risk) => Math.min(inWindows, Math.floor(inTokens / Math.min(1, Math.max(seen, risk)) + 1e-9)) - reserved,
  };
}

function strictly(windows: LedgerWindow[]): number {
  let allowed = Number.MAX_SAFE_INTEGER;
  for (const window of windows) {
    const abandonsAllowed = Math.floor((window.laterLive * window.limit) / LIMIT_SCALE);
    allowed = Math.min(allowed, abandonsAllowed - window.abandons);
  }
  return allowed;
}

/** Standard deviations kept back from a window's tokens, and from what the window itself has left. */
const SPREAD_TOKENS = 2;
const SPREAD_WINDOW = 4.5;

/** The persons to be expected on uncovered lines who could all be abandoned, and more of them than expected. */
function bearablePersons(windows: LedgerWindow[]): number {
  let bearable = Number.MAX_SAFE_INTEGER;
  for (const window of windows) {
    const left = (window.laterLive * window.limit) / LIMIT_SCALE - window.abandons;
    bearable = Math.min(bearable, bears(left, SPREAD_WINDOW));
  }
  return bearable;
}

function bearableByTokens(windows: LedgerWindow[]): number {
  let bearable = Number.MAX_SAFE_INTEGER;
  for (const window of windows) bearable = Math.min(bearable, bears(window.tokens, SPREAD_TOKENS));
  return bearable;
}

/** What may be expected, so that with its spread, 1 + e + n sqrt(e), it is at most what is left. */
function bears(left: number, spread: number): number {
  if (left < 1) return 0;
  const half = spread / 2;
  return (Math.sqrt(half * half + left - 1) - half) ** 2;
}

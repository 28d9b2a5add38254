import { advance } from './ledger';
import type { CampaignConfig } from './messages';
import type { Campaign } from './state';

/**
 * The abandon guard, strict: an uncovered line is allowed only if every window stays within its limit even when each
 * uncovered line in flight, the one asked for included, is abandoned, and no further person answers before the last of
 * them resolves. So only a fault, never overdialling, can break the limit. It knows nothing of the pacer and covers every
 * mode that may have more lines than pledged agents.
 */

/** Between a claim and the end of its line, beyond ringing, analysis and the limit: originate, whole seconds, guards. */
const RESOLVE_SLACK_MS = 10_000;

/** Percents are compared as integers in thousandths, so that 3 of 100 is exactly 3 %. */
const PERCENT_SCALE = 1000;

export function ringLimit(config: CampaignConfig): number {
  return Math.max(config.ringLimitMs, config.minimumRingMs);
}

/** The longest time in which a line begun now can still become an abandon. */
export function horizon(config: CampaignConfig): number {
  return ringLimit(config) + config.analysisMs + config.abandon.withinMs + RESOLVE_SLACK_MS;
}

function reserve(campaign: Campaign): number {
  let asked = 0;
  for (const slot of campaign.claim?.slots ?? []) if (slot.uncovered) asked += 1;
  return campaign.atRisk + asked;
}

/** How many more lines may be uncovered at `wall`; negative when there are already too many. No window, no line. */
export function uncoveredAllowed(campaign: Campaign, wall: number): number {
  const { ledger } = campaign;
  if (ledger.windows.length === 0) return 0;
  advance(ledger, wall);
  const limit = Math.floor(campaign.config.abandon.limitPercent * PERCENT_SCALE + 1e-6);
  const reserved = reserve(campaign);
  let allowed = Number.MAX_SAFE_INTEGER;
  for (const window of ledger.windows) {
    const abandonsAllowed = Math.floor((window.laterLive * limit) / (100 * PERCENT_SCALE));
    allowed = Math.min(allowed, abandonsAllowed - window.abandons - reserved);
  }
  return allowed;
}

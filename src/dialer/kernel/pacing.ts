import type { Pacing } from './messages';

/** How many lines a campaign should have: nothing but figures in, one figure out. Which mode, is decided by the campaign. */
export interface PacingView {
  /** Contacts that may be claimed now. */
  held: number;
  /** Reserved agents with nothing pledged. */
  unpledged: number;
  /** Reserved agents who wait for a customer, pledged or not. */
  waitingAgents: number;
  /** Lines in flight that are not with an agent. */
  lines: number;
  /** How many more lines without an agent the guard allows. Asked only when a pacer wants any. */
  uncoveredAllowed(): number;
}

export interface LinesToClaim {
  pledged: number;
  uncovered: number;
}

export interface Pacer {
  linesToClaim(view: PacingView): LinesToClaim;
}

export function rateOf(pacing: Pacing): number {
  return pacing.mode === 'PROGRESSIVE' ? pacing.dialingRate : pacing.maxDialingRate;
}

/** Rates are decimals: compared in thousandths, so that 1.15 times 20 is 23. */
const RATE_SCALE = 1000;

/** `rate` lines for each waiting agent, at least one each; whatever goes beyond the agents is for the guard to allow. */
export function progressive(rate: number): Pacer {
  const scaled = Math.round(rate * RATE_SCALE);
  return {
    linesToClaim(view) {
      const pledged = Math.min(view.unpledged, view.held);
      if (scaled <= RATE_SCALE) return { pledged, uncovered: 0 };
      const target = Math.floor((scaled * view.waitingAgents) / RATE_SCALE);
      const wanted = Math.min(target - view.lines - pledged, view.held - pledged);
      if (wanted <= 0) return { pledged, uncovered: 0 };
      return { pledged, uncovered: Math.max(0, Math.min(wanted, view.uncoveredAllowed())) };
    },
  };
}

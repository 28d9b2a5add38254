import type { LedgerWindow } from '../ledger';
import { bucket } from '../ledger';
import type { Pacing } from '../messages';
import { LIMIT_SCALE } from '../windows';
import type { Learned } from './learned';

/**
 * The threshold follows the abandon rate, by every live answer: up by the target when its person was served, down when
 * not. The target lies a little above or below what the tightest window earns, so that its tokens come back to half.
 */
const STEP = 0.01;
const PACE = 70;
const RETURN = 20;
const TARGET_LEAST = 0.2;
const TARGET_MOST = 1.5;
const THETA_LEAST = 1e-5;
const THETA_MOST = 0.95;

export function correct(learned: Learned, pacing: Pacing, windows: LedgerWindow[], abandoned: boolean): void {
  if (pacing.mode !== 'PREDICTIVE') return;
  const { target, limit } = aim(windows);
  if (limit <= 0 || (!abandoned && !isFollowed(learned))) return;
  const step = (STEP * PACE * pacing.gain) / pacing.correctionPace;
  const theta = learned.theta * Math.exp((step * (target - (abandoned ? 1 : 0))) / limit);
  learned.theta = Math.min(THETA_MOST, Math.max(THETA_LEAST, theta));
}

/** Held back by something else, the threshold decides nothing, and must not grow without end. */
function isFollowed(learned: Learned): boolean {
  const reason = learned.decision?.reason;
  return reason === 'PLANNED' || reason === 'SMALL_GROUP';
}

function aim(windows: LedgerWindow[]): { target: number; limit: number } {
  let target = Number.POSITIVE_INFINITY;
  let least = 0;
  for (const window of windows) {
    const limit = window.limit / LIMIT_SCALE;
    const { rate, size } = bucket(window);
    const wanted = rate + (window.tokens - size / 2) / (RETURN * size);
    const clamped = Math.min(TARGET_MOST * rate, Math.max(TARGET_LEAST * rate, wanted));
    if (clamped < target) {
      target = clamped;
      least = limit;
    }
  }
  return { target: Number.isFinite(target) ? target : 0, limit: least };
}

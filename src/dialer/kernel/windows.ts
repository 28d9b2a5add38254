import type { AbandonCause, AbandonPolicy, AbandonWindow, LedgerMinute } from './messages';

/** What a window in force asks of the ledger: where it begins, what counts in it, and its limit. */

/** Percents are compared as integers in thousandths, so that 3 of 100 is exactly 3 %. */
const PERCENT_SCALE = 1000;

export function windowsOf(policy: AbandonPolicy): AbandonWindow[] {
  const rolling = policy.windowsMs.map((ms): AbandonWindow => ({ kind: 'ROLLING', ms }));
  return [...rolling, ...(policy.windows ?? [])];
}

/** The limit in force as an integer: thousandths of a percent. */
export function limitOf(policy: AbandonPolicy, window: AbandonWindow): number {
  const percent = Math.min(policy.limitPercent, window.limitPercent ?? policy.limitPercent);
  return Math.floor(percent * PERCENT_SCALE + 1e-6);
}

export const LIMIT_SCALE = 100 * PERCENT_SCALE;

export function denominator(window: AbandonWindow, entry: LedgerMinute): number {
  return window.denominator === 'SERVED_OR_ABANDONED' ? (entry.served ?? 0) + entry.abandons : entry.liveAnswers;
}

export function numerator(window: AbandonWindow, entry: LedgerMinute): number {
  return window.numerator ? countCauses(window.numerator, entry) : entry.abandons;
}

/** Abandons of unknown cause count whatever the window asks for. */
function countCauses(wanted: AbandonCause[], entry: LedgerMinute): number {
  let counted = entry.abandons;
  for (const [cause, count] of Object.entries(entry.causes ?? {})) {
    if (!wanted.includes(cause as AbandonCause)) counted -= count;
  }
  return Math.max(0, counted);
}

/** The beginning of the window that ends at `wall`; null where a calendar says nothing. */
export function beginning(window: AbandonWindow, wall: number): number | null {
  if (window.kind === 'ROLLING') return wall - window.ms;
  const { starts } = window;
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= wall) low = middle + 1;
    else high = middle;
  }
  return low === 0 || low === starts.length ? null : starts[low - 1]!;
}

/** A window as it is shown: how long it is, and when a calendar's period began. */
export function span(window: AbandonWindow, wall: number): { windowMs: number; beganAt: number | null } {
  if (window.kind === 'ROLLING') return { windowMs: window.ms, beganAt: null };
  const beganAt = beginning(window, wall);
  const next = window.starts.find((start) => beganAt !== null && start > beganAt);
  return { windowMs: beganAt === null || next === undefined ? 0 : next - beganAt, beganAt };
}

import type { LedgerMinute } from './messages';

/**
 * Live answers and abandons of one campaign by the minute, with running sums for every legal window, so that the guard's
 * question costs nothing. A minute that is partly inside a window counts in full on the side that forbids: its abandons
 * stay until the whole minute has left, its live answers go as soon as its first millisecond has left.
 */
export interface LedgerWindow {
  ms: number;
  /** First minute (index) of which any part is inside the window now. */
  from: number;
  live: number;
  abandons: number;
  /** First minute (index) that will still be wholly inside when a line begun now has resolved. */
  laterFrom: number;
  laterLive: number;
}

export interface Ledger {
  /** Ascending, at most the longest window long. */
  minutes: LedgerMinute[];
  windows: LedgerWindow[];
  /** The longest a line begun now may take to resolve. */
  horizonMs: number;
}

export const MINUTE = 60_000;
const PRUNE_AT = 512;

export function createLedger(windowsMs: number[], horizonMs: number, seed: LedgerMinute[]): Ledger {
  const minutes = seed.map(({ minute, liveAnswers, abandons }) => ({ minute, liveAnswers, abandons }));
  minutes.sort((a, b) => a.minute - b.minute);
  const merged: LedgerMinute[] = [];
  for (const entry of minutes) {
    const last = merged[merged.length - 1];
    if (last?.minute === entry.minute) {
      last.liveAnswers += entry.liveAnswers;
      last.abandons += entry.abandons;
    } else merged.push(entry);
  }
  const ledger: Ledger = { minutes: merged, windows: [], horizonMs };
  measure(ledger, windowsMs, horizonMs);
  return ledger;
}

/** Sets windows and horizon anew (parameters may change while a campaign runs) and counts from scratch. */
export function measure(ledger: Ledger, windowsMs: number[], horizonMs: number): void {
  let live = 0;
  let abandons = 0;
  for (const entry of ledger.minutes) {
    live += entry.liveAnswers;
    abandons += entry.abandons;
  }
  ledger.horizonMs = horizonMs;
  ledger.windows = windowsMs.map((ms) => ({ ms, from: 0, live, abandons, laterFrom: 0, laterLive: live }));
}

/** Moves every window to `wall`, which never runs backwards here. */
export function advance(ledger: Ledger, wall: number): void {
  const { minutes } = ledger;
  for (const window of ledger.windows) {
    const edge = wall - window.ms;
    for (let entry = minutes[window.from]; entry && entry.minute + MINUTE <= edge; entry = minutes[window.from]) {
      window.live -= entry.liveAnswers;
      window.abandons -= entry.abandons;
      window.from += 1;
    }
    const later = edge + ledger.horizonMs;
    for (let entry = minutes[window.laterFrom]; entry && entry.minute <= later; entry = minutes[window.laterFrom]) {
      window.laterLive -= entry.liveAnswers;
      window.laterFrom += 1;
    }
  }
  prune(ledger);
}

function prune(ledger: Ledger): void {
  let dead = ledger.minutes.length;
  for (const window of ledger.windows) dead = Math.min(dead, window.from);
  if (dead < PRUNE_AT) return;
  ledger.minutes.splice(0, dead);
  for (const window of ledger.windows) {
    window.from -= dead;
    window.laterFrom = Math.max(0, window.laterFrom - dead);
  }
}

export function record(ledger: Ledger, wall: number, what: { live?: number; abandons?: number }): void {
  const minute = Math.floor(wall / MINUTE) * MINUTE;
  const live = what.live ?? 0;
  const abandons = what.abandons ?? 0;
  const { minutes } = ledger;
  let index = minutes.length - 1;
  while (index >= 0 && minutes[index]!.minute > minute) index -= 1;
  const found = minutes[index];
  if (found?.minute === minute) {
    found.liveAnswers += live;
    found.abandons += abandons;
  } else {
    index += 1;
    minutes.splice(index, 0, { minute, liveAnswers: live, abandons });
    for (const window of ledger.windows) {
      // A minute behind an edge is outside it: the edge moves with its entry.
      if (index < window.from) window.from += 1;
      if (index < window.laterFrom) window.laterFrom += 1;
    }
  }
  for (const window of ledger.windows) {
    if (index >= window.from) {
      window.live += live;
      window.abandons += abandons;
    }
    if (index >= window.laterFrom) window.laterLive += live;
  }
}

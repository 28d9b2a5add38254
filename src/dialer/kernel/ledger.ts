import type { AbandonCause, AbandonPolicy, AbandonWindow, LedgerMinute } from './messages';
import { beginning, denominator, LIMIT_SCALE, limitOf, numerator, windowsOf } from './windows';

/**
 * Live answers and abandons of one campaign by the minute, with running sums for every legal window, so that the guard's
 * question costs nothing. A minute that is partly inside a window counts in full on the side that forbids: its abandons
 * stay until the whole minute has left, its live answers go as soon as its first millisecond has left.
 */
export interface LedgerWindow {
  rule: AbandonWindow;
  /** Its length; 0 for a calendar's period. */
  ms: number;
  /** Thousandths of a percent. */
  limit: number;
  /** First minute (index) of which any part is inside the window now. */
  from: number;
  live: number;
  abandons: number;
  /** First minute (index) that will still be wholly inside when a line begun now has resolved. */
  laterFrom: number;
  laterLive: number;
  /** Whether the ledger covers the window and a calendar names its period. */
  known: boolean;
  /** The most live answers that the window has held, or will have held by the end of a first day like its first hours. */
  peak: number;
  /** The balanced guard's tokens. */
  tokens: number;
}

export interface Ledger {
  /** Ascending, at most the longest window long. */
  minutes: LedgerMinute[];
  windows: LedgerWindow[];
  /** The longest a line begun now may take to resolve. */
  horizonMs: number;
  /** False when the ledger could not be read: what it holds is not all there is. */
  readable: boolean;
  /** Minutes that began before this have been dropped, or were never read. */
  wholeSince: number;
}

export const MINUTE = 60_000;
const PRUNE_AT = 512;
const HALF_DAY = 720 * MINUTE;
/** A day's work is thought to be this long, judged from at least so much of it. */
const SHIFT_MS = 480 * MINUTE;
const SEEN_MS = 20 * MINUTE;

export interface Recorded {
  live?: number;
  abandons?: number;
  cause?: AbandonCause;
  served?: number;
}

export function createLedger(
  windows: number[] | AbandonPolicy,
  horizonMs: number,
  seed: LedgerMinute[] | null,
  since = Number.MIN_SAFE_INTEGER,
): Ledger {
  const minutes = (seed ?? []).map((entry) => ({ ...entry }));
  minutes.sort((a, b) => a.minute - b.minute);
  const merged: LedgerMinute[] = [];
  for (const entry of minutes) {
    const last = merged[merged.length - 1];
    if (last?.minute === entry.minute) add(last, entry);
    else merged.push(entry);
  }
  const ledger: Ledger = {
    minutes: merged,
    windows: [],
    horizonMs,
    readable: seed !== null,
    wholeSince: since,
  };
  measure(ledger, windows, horizonMs);
  return ledger;
}

function add(to: LedgerMinute, from: LedgerMinute): void {
  // Abandons whose cause is not told keep counting for every cause.
  if (to.causes || from.causes) {
    const causes = { ...to.causes };
    for (const [cause, count] of Object.entries(from.causes ?? {})) {
      causes[cause as AbandonCause] = (causes[cause as AbandonCause] ?? 0) + count;
    }
    to.causes = causes;
  }
  if (from.served !== undefined) to.served = (to.served ?? 0) + from.served;
  to.liveAnswers += from.liveAnswers;
  to.abandons += from.abandons;
}

/** Sets windows and horizon anew (parameters may change while a campaign runs) and counts from scratch. */
export function measure(ledger: Ledger, windows: number[] | AbandonPolicy, horizonMs: number): void {
  const policy: AbandonPolicy = Array.isArray(windows)
    ? { limitPercent: 0, windowsMs: windows, withinMs: 0, clockStart: 'ANSWER' }
    : windows;
  ledger.horizonMs = horizonMs;
  ledger.windows = windowsOf(policy).map((rule) => {
    let live = 0;
    let abandons = 0;
    for (const entry of ledger.minutes) {
      live += denominator(rule, entry);
      abandons += numerator(rule, entry);
    }
    const window: LedgerWindow = {
      rule,
      ms: rule.kind === 'ROLLING' ? rule.ms : 0,
      limit: limitOf(policy, rule),
      from: 0,
      live,
      abandons,
      laterFrom: 0,
      laterLive: live,
      known: false,
      peak: 0,
      tokens: 0,
    };
    refill(ledger, window);
    return window;
  });
}

/**
 * Moves every window on: abandons leave by the slow clock, live answers by the fast one. Neither ever runs backwards
 * here.
 */
export function advance(ledger: Ledger, slow: number, fast = slow): void {
  const { minutes } = ledger;
  for (const window of ledger.windows) {
    const { rule } = window;
    const edge = beginning(rule, slow);
    const later = beginning(rule, fast + ledger.horizonMs);
    window.known = edge !== null && later !== null && edge >= ledger.wholeSince;
    if (edge !== null) {
      for (let entry = minutes[window.from]; entry && entry.minute + MINUTE <= edge; entry = minutes[window.from]) {
        window.live -= denominator(rule, entry);
        window.abandons -= numerator(rule, entry);
        window.from += 1;
      }
    }
    if (later !== null) {
      // A rolling window is open at its beginning, a calendar's period closed.
      const last = rule.kind === 'ROLLING' ? later : later - 1;
      for (let entry = minutes[window.laterFrom]; entry && entry.minute <= last; entry = minutes[window.laterFrom]) {
        window.laterLive -= denominator(rule, entry);
        window.laterFrom += 1;
      }
    }
    window.peak = Math.max(window.peak, window.live, foreseen(ledger, window, slow));
  }
  prune(ledger);
}

/** To be moved on without the ledger itself being touched; the minutes' own entries are shared. */
export function copyOf(ledger: Ledger): Ledger {
  return { ...ledger, minutes: [...ledger.minutes], windows: ledger.windows.map((window) => ({ ...window })) };
}

/** Before a whole window has been seen, its live answers are what a shift at the pace so far would bring. */
function foreseen(ledger: Ledger, window: LedgerWindow, slow: number): number {
  const oldest = ledger.minutes[window.from];
  if (!oldest || window.ms < HALF_DAY || window.from > 0 || oldest.minute < slow - window.ms + SHIFT_MS) return 0;
  const passed = slow - oldest.minute;
  if (passed < SEEN_MS || passed > SHIFT_MS) return 0;
  return (window.live * SHIFT_MS) / passed;
}

function prune(ledger: Ledger): void {
  let dead = ledger.minutes.length;
  for (const window of ledger.windows) dead = Math.min(dead, window.from);
  if (dead < PRUNE_AT || ledger.windows.length === 0) return;
  ledger.wholeSince = Math.max(ledger.wholeSince, ledger.minutes[dead - 1]!.minute + MINUTE);
  ledger.minutes.splice(0, dead);
  for (const window of ledger.windows) {
    window.from -= dead;
    window.laterFrom = Math.max(0, window.laterFrom - dead);
  }
}

/** Live answers are dated `wall`, abandons `late`: the same unless the clock was stepped. */
export function record(ledger: Ledger, wall: number, what: Recorded, late = wall): void {
  const { live = 0, abandons = 0, served = 0 } = what;
  if (live > 0 || served > 0) enter(ledger, wall, { minute: 0, liveAnswers: live, abandons: 0, served });
  if (abandons > 0) {
    const causes = what.cause === undefined ? {} : { causes: { [what.cause]: abandons } };
    enter(ledger, late, { minute: 0, liveAnswers: 0, abandons, ...causes });
  }
}

function enter(ledger: Ledger, wall: number, what: LedgerMinute): void {
  const minute = Math.floor(wall / MINUTE) * MINUTE;
  const { minutes } = ledger;
  let index = minutes.length - 1;
  while (index >= 0 && minutes[index]!.minute > minute) index -= 1;
  const found = minutes[index];
  if (found?.minute === minute) add(found, what);
  else {
    index += 1;
    minutes.splice(index, 0, { ...what, minute });
    for (const window of ledger.windows) {
      // A minute behind an edge is outside it: the edge moves with its entry.
      if (index < window.from) window.from += 1;
      if (index < window.laterFrom) window.laterFrom += 1;
    }
  }
  for (const window of ledger.windows) {
    const live = denominator(window.rule, what);
    const abandons = numerator(window.rule, what);
    if (index >= window.from) {
      window.live += live;
      window.abandons += abandons;
    }
    if (index >= window.laterFrom) window.laterLive += live;
    pour(window, live, abandons);
  }
}

/**
 * A token bucket for each window: every live answer brings a little less than the limit, every abandon takes one. While
 * tokens are not below zero, abandons of any stretch of time stay within `rate` of its live answers plus `size`, so that a
 * window keeps its limit whatever leaves it.
 */
export function bucket(window: LedgerWindow): { rate: number; size: number } {
  const limit = window.limit / LIMIT_SCALE;
  const lives = Math.max(LEAN_SHARE * window.peak, 1);
  const due = limit * lives;
  const size = Math.max(
    1 + Math.min(BUCKET_SMALL, BUCKET_SMALL_SHARE * due),
    BUCKET_ROOT * Math.sqrt(due),
    BUCKET_SHARE * due,
  );
  return { size, rate: Math.max(RATE_FLOOR * limit, limit - size / lives) };
}

/** A day may bring so much less than the best one, and is to keep the limit by itself. */
const LEAN_SHARE = 0.75;
/** Enough for one abandon, and for a few more where the limit allows a few a day. */
const BUCKET_SMALL = 4;
const BUCKET_SMALL_SHARE = 0.2;
const BUCKET_ROOT = 1.1;
const BUCKET_SHARE = 0.1;
const RATE_FLOOR = 0.6;

function pour(window: LedgerWindow, live: number, abandons: number): void {
  const { rate, size } = bucket(window);
  window.tokens = Math.min(size, window.tokens + rate * live) - abandons;
}

/** What the tokens would be had the window always been judged as it is now. */
function refill(ledger: Ledger, window: LedgerWindow): void {
  const { rule } = window;
  let from = 0;
  let live = 0;
  for (const entry of ledger.minutes) {
    live += denominator(rule, entry);
    const edge = beginning(rule, entry.minute) ?? Number.MIN_SAFE_INTEGER;
    for (let old = ledger.minutes[from]!; old.minute + MINUTE <= edge; old = ledger.minutes[from]!) {
      live -= denominator(rule, old);
      from += 1;
    }
    window.peak = Math.max(window.peak, live);
  }
  for (const entry of ledger.minutes) pour(window, denominator(rule, entry), numerator(rule, entry));
}

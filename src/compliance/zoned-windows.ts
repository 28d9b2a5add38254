import { IANAZone } from 'luxon';

/** A stretch of a local day, in minutes from midnight as clocks show it; `end` is exclusive and at most 1440. */
export interface DayWindow {
  startMinute: number;
  endMinute: number;
}

export interface Openness {
  open: boolean;
  /** When closed: the next opening, epoch milliseconds; absent when there is none within the horizon. */
  nextAt?: number;
}

/** Windows that meet do so within days. */
const ROUNDS = 128;

/** The first moment from `from` on that is open; undefined: there is none within the horizon. */
export const firstOpen = (from: number, opennessAt: (at: number) => Openness): number | undefined => {
  let at = from;
  for (let round = 0; round < ROUNDS; round += 1) {
    const { open, nextAt } = opennessAt(at);
    if (open) return at;
    if (nextAt === undefined) return undefined;
    at = nextAt;
  }
  return undefined;
};

/** A day of a zone's calendar. */
export interface LocalDay {
  /** YYYY-MM-DD. */
  iso: string;
  /** Monday 1 to Sunday 7. */
  weekday: number;
}

/** Windows of a local day; they may touch or overlap. */
export type WindowsOf = (day: LocalDay) => readonly DayWindow[];

/** An answer with the moment before which it stays the same. */
export interface Span {
  open: boolean;
  until: number;
  /** Nothing opens before `until`, which is as far as was looked. */
  never: boolean;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HORIZON_DAYS = 370;
/** Clocks are at most 14 hours before and 12 behind UTC: a local day lies within these bounds of its date in UTC. */
const EARLIEST_MS = 14 * 3_600_000;
const LATEST_MS = 36 * 3_600_000;

interface Stretch {
  from: number;
  to: number;
}

const offsetMs = (zone: IANAZone, at: number): number => zone.offset(at) * MINUTE_MS;

/** The minute at which the clock of a zone jumps between two moments whose offsets differ. */
const jumpBetween = (zone: IANAZone, from: number, to: number): number => {
  const before = offsetMs(zone, from);
  let low = Math.floor(from / MINUTE_MS);
  let high = Math.ceil(to / MINUTE_MS);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(zone, middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
};

/**
 * Real time during which clocks of `zone` show a minute of these windows on that date. A clock put back shows an hour twice
 * and both count; a clock put forward leaves out what it jumps over.
 */
const stretchesOf = (zone: IANAZone, midnightUtc: number, windows: readonly DayWindow[]): Stretch[] => {
  if (windows.length === 0) return [];
  const from = midnightUtc - EARLIEST_MS;
  const to = midnightUtc + LATEST_MS;
  const [first, last] = [offsetMs(zone, from), offsetMs(zone, to)];
  const jump = first === last ? to : jumpBetween(zone, from, to);
  const parts = [
    { from, to: jump, offset: first },
    { from: jump, to, offset: last },
  ];
  return parts.flatMap((part) =>
    windows
      .map(({ startMinute, endMinute }) => ({
        from: Math.max(part.from, midnightUtc + startMinute * MINUTE_MS - part.offset),
        to: Math.min(part.to, midnightUtc + endMinute * MINUTE_MS - part.offset),
      }))
      .filter((stretch) => stretch.from < stretch.to),
  );
};

const dayOf = (midnightUtc: number): LocalDay => {
  const date = new Date(midnightUtc);
  return { iso: date.toISOString().slice(0, 10), weekday: date.getUTCDay() || 7 };
};

const midnightOf = (zone: IANAZone, at: number): number => Math.floor((at + offsetMs(zone, at)) / DAY_MS) * DAY_MS;

/** The date that calendars in `zone` show at `at`; undefined when there is no such zone. */
export const localDay = (at: number, zoneName: string): LocalDay | undefined => {
  const zone = IANAZone.create(zoneName);
  return zone.isValid ? dayOf(midnightOf(zone, at)) : undefined;
};

/** Whether clocks in `zone` show a time of the windows at `at`, and until when that stays so. */
export const spanAt = (at: number, zoneName: string, windowsOf: WindowsOf, horizonDays = HORIZON_DAYS): Span => {
  const zone = IANAZone.create(zoneName);
  if (!zone.isValid) return { open: false, until: at + DAY_MS, never: true };
  const today = midnightOf(zone, at);
  let next: number | undefined;
  // From the day before: where clocks are put back over midnight it comes to its end after today has begun.
  for (let ahead = -1; ahead <= horizonDays; ahead++) {
    const found = next !== undefined;
    const midnight = today + ahead * DAY_MS;
    for (const { from, to } of stretchesOf(zone, midnight, windowsOf(dayOf(midnight)))) {
      if (from <= at && at < to) return { open: true, until: to, never: false };
      if (from > at && (next === undefined || from < next)) next = from;
    }
    if (found && next !== undefined) return { open: false, until: next, never: false };
  }
  return next === undefined
    ? { open: false, until: at + horizonDays * DAY_MS, never: true }
    : { open: false, until: next, never: false };
};

/** Whether `at` lies in a window of its local day in `zone`, else when the next one opens. */
export const openness = (at: number, zone: string, windowsOf: WindowsOf, horizonDays = HORIZON_DAYS): Openness => {
  const { open, until, never } = spanAt(at, zone, windowsOf, horizonDays);
  return open || never ? { open } : { open, nextAt: until };
};

/** What two sets of windows have in common. */
export const meet = (left: readonly DayWindow[], right: readonly DayWindow[]): DayWindow[] =>
  left.flatMap((a) =>
    right
      .map((b) => ({
        startMinute: Math.max(a.startMinute, b.startMinute),
        endMinute: Math.min(a.endMinute, b.endMinute),
      }))
      .filter(({ startMinute, endMinute }) => startMinute < endMinute),
  );

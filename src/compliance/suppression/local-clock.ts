import { IANAZone } from 'luxon';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** What a clock and a calendar in a zone show. */
export interface LocalTime {
  /** 0 is Monday. */
  weekday: number;
  minute: number;
  /** 2026-12-24 */
  date: string;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;

/** Undefined for a zone that does not exist. */
export const localTime = (at: number, zone: string): LocalTime | undefined => {
  const iana = IANAZone.create(zone);
  if (!iana.isValid) return undefined;
  const local = at + iana.offset(at) * MINUTE_MS;
  const day = Math.floor(local / DAY_MS);
  return {
    // The first of January 1970 was a Thursday.
    weekday: modulo(day + 3, 7),
    minute: Math.floor(modulo(local, DAY_MS) / MINUTE_MS),
    date: new Date(local).toISOString().slice(0, 10),
  };
};

/** Moments at which the zone's clock is changed, from `from` to `to`, to the minute. */
const changes = (iana: IANAZone, from: number, to: number): number[] => {
  if (iana.offset(from) === iana.offset(to)) return [];
  let before = from;
  let after = to;
  while (after - before > MINUTE_MS) {
    const middle = Math.floor((before + after) / 2 / MINUTE_MS) * MINUTE_MS;
    if (iana.offset(middle) === iana.offset(from)) before = middle;
    else after = middle;
  }
  return [after];
};

/**
 * Every moment from `from` (a whole minute) until `to` at which a clock in the zone shows one of these minutes of the day, or
 * is changed. Between two of them, and midnight, nothing that is said of weekdays, dates and these minutes can turn.
 */
export const turns = (zone: string, minutes: readonly number[], from: number, to: number): number[] => {
  const iana = IANAZone.create(zone);
  if (!iana.isValid) return [];
  const cuts = changes(iana, from, to);
  const found = new Set(cuts);
  let start = from;
  for (const end of [...cuts, to]) {
    const offset = iana.offset(start) * MINUTE_MS;
    for (let day = Math.floor((start + offset) / DAY_MS); day * DAY_MS - offset < end; day += 1) {
      for (const minute of minutes) {
        const at = day * DAY_MS + minute * MINUTE_MS - offset;
        if (at >= start && at < end) found.add(at);
      }
    }
    start = end;
  }
  return [...found].sort((a, b) => a - b);
};

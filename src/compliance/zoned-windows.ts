import { DateTime } from 'luxon';

/** A stretch of a local day, in minutes from midnight; `end` is exclusive and at most 1440. */
export interface DayWindow {
  startMinute: number;
  endMinute: number;
}

export interface Openness {
  open: boolean;
  /** When closed: the next opening, epoch milliseconds; absent when there is none within the horizon. */
  nextAt?: number;
}

/** Windows of a local day. */
export type WindowsOf = (day: DateTime) => DayWindow[];

const HORIZON_DAYS = 370;

const minuteOf = (day: DateTime, minute: number): number =>
  minute >= 1440
    ? day.plus({ days: 1 }).startOf('day').toMillis()
    : day.set({ hour: Math.floor(minute / 60), minute: minute % 60, second: 0, millisecond: 0 }).toMillis();

/** Whether `at` lies in a window of its local day in `zone`, else when the next one opens. Days follow the zone's clock changes. */
export const openness = (at: number, zone: string, windowsOf: WindowsOf, horizonDays = HORIZON_DAYS): Openness => {
  const local = DateTime.fromMillis(at, { zone });
  if (!local.isValid) return { open: false };
  let day = local.startOf('day');
  for (let ahead = 0; ahead <= horizonDays; ahead++) {
    let next: number | undefined;
    for (const window of windowsOf(day)) {
      const start = minuteOf(day, window.startMinute);
      const end = minuteOf(day, window.endMinute);
      if (start <= at && at < end) return { open: true };
      if (start > at && end > start && (next === undefined || start < next)) next = start;
    }
    if (next !== undefined) return { open: false, nextAt: next };
    day = day.plus({ days: 1 }).startOf('day');
  }
  return { open: false };
};

import { z } from 'zod';
import { holidayOn } from './holidays';
import { WEEKDAYS, windowOf } from './shifts';
import { type Openness, openness } from './zoned-windows';

const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const time = z.string().regex(TIME, 'a time is HH:MM from 00:00 to 24:00');
const shift = z.object({ start: time, end: time });
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date is YYYY-MM-DD');

/** When a campaign group works: shifts of the week in one zone, single dates that differ, first and last day. */
export const scheduleSchema = z.object({
  timeZone: z.string().min(1),
  weekly: z.partialRecord(z.enum(WEEKDAYS), z.array(shift)),
  /** The shifts of that day in place of the week's; none: closed. */
  dateOverrides: z.array(z.object({ date, shifts: z.array(shift).default([]) })).optional(),
  /** Closed on the public holidays of this calendar, but for dates that have shifts of their own. */
  holidays: z.object({ country: z.string(), region: z.string().nullish() }).nullish(),
  startDate: date.nullish(),
  endDate: date.nullish(),
});

export type Schedule = z.infer<typeof scheduleSchema>;

/** Whether a campaign of this schedule may work at `at`, and if not when it may next. */
export const scheduleAt = (schedule: Schedule | null, at: number): Openness => {
  if (!schedule) return { open: true };
  const { holidays, startDate, endDate } = schedule;
  const overrides = new Map((schedule.dateOverrides ?? []).map((override) => [override.date, override.shifts]));
  return openness(at, schedule.timeZone, ({ iso, weekday }) => {
    if (startDate && iso < startDate) return [];
    if (endDate && iso > endDate) return [];
    const own = overrides.get(iso);
    if (!own && holidays && holidayOn(holidays, iso) !== undefined) return [];
    const name = WEEKDAYS[weekday - 1];
    return (own ?? (name && schedule.weekly[name]) ?? []).map(windowOf);
  });
};

import { z } from 'zod';
import { type DayWindow, type Openness, openness } from './zoned-windows';

const TIME = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
const time = z.string().regex(TIME, 'a time is HH:MM from 00:00 to 24:00');
const shift = z.object({ start: time, end: time });
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a date is YYYY-MM-DD');

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** When a campaign group works: shifts of the week in one zone, single dates that differ, first and last day. */
export const scheduleSchema = z.object({
  timeZone: z.string().min(1),
  weekly: z.partialRecord(z.enum(WEEKDAYS), z.array(shift)),
  /** The shifts of that day in place of the week's; none: closed. */
  dateOverrides: z.array(z.object({ date, shifts: z.array(shift).default([]) })).optional(),
  startDate: date.nullish(),
  endDate: date.nullish(),
});

export type Schedule = z.infer<typeof scheduleSchema>;

const minutes = (value: string): number => Number(value.slice(0, 2)) * 60 + Number(value.slice(3, 5));

const windowOf = ({ start, end }: { start: string; end: string }): DayWindow => ({
  startMinute: minutes(start),
  endMinute: minutes(end),
});

/** Whether a campaign of this schedule may work at `at`, and if not when it may next. */
export const scheduleAt = (schedule: Schedule | null, at: number): Openness => {
  if (!schedule) return { open: true };
  const overrides = new Map((schedule.dateOverrides ?? []).map((override) => [override.date, override.shifts]));
  return openness(at, schedule.timeZone, (day) => {
    const iso = day.toISODate() ?? '';
    if (schedule.startDate && iso < schedule.startDate) return [];
    if (schedule.endDate && iso > schedule.endDate) return [];
    const weekday = WEEKDAYS[day.weekday - 1];
    const shifts = overrides.get(iso) ?? (weekday ? schedule.weekly[weekday] : undefined) ?? [];
    return shifts.map(windowOf);
  });
};

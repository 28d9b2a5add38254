import { IANAZone } from 'luxon';
import { z } from 'zod';
import { invalid } from '../errors';

export const timeZone = () =>
  z.string().refine((name) => IANAZone.isValidZone(name), {
    error: ({ input }) => `${String(input)} is not an IANA time zone`,
  });

const clockTime = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, {
  error: ({ input }) => `${String(input)} is not a time HH:MM, 00:00–24:00`,
});

const day = z.string().refine((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)), {
  error: ({ input }) => `${String(input)} is not a date YYYY-MM-DD`,
});

const shift = z
  .object({
    start: clockTime.describe('HH:MM, 00:00–24:00.'),
    end: clockTime.describe('HH:MM, after the start.'),
  })
  .meta({ typeName: 'ShiftInput', description: 'A span of one day.' });

const shifts = () => z.array(shift).max(10);

const weekly = z
  .object({
    monday: shifts().optional().describe('Shifts of Mondays; none: closed.'),
    tuesday: shifts().optional().describe('Shifts of Tuesdays; none: closed.'),
    wednesday: shifts().optional().describe('Shifts of Wednesdays; none: closed.'),
    thursday: shifts().optional().describe('Shifts of Thursdays; none: closed.'),
    friday: shifts().optional().describe('Shifts of Fridays; none: closed.'),
    saturday: shifts().optional().describe('Shifts of Saturdays; none: closed.'),
    sunday: shifts().optional().describe('Shifts of Sundays; none: closed.'),
  })
  .meta({ typeName: 'WeeklyShiftsInput', description: 'Shifts of each weekday.' });

export const groupSchedule = z
  .object({
    timeZone: timeZone().describe('IANA zone in which the times are meant.'),
    weekly: weekly.describe('Shifts of the week.'),
    dateOverrides: z
      .array(
        z
          .object({
            date: day.describe('YYYY-MM-DD.'),
            shifts: shifts().describe('In place of the week; none: closed.'),
          })
          .meta({ typeName: 'DateOverrideInput', description: 'One date that differs, e.g. a holiday.' }),
      )
      .max(400)
      .optional()
      .describe('Dates that differ: holidays are dates without shifts.'),
    startDate: day.nullish().describe('First day, YYYY-MM-DD.'),
    endDate: day.nullish().describe('Last day, YYYY-MM-DD.'),
  })
  .meta({ typeName: 'ScheduleInput', description: 'When the group dials; without one it may at any time.' });

export type GroupSchedule = z.output<typeof groupSchedule>;

type Shift = z.output<typeof shift>;

const checkShifts = (field: string, all: readonly Shift[]): void => {
  const sorted = [...all].sort((left, right) => left.start.localeCompare(right.start));
  sorted.forEach((one, index) => {
    if (one.start >= one.end) throw invalid(field, `${field} ${one.start}–${one.end} ends before it starts`);
    const next = sorted[index + 1];
    if (next && next.start < one.end) {
      throw invalid(field, `${field} ${one.start}–${one.end} overlaps ${next.start}–${next.end}`);
    }
  });
};

/** Refuses shifts that overlap or end before they start, dates named twice, an end before the start. */
export const checkSchedule = (schedule: GroupSchedule): void => {
  for (const [weekday, all] of Object.entries(schedule.weekly)) checkShifts(`schedule.weekly.${weekday}`, all ?? []);
  const seen = new Set<string>();
  for (const override of schedule.dateOverrides ?? []) {
    checkShifts(`schedule.dateOverrides ${override.date}`, override.shifts);
    if (seen.has(override.date))
      throw invalid('schedule.dateOverrides', `schedule.dateOverrides ${override.date} stands twice`);
    seen.add(override.date);
  }
  const { startDate, endDate } = schedule;
  if (startDate && endDate && endDate < startDate) {
    throw invalid('schedule.endDate', `schedule.endDate ${endDate} is before startDate ${startDate}`);
  }
};

import { IANAZone } from 'luxon';
import { z } from 'zod';
import { invalid } from '../errors';
import type { DayWindow } from './zoned-windows';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

export const timeZone = () =>
  z.string().refine((name) => IANAZone.isValidZone(name), {
    error: ({ input }) => `${String(input)} is not an IANA time zone`,
  });

const clockTime = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, {
  error: ({ input }) => `${String(input)} is not a time HH:MM, 00:00–24:00`,
});

export const calendarDay = z
  .string()
  .refine((value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)), {
    error: ({ input }) => `${String(input)} is not a date YYYY-MM-DD`,
  });

const shift = z
  .object({
    start: clockTime.describe('HH:MM, 00:00–24:00.'),
    end: clockTime.describe('HH:MM, after the start.'),
  })
  .meta({ typeName: 'ShiftInput', description: 'A span of one day.' });

export type Shift = z.output<typeof shift>;

export const shifts = () => z.array(shift).max(10);

export const weekly = z
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

export type Weekly = z.output<typeof weekly>;

/** Refuses shifts that overlap or end before they start. */
export const checkShifts = (field: string, all: readonly Shift[]): void => {
  const sorted = [...all].sort((left, right) => left.start.localeCompare(right.start));
  sorted.forEach((one, index) => {
    if (one.start >= one.end) throw invalid(field, `${field} ${one.start}–${one.end} ends before it starts`);
    const next = sorted[index + 1];
    if (next && next.start < one.end) {
      throw invalid(field, `${field} ${one.start}–${one.end} overlaps ${next.start}–${next.end}`);
    }
  });
};

export const checkWeekly = (field: string, week: Weekly): void => {
  for (const weekday of WEEKDAYS) checkShifts(`${field}.${weekday}`, week[weekday] ?? []);
};

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

export const windowOf = ({ start, end }: Shift): DayWindow => ({
  startMinute: minutes(start),
  endMinute: minutes(end),
});

export const clockOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

import { z } from 'zod';
import { calendarFault } from '../compliance/holidays';
import { calendarDay, checkShifts, checkWeekly, shifts, timeZone, weekly } from '../compliance/shifts';
import { invalid } from '../errors';

export const groupSchedule = z
  .object({
    timeZone: timeZone().describe('IANA zone in which the times are meant.'),
    weekly: weekly.describe('Shifts of the week.'),
    dateOverrides: z
      .array(
        z
          .object({
            date: calendarDay.describe('YYYY-MM-DD.'),
            shifts: shifts().describe('In place of the week; none: closed.'),
          })
          .meta({ typeName: 'DateOverrideInput', description: 'One date that differs, e.g. a holiday.' }),
      )
      .max(400)
      .optional()
      .describe('Dates that differ: holidays are dates without shifts.'),
    holidays: z
      .object({
        country: z.string().length(2).describe('Country, ISO 3166-1.'),
        region: z
          .string()
          .max(10)
          .nullish()
          .describe('Region, the second part of ISO 3166-2; none: the whole country.'),
      })
      .meta({ typeName: 'HolidayCalendarInput', description: 'A calendar of public holidays.' })
      .nullish()
      .describe(
        'Closed on the public holidays of this calendar, but for dates that differ. None: holidays are as other days.',
      ),
    startDate: calendarDay.nullish().describe('First day, YYYY-MM-DD.'),
    endDate: calendarDay.nullish().describe('Last day, YYYY-MM-DD.'),
  })
  .meta({ typeName: 'ScheduleInput', description: 'When the group dials; without one it may at any time.' });

export type GroupSchedule = z.output<typeof groupSchedule>;

/** Refuses shifts that overlap or end before they start, dates named twice, an end before the start. */
export const checkSchedule = (schedule: GroupSchedule): void => {
  checkWeekly('schedule.weekly', schedule.weekly);
  const fault = schedule.holidays && calendarFault(schedule.holidays);
  if (fault) throw invalid('schedule.holidays', `schedule.holidays: ${fault}`);
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

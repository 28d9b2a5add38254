import type HolidayLibrary from 'date-holidays';

/** Which calendar of the library: a country and, where it has them, one of its regions. */
export interface CalendarName {
  /** ISO 3166-1, two letters. */
  country: string;
  /** The second part of ISO 3166-2: AL of US-AL. */
  region?: string | null | undefined;
}

const DAY_MS = 86_400_000;

/** The library takes a quarter of a second to load: only who asks for a holiday pays for it. */
const load = (): typeof HolidayLibrary => {
  const loaded = require('date-holidays') as { default?: typeof HolidayLibrary };
  return loaded.default ?? (loaded as unknown as typeof HolidayLibrary);
};

/** What was worked out: the library takes milliseconds for a year, and its answer never changes. */
const years = new Map<string, ReadonlyMap<string, string>>();

/**
 * The name of the public holiday on that day (YYYY-MM-DD) by the calendars of the library date-holidays, or undefined. One
 * that is kept on another day because it falls on a weekend stands on both days.
 */
export const holidayOn = ({ country, region }: CalendarName, day: string): string | undefined => {
  const key = `${country}/${region ?? ''}/${day.slice(0, 4)}`;
  let year = years.get(key);
  if (!year) {
    year = daysOf({ country, region }, Number(day.slice(0, 4)));
    years.set(key, year);
  }
  return year.get(day);
};

const daysOf = ({ country, region }: CalendarName, year: number): Map<string, string> => {
  const Library = load();
  const calendar = region ? new Library(country, region) : new Library(country);
  const days = new Map<string, string>();
  for (const holiday of calendar.getHolidays(year)) {
    if (holiday.type !== 'public') continue;
    const [date = '', time = ''] = holiday.date.split(' ');
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    // Some begin at sunset: every day that has a part of it counts. Whole days, whatever the clock of this machine does.
    const whole = Math.round((holiday.end.getTime() - holiday.start.getTime()) / DAY_MS);
    const length = Math.max(1, whole) * DAY_MS + (hour * 60 + minute) * 60_000;
    for (let begun = 0; begun < length; begun += DAY_MS) {
      const day = new Date(Date.parse(`${date}T00:00:00Z`) + begun).toISOString().slice(0, 10);
      if (!days.has(day)) days.set(day, holiday.name);
    }
  }
  return days;
};

/** Why there is no such calendar, in words to follow the field's name; undefined when there is one. */
export const calendarFault = ({ country, region }: CalendarName): string | undefined => {
  const library = new (load())();
  if (!(country in library.getCountries())) return `"${country}" is no country of the holiday calendars`;
  if (!region) return undefined;
  const regions = Object.keys(library.getStates(country) ?? {});
  if (regions.includes(region)) return undefined;
  return `"${region}" is no region of the holiday calendar of ${country}: it has ${regions.join(', ') || 'none'}`;
};

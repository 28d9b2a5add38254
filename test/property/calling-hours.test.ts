import * as fc from 'fast-check';
import { holidayOn } from '../../src/compliance/holidays';
import { lawOf } from '../../src/compliance/law/law-of';
import type { HoursRule, Profile } from '../../src/compliance/law/profile';
import { LawRegistry } from '../../src/compliance/law/registry';
import { loadShippedProfiles } from '../../src/compliance/law/shipped';
import { WEEKDAYS } from '../../src/compliance/shifts';
import { propertyRuns } from '../setup/property-runs';

const SHIPPED = loadShippedProfiles();
const MINUTE = 60_000;
const DAY = 86_400_000;

/** With clocks that jump by an hour or half of one, at midnight, to the next day's date, or never. */
const ZONES = [
  'America/New_York',
  'America/Chicago',
  'America/St_Johns',
  'America/Havana',
  'America/Asuncion',
  'America/Santiago',
  'Europe/London',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Asia/Beirut',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Pacific/Chatham',
  'Pacific/Apia',
  'Pacific/Honolulu',
];
/** Around which clocks jump somewhere, holidays lie, versions change. */
const MOMENTS = [
  '2011-12-29',
  '2022-10-31',
  '2024-12-31',
  '2026-03-07',
  '2026-03-28',
  '2026-04-04',
  '2026-07-03',
  '2026-10-03',
  '2026-10-24',
  '2026-10-31',
  '2026-12-24',
  '2027-12-30',
].map((day) => Date.parse(day));
const CALENDARS = [
  { country: 'US', region: 'AL' },
  { country: 'US', region: 'UT' },
  { country: 'GB', region: 'ENG' },
  { country: 'FR' },
];

const source = { cite: 'A test', lookedUp: true };
const time = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

const arbitraryShifts = fc
  .uniqueArray(fc.integer({ min: 0, max: 1440 }), { maxLength: 4 })
  .map((all) => all.sort((a, b) => a - b))
  .map((edges) =>
    Array.from({ length: Math.floor(edges.length / 2) }, (_, at) => ({
      start: time(edges[2 * at] as number),
      end: time(edges[2 * at + 1] as number),
    })),
  );
const arbitraryHours: fc.Arbitrary<HoursRule> = fc.record({
  weekly: fc.record(
    Object.fromEntries(WEEKDAYS.map((day) => [day, arbitraryShifts])) as Record<
      (typeof WEEKDAYS)[number],
      typeof arbitraryShifts
    >,
  ),
  holidays: fc
    .option(fc.record({ calendar: fc.constantFrom(...CALENDARS), shifts: arbitraryShifts }))
    .map((given) => (given ? { ...given.calendar, shifts: given.shifts } : null)),
  source: fc.constant(source),
});
const profile = (code: string, hours: HoursRule): Profile => ({
  jurisdiction: code,
  name: code,
  zones: [],
  covers: [],
  versions: [{ from: '1970-01-01', hours }],
});

const formats = new Map<string, Intl.DateTimeFormat>();
/** What the clock on the wall shows, by another way than the code under test. */
const wall = (at: number, zone: string): { iso: string; weekday: number; time: string } => {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    formats.set(zone, format);
  }
  const [iso = '', clock = ''] = format.format(at).split(' ');
  return { iso, weekday: (new Date(`${iso}T00:00:00Z`).getUTCDay() + 6) % 7, time: clock };
};

/** Whether every rule allows a call at that moment in that zone. */
const allow = (rules: readonly HoursRule[], at: number, zone: string): boolean => {
  const { iso, weekday, time: clock } = wall(at, zone);
  return rules.every((rule) => {
    const holiday = rule.holidays && holidayOn(rule.holidays, iso) !== undefined ? rule.holidays.shifts : undefined;
    const shifts = holiday ?? rule.weekly[WEEKDAYS[weekday] as (typeof WEEKDAYS)[number]] ?? [];
    return shifts.some(({ start, end }) => start <= clock && clock < end);
  });
};

const SPAN_MINUTES = 3 * 1440;

test('the next lawful moment is the first lawful minute, in every zone, over clock changes and holidays', () => {
  fc.assert(
    fc.property(
      fc.array(arbitraryHours, { minLength: 1, maxLength: 3 }),
      fc.uniqueArray(fc.constantFrom(...ZONES), { minLength: 1, maxLength: 3 }),
      fc.constantFrom(...MOMENTS),
      fc.integer({ min: -2880, max: 2880 }),
      (rules, zones, near, offset) => {
        const codes = rules.map((_, at) => `X-${at}`);
        const registry = new LawRegistry([
          ...SHIPPED.filter(({ jurisdiction }) => jurisdiction === 'DEFAULT').map((shipped) => ({
            ...shipped,
            versions: [{ from: '1970-01-01' }],
          })),
          ...rules.map((rule, at) => profile(codes[at] as string, rule)),
        ]);
        const at = near + offset * MINUTE;
        const lawful = (moment: number): boolean => zones.every((zone) => allow(rules, moment, zone));
        const law = lawOf(codes.join('|'), at, registry);
        const answer = law.callingHours(at, zones.join('|'));
        expect(answer.open).toBe(lawful(at));
        let first = at;
        const end = at + SPAN_MINUTES * MINUTE;
        while (first < end && !lawful(first)) first += MINUTE;
        if (answer.open) return;
        if (first < end) expect(answer.nextAt).toBe(first);
        else expect(answer.nextAt ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(end);
        if (answer.nextAt === undefined) return;
        // Far ahead, the minute itself and the one before are enough; and what was kept says the same.
        expect(lawful(answer.nextAt)).toBe(true);
        expect(lawful(answer.nextAt - MINUTE)).toBe(false);
        expect(law.callingHours(answer.nextAt - 1, zones.join('|'))).toEqual(answer);
        expect(law.callingHours(answer.nextAt, zones.join('|')).open).toBe(true);
      },
    ),
    { numRuns: propertyRuns(80) },
  );
});

const CODES = SHIPPED.map(({ jurisdiction }) => jurisdiction).filter((code) => code !== 'DEFAULT' && code !== 'EU');
/** A region never stands without its country. */
const withCountries = (codes: readonly string[]): string =>
  [...new Set(codes.flatMap((code) => [code.slice(0, 2), code]))].join('|');
const UNTIL = Date.parse('2027-01-01');

test('one more jurisdiction never loosens anything', () => {
  const registry = new LawRegistry(SHIPPED);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.constantFrom(...CODES), { minLength: 1, maxLength: 4 }),
      fc.constantFrom(...CODES),
      fc.constantFrom(...ZONES),
      fc.integer({ min: UNTIL - 400 * DAY, max: UNTIL }),
      (codes, more, zone, at) => {
        const one = lawOf(withCountries(codes), at, registry);
        const both = lawOf(withCountries([...codes, more]), at, registry);
        if (both.callingHours(at, zone).open) expect(one.callingHours(at, zone).open).toBe(true);
        expect(both.caps.map(({ id }) => id)).toEqual(expect.arrayContaining(one.caps.map(({ id }) => id)));
        expect(both.minimumRingMs).toBeGreaterThanOrEqual(one.minimumRingMs);
        expect(both.lockAfterAbandon?.ms ?? 0).toBeGreaterThanOrEqual(one.lockAfterAbandon?.ms ?? 0);
        expect(both.message.elements).toEqual(expect.arrayContaining(one.message.elements));
        if (one.unknownZone === 'NOT_DIALLED') expect(both.unknownZone).toBe('NOT_DIALLED');
        expect(both.abandon.map(({ profile }) => profile)).toEqual(
          expect.arrayContaining(one.abandon.map(({ profile }) => profile)),
        );
        expect(both.retentionDays).toBeGreaterThanOrEqual(one.retentionDays);
      },
    ),
    { numRuns: propertyRuns(200) },
  );
});

test('a law is found again in microseconds', () => {
  const registry = new LawRegistry(SHIPPED);
  const at = Date.parse('2026-11-27T12:00:00Z');
  const ask = (round: number) => {
    const law = lawOf('US|US-FL', at + round, registry);
    return law.callingHours(at + round, 'America/Chicago|America/New_York', { startMinute: 540, endMinute: 1200 });
  };
  const first = ask(0);
  const began = performance.now();
  for (let round = 1; round <= 20_000; round++) ask(round % 1000);
  const each = (performance.now() - began) / 20_000;
  expect(first).toEqual(ask(1));
  // Some 2 µs; ten times as much is allowed to a busy machine.
  expect(each).toBeLessThan(0.05);
});

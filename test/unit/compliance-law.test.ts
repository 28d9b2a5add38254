import { holidayOn } from '../../src/compliance/holidays';
import { lawOf } from '../../src/compliance/law/law-of';
import { LawRegistry } from '../../src/compliance/law/registry';
import { loadShippedProfiles, readProfile } from '../../src/compliance/law/shipped';

const SHIPPED = loadShippedProfiles();
const registry = new LawRegistry(SHIPPED);
const HOUR = 3_600_000;

/** Monday, 2 November 2026: no holiday anywhere here, no clock changes until Sunday. */
const MONDAY = '2026-11-02';
const dayAfter = (days: number): string => new Date(Date.parse(MONDAY) + days * 24 * HOUR).toISOString().slice(0, 10);

/** The lawful hours of a local day, found by asking every half hour. */
const hoursOn = (codes: string, zone: string, day: string): string => {
  const law = lawOf(codes, Date.parse(`${day}T12:00:00Z`), registry);
  const found: string[] = [];
  let began: string | undefined;
  const clock = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
  const midnight = Date.parse(`${day}T00:00:00Z`);
  for (let at = midnight - 14 * HOUR; at < midnight + 38 * HOUR; at += HOUR / 2) {
    const [date, time = ''] = clock.format(at).split(' ');
    if (date !== day) continue;
    const { open } = law.callingHours(at, zone);
    if (open) began ??= time;
    else if (began !== undefined) {
      found.push(`${began}-${time}`);
      began = undefined;
    }
  }
  if (began !== undefined) found.push(`${began}-24:00`);
  return found.join(' ');
};

interface Row {
  codes: string;
  zone: string;
  weekday: string;
  saturday: string;
  sunday: string;
  /** A public holiday and the hours on it. */
  holiday?: [day: string, hours: string];
  caps?: string[];
}

const US_CAPS: Record<string, string[]> = {
  FL: ['3 per 24 h, PERSON and subject'],
  OK: ['3 per 24 h, PERSON and subject'],
  MD: ['3 per 24 h, PERSON and subject'],
  ME: ['1 per 8 h, NUMBER'],
};
const state = (code: string, zone: string, weekday: string, more: Partial<Row> = {}): Row => ({
  codes: `US|US-${code}`,
  zone,
  weekday,
  saturday: weekday,
  sunday: weekday,
  caps: US_CAPS[code] ?? [],
  ...more,
});
const CHRISTMAS = '2026-12-25';
const barred: Partial<Row> = { sunday: '', holiday: [CHRISTMAS, ''] };

const TABLE: Row[] = [
  { ...state('CA', 'America/Los_Angeles', '08:00-21:00', { holiday: [CHRISTMAS, '08:00-21:00'] }) },
  state('FL', 'America/New_York', '08:00-20:00', { holiday: [CHRISTMAS, '08:00-20:00'] }),
  state('OK', 'America/Chicago', '08:00-20:00'),
  state('MD', 'America/New_York', '08:00-20:00'),
  state('WA', 'America/Los_Angeles', '08:00-20:00'),
  state('ME', 'America/New_York', '08:00-21:00'),
  state('AL', 'America/Chicago', '08:00-20:00', barred),
  state('CT', 'America/New_York', '09:00-20:00'),
  state('KY', 'America/New_York', '10:00-21:00'),
  state('IL', 'America/Chicago', '08:00-21:00'),
  // Mardi Gras is a holiday of Louisiana's own.
  state('LA', 'America/Chicago', '08:00-20:00', { sunday: '', holiday: ['2026-02-17', ''] }),
  state('MS', 'America/Chicago', '08:00-20:00', barred),
  state('PA', 'America/New_York', '08:00-21:00', { holiday: [CHRISTMAS, ''] }),
  state('RI', 'America/New_York', '09:00-18:00', { saturday: '10:00-17:00', sunday: '', holiday: ['2026-08-10', ''] }),
  state('UT', 'America/Denver', '08:00-21:00', { sunday: '', holiday: ['2026-07-24', ''] }),
  state('TX', 'America/Chicago', '09:00-21:00', { sunday: '12:00-21:00' }),
  state('MA', 'America/New_York', '08:00-20:00'),
  state('MI', 'America/Detroit', '09:00-21:00'),
  state('MN', 'America/Chicago', '09:00-21:00'),
  state('NV', 'America/Los_Angeles', '09:00-20:00'),
  state('NM', 'America/Denver', '09:00-21:00'),
  { codes: 'GB', zone: 'Europe/London', weekday: '08:00-21:00', saturday: '08:00-21:00', sunday: '08:00-21:00' },
  {
    codes: 'CA|CA-ON',
    zone: 'America/Toronto',
    weekday: '09:00-21:30',
    saturday: '10:00-18:00',
    sunday: '10:00-18:00',
    holiday: ['2026-07-01', ''],
  },
  { codes: 'IN', zone: 'Asia/Kolkata', weekday: '09:00-21:00', saturday: '09:00-21:00', sunday: '09:00-21:00' },
  { codes: 'DE', zone: 'Europe/Berlin', weekday: '08:00-21:00', saturday: '08:00-21:00', sunday: '08:00-21:00' },
  {
    codes: 'FR',
    zone: 'Europe/Paris',
    weekday: '10:00-13:00 14:00-20:00',
    saturday: '',
    sunday: '',
    holiday: ['2026-07-14', ''],
    caps: ['4 per 720 h, PERSON'],
  },
  {
    codes: 'AU',
    zone: 'Australia/Sydney',
    weekday: '09:00-20:00',
    saturday: '09:00-17:00',
    sunday: '',
    holiday: ['2026-01-26', ''],
  },
  // A country without a profile, and none at all: the default.
  { codes: 'JP', zone: 'Asia/Tokyo', weekday: '08:00-21:00', saturday: '08:00-21:00', sunday: '08:00-21:00' },
  { codes: '', zone: 'UTC', weekday: '08:00-21:00', saturday: '08:00-21:00', sunday: '08:00-21:00' },
];

describe('law by jurisdiction', () => {
  it.each(TABLE)(
    '$codes: hours, Sundays, holidays, caps',
    ({ codes, zone, weekday, saturday, sunday, holiday, caps }) => {
      expect(hoursOn(codes, zone, dayAfter(0))).toBe(weekday);
      expect(hoursOn(codes, zone, dayAfter(4))).toBe(weekday);
      expect(hoursOn(codes, zone, dayAfter(5))).toBe(saturday);
      expect(hoursOn(codes, zone, dayAfter(13))).toBe(sunday);
      if (holiday) expect(hoursOn(codes, zone, holiday[0])).toBe(holiday[1]);
      const words = lawOf(codes, Date.parse(MONDAY), registry).caps.map(
        (cap) =>
          `${cap.max} per ${'rollingMs' in cap.within ? `${cap.within.rollingMs / HOUR} h` : 'day'}, ${cap.scope}${cap.perSubject ? ' and subject' : ''}`,
      );
      expect(words).toEqual(caps ?? []);
    },
  );

  it.each([
    // codes, limit, hours of the window (null: a month), denominator, clock, lock in hours, days kept
    ['US|US-FL', 3, 720, 'LIVE_ANSWERS', 'GREETING_END', null, 1827],
    ['GB', 3, 24, 'SERVED_OR_ABANDONED', 'ANSWER', 72, 184],
    ['CA|CA-ON', 5, null, 'LIVE_ANSWERS', 'ANSWER', null, 1096],
    ['IN', 3, 24, 'LIVE_ANSWERS', 'ANSWER', null, 1827],
    ['FR', 3, 720, 'LIVE_ANSWERS', 'GREETING_END', null, 1827],
    ['', 3, 720, 'LIVE_ANSWERS', 'GREETING_END', null, 1827],
  ])('%s: abandoned calls, lock, retention', (codes, limit, hours, denominator, clockStart, lock, days) => {
    const law = lawOf(codes, Date.parse(MONDAY), registry);
    expect(law.abandon).toMatchObject([
      {
        limitPercent: limit,
        window: hours === null ? { calendarMonth: true, timeZone: 'America/Toronto' } : { rollingMs: hours * HOUR },
        numerator: 'ALL',
        denominator,
        clockStart,
        withinMs: 2000,
        scope: 'CAMPAIGN',
      },
    ]);
    expect(law.lockAfterAbandon).toEqual(lock === null ? null : { ms: lock * HOUR, unlessAgentGuaranteed: true });
    expect(law.retentionDays).toBe(days);
    expect(law.minimumRingMs).toBe(15_000);
  });

  it.each([
    ['US', ['CALLER_NAME', 'CALLBACK_NUMBER', 'PURPOSE', 'OPT_OUT_BY_KEY', 'NO_MARKETING']],
    ['GB', ['CALLER_NAME', 'OPT_OUT_NUMBER', 'NO_MARKETING']],
    ['CA', ['CALLER_NAME', 'CALLBACK_NUMBER', 'OPT_OUT_BY_KEY', 'NO_MARKETING']],
  ])('%s: what an abandoned person hears', (codes, elements) => {
    expect(lawOf(codes, Date.parse(MONDAY), registry).message).toEqual({ withinMs: 2000, elements });
  });

  it('names a source for every figure, and says which were not looked up', () => {
    for (const { versions } of SHIPPED) {
      for (const { from: _, to: __, ...rules } of versions) {
        for (const rule of Object.values(rules).flat()) {
          if (!rule) continue;
          const { cite, url, lookedUp } = rule.source;
          const said = /^House rule|^One zone/.test(cite) ? 'OURS' : lookedUp ? 'LOOKED_UP' : 'KNOWN';
          // What was looked up says where; what was not says nothing that could be taken for it.
          if (said === 'LOOKED_UP') expect({ cite, url }).toMatchObject({ url: expect.stringMatching(/^https?:/) });
          else if (said === 'OURS') expect(url).toBeUndefined();
          else if (url) expect(cite).toMatch(/\(known, not looked up\)/);
        }
      }
    }
  });

  it('goes by the version of the day', () => {
    const at = (day: string) => lawOf('US', Date.parse(`${day}T12:00:00Z`), registry);
    expect(at('2024-10-14')).toMatchObject({ profiles: ['US@2008-10-01'], retentionDays: 731 });
    expect(at('2024-10-15')).toMatchObject({ profiles: ['US@2024-10-15'], retentionDays: 1827 });
    expect(at('2025-01-01')).toBe(at('2026-01-01'));
    // Before the Oklahoma law: the federal hours, and no cap.
    expect(hoursOn('US|US-OK', 'America/Chicago', '2022-10-31')).toBe('08:00-21:00');
    expect(hoursOn('US|US-OK', 'America/Chicago', '2022-11-01')).toBe('08:00-20:00');
    expect(lawOf('US|US-OK', Date.parse('2022-10-31'), registry).caps).toEqual([]);
  });

  it('takes the strictest of all that apply', () => {
    const law = lawOf('CA|CA-QC|GB|US|US-FL|US-RI', Date.parse(MONDAY), registry);
    expect(hoursOn('CA|CA-QC|GB|US|US-FL|US-RI', 'America/New_York', dayAfter(0))).toBe('09:00-18:00');
    expect(hoursOn('CA|CA-QC|GB|US|US-FL|US-RI', 'America/New_York', dayAfter(6))).toBe('');
    expect(law.abandon).toHaveLength(3);
    expect(law.lockAfterAbandon).toEqual({ ms: 72 * HOUR, unlessAgentGuaranteed: true });
    expect(law.message.elements).toHaveLength(6);
    expect(law.caps.map(({ id }) => id)).toEqual(['US-FL/3-in-24h']);
  });

  it('knows holidays that are kept on another day', () => {
    const us = { country: 'US', region: 'AL' };
    // Independence Day of 2026 is a Saturday.
    expect(holidayOn(us, '2026-07-03')).toMatch(/Independence/);
    expect(holidayOn(us, '2026-07-04')).toMatch(/Independence/);
    expect(holidayOn(us, '2026-07-06')).toBeUndefined();
    // New Year of 2028 is a Saturday, kept in the year before.
    expect(holidayOn(us, '2027-12-31')).toMatch(/New Year/);
  });
});

describe('a profile that is wrong', () => {
  const version = (more: object) => ({ from: '2026-01-01', ...more });
  const read =
    (...versions: object[]) =>
    () =>
      readProfile('us-xx.json', JSON.stringify({ jurisdiction: 'US-XX', name: 'X', versions }));
  const source = { cite: 'A test' };
  const week = (shifts: object[]) => version({ hours: { weekly: { monday: shifts }, source } });

  it.each<[string, () => unknown, RegExp]>([
    [
      'overlapping shifts',
      read(
        week([
          { start: '08:00', end: '12:00' },
          { start: '11:00', end: '13:00' },
        ]),
      ),
      /^us-xx.json: versions 2026-01-01.hours.weekly.monday 08:00–12:00 overlaps 11:00–13:00$/,
    ],
    ['a shift that ends before it starts', read(week([{ start: '12:00', end: '08:00' }])), /12:00–08:00 ends before/],
    ['a time that is none', read(week([{ start: '8', end: '12:00' }])), /monday.0.start 8 is not a time HH:MM/],
    ['an end before the start', read(version({ to: '2025-12-31' })), /to 2025-12-31 is before from 2026-01-01$/],
    [
      'overlapping versions',
      read(version({ to: '2026-06-30' }), { from: '2026-06-01' }),
      /versions 2026-01-01 to 2026-06-30 overlaps the version from 2026-06-01$/,
    ],
    ['two versions of a day', read(version({}), version({})), /versions: two begin on 2026-01-01$/],
    [
      'an unknown calendar',
      read(version({ hours: { weekly: {}, holidays: { country: 'US', region: 'QQ', shifts: [] }, source } })),
      /hours.holidays: "QQ" is no region of the holiday calendar of US: it has AL, AK/,
    ],
    [
      'an unknown zone',
      () =>
        readProfile(
          'us.json',
          JSON.stringify({ jurisdiction: 'US', name: 'X', zones: ['Mars/Base'], versions: [version({})] }),
        ),
      /^us.json: zones.0 Mars\/Base is not an IANA time zone$/,
    ],
    ['a rule nobody knows', read(version({ minimumPing: {} })), /versions.0 does not know minimumPing/],
    ['a figure without a source', read(version({ minimumRing: { seconds: 15 } })), /minimumRing.source must be given/],
    [
      'an abandon limit without a window',
      read(
        version({
          abandon: [
            {
              limitPercent: 3,
              denominator: 'LIVE_ANSWERS',
              clockStart: 'ANSWER',
              withinMs: 2000,
              scope: 'CAMPAIGN',
              source,
            },
          ],
        }),
      ),
      /give windowHours, or monthZone/,
    ],
  ])('%s is refused, naming file, field and value', (_, attempt, message) => {
    expect(attempt).toThrow(message);
  });
});

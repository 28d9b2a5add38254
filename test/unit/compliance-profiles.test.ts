import type { Source } from '../../src/compliance/law/profile';
import { loadShippedProfiles } from '../../src/compliance/law/shipped';
import { WEEKDAYS } from '../../src/compliance/shifts';

/** Every figure of every shipped profile, written down a second time with the beginning of what its source is said to be. */

/** `OURS`: a rule of the house; `KNOWN`: known, not looked up; else it was read, and the profile says where. */
type Told = [value: unknown, cite: RegExp, standing?: 'OURS' | 'KNOWN'];

interface Row {
  jurisdiction: string;
  from: string;
  /** Monday to Friday, Saturday, Sunday; the calendar on whose holidays nobody is called. */
  hours?: Told;
  caps?: Told;
  ring?: Told;
  /** Per cent, window in hours or `month`, denominator, from when the two seconds count. */
  abandon?: Told;
  lock?: Told;
  message?: Told;
  days?: Told;
  unknownZone?: Told;
}

const RING: Told = ['15 s', /310\.4\(b\)\(4\)\(ii\)|ring at least 15 seconds/];
const HOUSE_ZONES: Told = ['STRICTEST', /^House rule: open in every zone of the (states|provinces) at once/, 'OURS'];
const NO_GUESS: Told = ['NOT_DIALLED', /^House rule/, 'OURS'];
const ONE_ZONE: Told = ['STRICTEST', /^One zone/, 'OURS'];

const US: Omit<Row, 'from'> = {
  jurisdiction: 'US',
  hours: ['08:00-21:00 | 08:00-21:00 | 08:00-21:00', /^47 CFR 64\.1200\(c\)\(1\); 16 CFR 310\.4\(c\)/],
  ring: RING,
  abandon: ['3 % in 720 h of LIVE_ANSWERS from GREETING_END', /^16 CFR 310\.4\(b\)\(4\)\(i\): at most 3 %/],
  message: [
    'CALLER_NAME, CALLBACK_NUMBER, PURPOSE, OPT_OUT_BY_KEY, NO_MARKETING',
    /^16 CFR 310\.4\(b\)\(4\)\(iii\).*47 CFR 64\.1200\(a\)\(7\)/,
    'KNOWN',
  ],
  unknownZone: HOUSE_ZONES,
};
const GB: Omit<Row, 'from'> = {
  jurisdiction: 'GB',
  hours: ['08:00-21:00 | 08:00-21:00 | 08:00-21:00', /^No hours in law; 8 a\.m\. to 9 p\.m\. is the practice/, 'KNOWN'],
  ring: RING,
  lock: ['72 h unless an agent is there', /^Ofcom.*within 72 hours only with a live operator guaranteed/],
  message: [
    'CALLER_NAME, OPT_OUT_NUMBER, NO_MARKETING',
    /^Ofcom, policy on persistent misuse: name of the organisation/,
  ],
  days: [184, /^Ofcom: records for six months/, 'KNOWN'],
  unknownZone: ONE_ZONE,
};
const OF_ALL = '08:00-20:00 | 08:00-20:00 | 08:00-20:00';
const NOT_ON_SUNDAYS = '08:00-20:00 | 08:00-20:00 | none';
const THREE = (state: string): string => `US-${state}/3-in-24h: 3 in 24 h per PERSON and subject`;

const state = (code: string, from: string, hours: Told, caps?: Told): Row => ({
  jurisdiction: `US-${code}`,
  from,
  hours,
  ...(caps && { caps }),
});

const TABLE: Row[] = [
  { ...US, from: '2008-10-01', days: [731, /^16 CFR 310\.5 before October 2024: 24 months/, 'KNOWN'] },
  { ...US, from: '2024-10-15', days: [1827, /^16 CFR 310\.5 since October 2024: 5 years/, 'KNOWN'] },
  state('AL', '2000-01-01', [`${NOT_ON_SUNDAYS}, not on holidays of US AL`, /^8 a\.m\. to 8 p\.m\., not on Sundays/]),
  state('CT', '2023-10-01', ['09:00-20:00 | 09:00-20:00 | 09:00-20:00', /^9 a\.m\. to 8 p\.m\./]),
  state(
    'FL',
    '2021-07-01',
    [OF_ALL, /^Fla\. Stat\. 501\.616\(6\)\(a\)/],
    [THREE('FL'), /^Fla\. Stat\. 501\.616\(6\)\(b\)/],
  ),
  state('IL', '2000-01-01', ['08:00-21:00 | 08:00-21:00 | 08:00-21:00', /^8 a\.m\. to 9 p\.m\./]),
  state('KY', '2000-01-01', ['10:00-21:00 | 10:00-21:00 | 10:00-21:00', /^10 a\.m\. to 9 p\.m\./]),
  state('LA', '2000-01-01', [`${NOT_ON_SUNDAYS}, not on holidays of US LA`, /^8 a\.m\. to 8 p\.m\., not on Sundays/]),
  state('MA', '2000-01-01', [OF_ALL, /^8 a\.m\. to 8 p\.m\./]),
  state(
    'MD',
    '2024-01-01',
    [OF_ALL, /^Stop the Spam Calls Act of 2023/],
    [THREE('MD'), /^Stop the Spam Calls Act of 2023/],
  ),
  {
    jurisdiction: 'US-ME',
    from: '2000-01-01',
    caps: ['US-ME/1-in-8h: 1 in 8 h per NUMBER', /^Automated calling device: one call in 8 hours to a number/],
  },
  state('MI', '2000-01-01', ['09:00-21:00 | 09:00-21:00 | 09:00-21:00', /^9 a\.m\. to 9 p\.m\./]),
  state('MN', '2000-01-01', ['09:00-21:00 | 09:00-21:00 | 09:00-21:00', /^9 a\.m\. to 9 p\.m\./]),
  state('MS', '2000-01-01', [`${NOT_ON_SUNDAYS}, not on holidays of US MS`, /^8 a\.m\. to 8 p\.m\., not on Sundays/]),
  state('NM', '2000-01-01', ['09:00-21:00 | 09:00-21:00 | 09:00-21:00', /^9 a\.m\. to 9 p\.m\./]),
  state('NV', '2000-01-01', ['09:00-20:00 | 09:00-20:00 | 09:00-20:00', /^9 a\.m\. to 8 p\.m\./]),
  state(
    'OK',
    '2022-11-01',
    [OF_ALL, /^15 O\.S\. 775C\.4 \(HB 3168\)/],
    [THREE('OK'), /^15 O\.S\. 775C\.4 \(HB 3168\)/],
  ),
  state('PA', '2025-01-01', [
    '08:00-21:00 | 08:00-21:00 | 08:00-21:00, not on holidays of US PA',
    /^Holidays barred; hours as federal law/,
  ]),
  state('RI', '2000-01-01', [
    '09:00-18:00 | 10:00-17:00 | none, not on holidays of US RI',
    /^R\.I\. Gen\. Laws 5-61-3\.6/,
    'KNOWN',
  ]),
  state('TX', '2000-01-01', ['09:00-21:00 | 09:00-21:00 | 12:00-21:00', /^Tex\. Bus\. & Com\. Code 301\.051/, 'KNOWN']),
  state('UT', '2000-01-01', [
    '08:00-21:00 | 08:00-21:00 | none, not on holidays of US UT',
    /^Utah Code 13-25a-103/,
    'KNOWN',
  ]),
  state('WA', '2022-06-09', [OF_ALL, /^HB 1497 of 2022/]),
  {
    ...GB,
    from: '2006-03-01',
    abandon: ['3 % in 24 h of SERVED_OR_ABANDONED from ANSWER', /^Ofcom 2006: at most 3 % of live calls/],
  },
  {
    ...GB,
    from: '2017-03-01',
    abandon: ['3 % in 24 h of SERVED_OR_ABANDONED from ANSWER', /^Ofcom, statement of 20 December 2016/],
  },
  {
    jurisdiction: 'CA',
    from: '2008-09-30',
    hours: [
      '09:00-21:30 | 10:00-18:00 | 10:00-18:00, not on holidays of CA',
      /^CRTC, Unsolicited Telecommunications Rules: 9:00 to 21:30, on weekends 10:00 to 18:00/,
      'KNOWN',
    ],
    abandon: ['5 % in month America/Toronto of LIVE_ANSWERS from ANSWER', /^CRTC: at most 5 %/, 'KNOWN'],
    days: [1096, /^CRTC: records of abandonment for three years/, 'KNOWN'],
    unknownZone: HOUSE_ZONES,
  },
  {
    jurisdiction: 'IN',
    from: '2011-01-01',
    hours: [
      '09:00-21:00 | 09:00-21:00 | 09:00-21:00',
      /^TRAI: no commercial communication between 9 p\.m\. and 9 a\.m\./,
    ],
    abandon: ['3 % in 24 h of LIVE_ANSWERS from ANSWER', /^TCCCPR 2018/, 'KNOWN'],
    unknownZone: ONE_ZONE,
  },
  {
    jurisdiction: 'AU',
    from: '2007-05-31',
    hours: [
      '09:00-20:00 | 09:00-17:00 | none, not on holidays of AU',
      /^Telemarketing and research industry standard: Monday to Friday 9 a\.m\. to 8 p\.m\., Saturdays to 5 p\.m\./,
    ],
    unknownZone: ['STRICTEST', /^House rule: open in every zone of the states at once/, 'OURS'],
  },
  {
    jurisdiction: 'FR',
    from: '2023-03-01',
    hours: [
      '10:00-13:00 14:00-20:00 | none | none, not on holidays of FR',
      /^Décret 2022-1313: Monday to Friday 10:00 to 13:00 and 14:00 to 20:00/,
      'KNOWN',
    ],
    caps: ['FR/4-in-30d: 4 in 720 h per PERSON', /^Décret 2022-1313: at most 4 times in 30 days/, 'KNOWN'],
    unknownZone: NO_GUESS,
  },
  {
    jurisdiction: 'EU',
    from: '2002-07-31',
    hours: ['08:00-21:00 | 08:00-21:00 | 08:00-21:00', /^House rule: no hours in Union law/, 'OURS'],
    message: [
      'CALLER_NAME, CALLBACK_NUMBER, OPT_OUT_BY_KEY, NO_MARKETING',
      /^Directive 2002\/58\/EC, article 13/,
      'KNOWN',
    ],
    unknownZone: NO_GUESS,
  },
  {
    jurisdiction: 'DEFAULT',
    from: '1970-01-01',
    hours: ['08:00-21:00 | 08:00-21:00 | 08:00-21:00', /^House rule: the widest hours of US federal law/, 'OURS'],
    ring: ['15 s', /^House rule: as US 16 CFR 310\.4\(b\)\(4\)\(ii\)/, 'OURS'],
    abandon: [
      '3 % in 720 h of LIVE_ANSWERS from GREETING_END',
      /^House rule: as US 16 CFR 310\.4\(b\)\(4\)\(i\)/,
      'OURS',
    ],
    message: [
      'CALLER_NAME, CALLBACK_NUMBER, OPT_OUT_BY_KEY, NO_MARKETING',
      /^House rule: as US 16 CFR 310\.4\(b\)\(4\)\(iii\)/,
      'OURS',
    ],
    days: [1827, /^House rule: as US 16 CFR 310\.5/, 'OURS'],
    unknownZone: NO_GUESS,
  },
];

const profiles = loadShippedProfiles();

/** The one week that most profiles have, in short. */
const weekOf = (weekly: Partial<Record<string, { start: string; end: string }[]>>): string => {
  const on = (day: string) => (weekly[day] ?? []).map(({ start, end }) => `${start}-${end}`).join(' ') || 'none';
  const week = [...new Set(WEEKDAYS.slice(0, 5).map(on))];
  expect(week).toHaveLength(1);
  return [week[0], on('saturday'), on('sunday')].join(' | ');
};

const standingOf = ({ cite, lookedUp }: Source): string =>
  /^House rule|^One zone/.test(cite) ? 'OURS' : lookedUp ? 'LOOKED_UP' : 'KNOWN';

const versionOf = (jurisdiction: string, from: string) =>
  profiles.find((profile) => profile.jurisdiction === jurisdiction)?.versions.find((version) => version.from === from);

describe('what is shipped', () => {
  it('has a row here, each version of it, and nothing else has', () => {
    const shipped = profiles.flatMap(({ jurisdiction, versions }) =>
      versions.map(({ from }) => `${jurisdiction}@${from}`),
    );
    expect(TABLE.map(({ jurisdiction, from }) => `${jurisdiction}@${from}`).sort()).toEqual(shipped.sort());
    expect(profiles).toHaveLength(28);
  });

  it.each(TABLE)('$jurisdiction from $from: hours, caps, ringing, abandons, lock, message, retention, zones', (row) => {
    const version = versionOf(row.jurisdiction, row.from);
    const { hours, caps, minimumRing, abandon, lockAfterAbandon, message, retention, unknownZone } = version ?? {};
    const calendar = hours?.holidays;
    // Where holidays are another thing at all, nobody is called on them.
    expect(calendar?.shifts ?? []).toEqual([]);
    const closed = calendar
      ? `, not on holidays of ${[calendar.country, calendar.region].filter(Boolean).join(' ')}`
      : '';
    const [cap, ...moreCaps] = caps ?? [];
    const [limit, ...moreLimits] = abandon ?? [];
    expect([...moreCaps, ...moreLimits]).toEqual([]);
    if (limit) expect(limit).toMatchObject({ withinMs: 2_000, scope: 'CAMPAIGN' });
    if (message) expect(message.withinMs).toBe(2_000);
    if (lockAfterAbandon) expect(lockAfterAbandon.unlessAgentGuaranteed).toBe(true);
    const told: Record<string, [value: unknown, source: Source] | null | undefined> = {
      hours: hours && [`${weekOf(hours.weekly)}${closed}`, hours.source],
      caps: cap && [
        `${cap.id}: ${cap.maximum} in ${cap.withinHours} h per ${cap.scope}${cap.perSubject ? ' and subject' : ''}`,
        cap.source,
      ],
      ring: minimumRing && [`${minimumRing.seconds} s`, minimumRing.source],
      abandon: limit && [
        `${limit.limitPercent} % in ${limit.windowHours ? `${limit.windowHours} h` : `month ${limit.monthZone}`} of ${limit.denominator} from ${limit.clockStart}`,
        limit.source,
      ],
      lock: lockAfterAbandon && [`${lockAfterAbandon.hours} h unless an agent is there`, lockAfterAbandon.source],
      message: message && [message.elements.join(', '), message.source],
      days: retention && [retention.days, retention.source],
      unknownZone: unknownZone && [unknownZone.rule, unknownZone.source],
    };
    const { jurisdiction: _, from: __, ...expected } = row;
    const present = Object.entries(told).flatMap(([rule, value]) => (value ? rule : []));
    expect(present.sort()).toEqual(Object.keys(expected).sort());
    for (const [rule, given] of Object.entries(expected) as [string, Told][]) {
      const [value, cite, standing = 'LOOKED_UP'] = given;
      const [found, source] = told[rule] as [unknown, Source];
      expect({ rule, value: found, standing: standingOf(source) }).toEqual({ rule, value, standing });
      expect(source.cite).toMatch(cite);
    }
  });
});

import { DateTime } from 'luxon';

/**
 * What some laws say of hours, caps and rests, written down a second time and read with another library for the clock: what a
 * test judges recorded attempts by. Nothing of `src/compliance` is used here.
 */
type Hours = readonly (readonly [from: string, to: string])[];

interface Jurisdiction {
  week: Hours;
  saturday?: Hours;
  sunday?: Hours;
  /** The calendar on whose holidays nobody is called. */
  closedOn?: string;
}

const all: Hours = [['08:00', '21:00']];
const never: Hours = [];

const JURISDICTIONS: Record<string, Jurisdiction> = {
  US: { week: all },
  'US-AL': { week: [['08:00', '20:00']], sunday: never, closedOn: 'US-AL' },
  'US-FL': { week: [['08:00', '20:00']] },
  'US-OK': { week: [['08:00', '20:00']] },
  'US-PA': { week: all, closedOn: 'US-PA' },
  'US-RI': { week: [['09:00', '18:00']], saturday: [['10:00', '17:00']], sunday: never, closedOn: 'US-RI' },
  'US-TX': { week: [['09:00', '21:00']], sunday: [['12:00', '21:00']] },
  GB: { week: all },
  CA: { week: [['09:00', '21:30']], saturday: [['10:00', '18:00']], sunday: [['10:00', '18:00']], closedOn: 'CA' },
  IN: { week: [['09:00', '21:00']] },
  FR: {
    week: [
      ['10:00', '13:00'],
      ['14:00', '20:00'],
    ],
    saturday: never,
    sunday: never,
    closedOn: 'FR',
  },
  AU: { week: [['09:00', '20:00']], saturday: [['09:00', '17:00']], sunday: never, closedOn: 'AU' },
};

/** Where no law is known: the widest hours that any is known to have. */
const UNKNOWN: Jurisdiction = { week: all };

/** Days (YYYY-MM-DD) of each calendar. */
export type Holidays = Readonly<Record<string, readonly string[]>>;

export interface Told {
  /** IANA zones joined by '|'. */
  zones: string;
  /** `US|US-FL` */
  codes: string;
  holidays: Holidays;
  /** Codes whose hours give way to these. */
  instead?: Readonly<Record<string, Hours>>;
}

export const local = (at: number, zone: string): DateTime => DateTime.fromMillis(at, { zone });

export const inHours = (hours: Hours, time: DateTime): boolean => {
  const clock = time.toFormat('HH:mm');
  return hours.some(([from, to]) => from <= clock && clock < to);
};

const allowed = ({ week, saturday, sunday, closedOn }: Jurisdiction, time: DateTime, holidays: Holidays): boolean => {
  if (closedOn && (holidays[closedOn] ?? []).includes(time.toISODate() ?? '')) return false;
  const hours = (time.weekday === 6 && saturday) || (time.weekday === 7 && sunday) || week;
  return inHours(hours, time);
};

/** Whether a call is lawful at a moment, in each zone and by each law. */
export const isLawful = (at: number, { zones, codes, holidays, instead = {} }: Told): boolean => {
  const known = codes.split('|').filter((code) => JURISDICTIONS[code]);
  const laws = known.map((code): Jurisdiction => {
    const other = instead[code];
    return other ? { week: other } : (JURISDICTIONS[code] as Jurisdiction);
  });
  return zones
    .split('|')
    .every((zone) => (laws.length > 0 ? laws : [UNKNOWN]).every((law) => allowed(law, local(at, zone), holidays)));
};

export interface LegalCap {
  max: number;
  hours: number;
  by: 'PERSON' | 'NUMBER';
  perSubject: boolean;
}

const THREE_A_DAY: LegalCap = { max: 3, hours: 24, by: 'PERSON', perSubject: true };
const CAPS: Record<string, LegalCap> = {
  'US-FL': THREE_A_DAY,
  'US-MD': THREE_A_DAY,
  'US-OK': THREE_A_DAY,
  'US-ME': { max: 1, hours: 8, by: 'NUMBER', perSubject: false },
  FR: { max: 4, hours: 720, by: 'PERSON', perSubject: false },
};

export const capsOfLaw = (codes: string): LegalCap[] => codes.split('|').flatMap((code) => CAPS[code] ?? []);

/** How long a number rests after an abandoned call to it, unless an agent is there; 0: not at all. */
export const restHours = (codes: string): number => (codes.split('|').includes('GB') ? 72 : 0);

import * as fc from 'fast-check';
import type { RetryRule } from '../../src/contacts/retry/outcome-set';

/** What is thrown at a claim: people, campaigns, and what happens to them, as plain values. */

export const MODES = ['Home', 'Work', 'Mobile'] as const;
const FLORIDA = { zones: 'America/New_York', codes: 'US|US-FL' };
const LONDON = { zones: 'Europe/London', codes: 'GB' };
const MAINE = { zones: 'America/New_York', codes: 'US|US-ME' };
/** Where more is counted, more people are. */
export const PLACES = [
  FLORIDA,
  FLORIDA,
  FLORIDA,
  LONDON,
  LONDON,
  LONDON,
  MAINE,
  MAINE,
  { zones: 'America/Chicago', codes: 'US|US-AL' },
  { zones: 'America/New_York', codes: 'US|US-RI' },
  { zones: 'America/New_York', codes: 'US|US-PA' },
  { zones: 'America/Chicago', codes: 'US|US-TX' },
  { zones: 'America/New_York|America/Chicago', codes: 'US|US-FL' },
  { zones: 'America/Los_Angeles|America/Boise', codes: 'US' },
  { zones: 'America/St_Johns', codes: 'CA' },
  { zones: 'America/Toronto', codes: 'CA|CA-ON' },
  { zones: 'Europe/Paris', codes: 'FR' },
  { zones: 'Asia/Kolkata', codes: 'IN' },
  { zones: 'Australia/Sydney|Australia/Brisbane', codes: 'AU' },
  { zones: 'Asia/Tokyo', codes: 'JP' },
  { zones: 'Europe/London|Asia/Kolkata', codes: 'GB|IN' },
] as const;

/** About which clocks are changed somewhere or holidays lie. */
const BEGINNINGS = [
  '2026-03-06T15:00:00Z',
  '2026-03-27T11:00:00Z',
  '2026-07-01T14:00:00Z',
  '2026-10-23T12:00:00Z',
  '2026-10-30T13:00:00Z',
  '2026-12-25T13:00:00Z',
].map((day) => Date.parse(day));

/** The days of 2026 that fall within reach of them. */
export const HOLIDAYS = {
  'US-AL': ['2026-07-03', '2026-07-04', '2026-11-11', '2026-12-25', '2027-01-01'],
  'US-PA': ['2026-07-03', '2026-07-04', '2026-11-11', '2026-12-25', '2027-01-01'],
  'US-RI': ['2026-07-03', '2026-07-04', '2026-11-11', '2026-12-25', '2027-01-01'],
  CA: ['2026-04-03', '2026-07-01', '2026-12-25', '2027-01-01'],
  FR: ['2026-04-06', '2026-07-14', '2026-11-01', '2026-11-11', '2026-12-25', '2027-01-01'],
  AU: ['2026-04-03', '2026-04-06', '2026-12-25', '2026-12-26', '2026-12-28', '2027-01-01'],
} as const;

export interface PersonSpec {
  /** Of each number. */
  places: number[];
  customer: string | null;
  plan: 'gold' | 'closed' | '';
  /** The second number is the first of the person before. */
  shares: boolean;
}

const person: fc.Arbitrary<PersonSpec> = fc.record({
  places: fc.array(fc.nat(PLACES.length - 1), { minLength: 1, maxLength: 3 }),
  customer: fc.constantFrom(null, 'p1', 'p2', 'p3'),
  plan: fc.constantFrom('gold' as const, 'gold' as const, '' as const, '' as const, '' as const, 'closed' as const),
  shares: fc.integer({ min: 0, max: 3 }).map((chance) => chance === 0),
});

export interface ModeSpec {
  mode: (typeof MODES)[number];
  attempts: number;
  gapMinutes: number;
  weekly: Record<string, { start: string; end: string }[]> | null;
}

export interface StrategySpec {
  modes: ModeSpec[];
  sequentialDialling: boolean;
  windowRule: 'PER_NUMBER' | 'ALL_NUMBERS';
  maxAttemptsPerDay: number | null;
  limits: { scope: 'NUMBER' | 'PERSON'; max: number; hours: number }[];
}

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const shifts = fc.constantFrom(
  [{ start: '08:00', end: '12:30' }],
  [{ start: '13:00', end: '20:30' }],
  [
    { start: '09:00', end: '11:00' },
    { start: '12:00', end: '19:00' },
  ],
);
const weekly = fc
  .tuple(fc.subarray(DAYS, { minLength: 4 }), shifts)
  .map(([days, hours]) => Object.fromEntries(days.map((day) => [day, hours])));

const strategy: fc.Arbitrary<StrategySpec> = fc.record({
  modes: fc
    .tuple(
      fc.shuffledSubarray([...MODES], { minLength: 2 }),
      fc.array(
        fc.record({
          attempts: fc.integer({ min: 2, max: 5 }),
          gapMinutes: fc.constantFrom(0, 0, 45, 240),
          weekly: fc.option(weekly),
        }),
        { minLength: 3, maxLength: 3 },
      ),
    )
    .map(([names, plans]) => names.map((mode, index) => ({ ...(plans[index] as Omit<ModeSpec, 'mode'>), mode }))),
  sequentialDialling: fc.boolean(),
  windowRule: fc.constantFrom('PER_NUMBER' as const, 'PER_NUMBER' as const, 'ALL_NUMBERS' as const),
  maxAttemptsPerDay: fc.constantFrom(null, null, 2, 4),
  limits: fc.array(
    fc.record({
      scope: fc.constantFrom('NUMBER' as const, 'PERSON' as const),
      max: fc.integer({ min: 1, max: 4 }),
      hours: fc.integer({ min: 1, max: 48 }),
    }),
    { maxLength: 1 },
  ),
});

export interface ScheduleSpec {
  timeZone: string;
  weekly: Record<string, { start: string; end: string }[]>;
  holidays?: { country: string; region?: string };
}

const schedule: fc.Arbitrary<ScheduleSpec> = fc.record(
  {
    timeZone: fc.constantFrom('America/New_York', 'Europe/London', 'Asia/Kolkata'),
    weekly: fc
      .subarray(DAYS, { minLength: 6 })
      .map((days) => Object.fromEntries(days.map((day) => [day, [{ start: '07:00', end: '22:00' }]]))),
    holidays: fc.constantFrom({ country: 'US', region: 'AL' }, { country: 'FR' }),
  },
  { requiredKeys: ['timeZone', 'weekly'] },
);

/** Of suppression: which of the rules that the test knows. */
export const SUPPRESSION = {
  weekends: {
    name: 'weekends',
    consequence: 'DELAY',
    anyOf: [{ allOf: [{ subject: 'WEEKDAY', values: ['SATURDAY', 'SUNDAY'] }] }],
  },
  siesta: {
    name: 'siesta',
    consequence: 'DELAY',
    anyOf: [
      {
        allOf: [
          { subject: 'ATTRIBUTE', attribute: 'plan', values: ['gold'] },
          { subject: 'TIME', values: ['12:00-13:30'] },
        ],
      },
    ],
  },
  closed: {
    name: 'closed',
    consequence: 'SKIP',
    anyOf: [{ allOf: [{ subject: 'ATTRIBUTE', attribute: 'plan', values: ['closed'] }] }],
  },
} as const;

export interface CampaignSpec {
  subject: string;
  hours: [startMinute: number, endMinute: number];
  schedule: ScheduleSpec | null;
  strategy: StrategySpec | null;
  maxAttempts: number;
  ndnc: boolean;
  choosesList: boolean;
  expiresInHours: number | null;
  suppression: (keyof typeof SUPPRESSION)[];
  takesClosedPlans: boolean;
  quickRetries: boolean;
}

const campaign: fc.Arbitrary<CampaignSpec> = fc.record({
  subject: fc.constantFrom('loans', 'loans', 'offers', ''),
  hours: fc.constantFrom([0, 1440], [0, 1440], [540, 1170]) as fc.Arbitrary<[number, number]>,
  schedule: fc.oneof(fc.constant(null), fc.constant(null), schedule),
  strategy: fc.oneof(fc.constant(null), strategy),
  maxAttempts: fc.integer({ min: 2, max: 8 }),
  ndnc: fc.boolean(),
  choosesList: fc.boolean(),
  expiresInHours: fc.constantFrom(null, null, null, 20),
  suppression: fc
    .tuple(fc.boolean(), fc.subarray<keyof typeof SUPPRESSION>(['weekends', 'siesta', 'closed'], { maxLength: 2 }))
    .map(([any, rules]) => (any ? rules : [])),
  takesClosedPlans: fc.boolean(),
  quickRetries: fc.constantFrom(true, true, false),
});

const OUTCOMES = [
  'BUSY',
  'NO_ANSWER',
  'MACHINE',
  'ABANDONED',
  'CUSTOMER_ABANDONED',
  'CONGESTION',
  'NOT_PLACED',
  'UNKNOWN',
  'LIVE_VOICE',
] as const;
export type RandomOutcome = (typeof OUTCOMES)[number];

/** Minutes from the end of an attempt to the next; undefined: there is none. `counts`: it is one of `maxAttempts`. */
export const AFTER: Record<RandomOutcome, { minutes?: number; counts: boolean }> = {
  BUSY: { minutes: 60, counts: true },
  NO_ANSWER: { minutes: 60, counts: true },
  MACHINE: { minutes: 60, counts: true },
  ABANDONED: { minutes: 60, counts: true },
  CUSTOMER_ABANDONED: { minutes: 30, counts: true },
  CONGESTION: { minutes: 5, counts: false },
  NOT_PLACED: { minutes: 0, counts: false },
  UNKNOWN: { minutes: 60, counts: true },
  LIVE_VOICE: { counts: true },
};

/** What a campaign of quick retries has in place of those. */
export const QUICK_MINUTES = 7;
const quick = (countsAsAttempt: boolean): RetryRule => ({
  action: 'RETRY',
  countsAsAttempt,
  delayMinutes: QUICK_MINUTES,
  backOffMultiplier: 1,
  maxDelayMinutes: 60,
  nextMode: 'NEXT',
  uncountedLimit: countsAsAttempt ? 0 : 10,
});
export const QUICK_RULES: Partial<Record<RandomOutcome, RetryRule>> = {
  BUSY: quick(true),
  NO_ANSWER: quick(true),
  ABANDONED: quick(true),
  UNKNOWN: quick(true),
  LIVE_VOICE: quick(true),
};

export type Change =
  | { kind: 'OPT_OUT'; person: number; by: 'NUMBER' | 'CUSTOMER_ID' }
  | { kind: 'WITHDRAW'; person: number; by: 'NUMBER' | 'CUSTOMER_ID' }
  | {
      kind: 'DNC';
      person: number;
      list: 'INTERNAL' | 'NDNC' | 'CUSTOM';
      by: 'NUMBER' | 'PREFIX' | 'CUSTOMER_ID';
      hours: number | null;
    }
  | { kind: 'LIST'; campaign: number; stopped: boolean }
  | { kind: 'CAMPAIGN'; campaign: number; paused: boolean }
  | { kind: 'ATTEMPTS'; campaign: number; most: number }
  | { kind: 'ORGANISATION'; stopped: boolean }
  | { kind: 'LAW'; profile: 'US-FL' | 'US-AL' | 'CA'; loosened: boolean };

const index = fc.nat(30);
const by = fc.constantFrom('NUMBER' as const, 'CUSTOMER_ID' as const);
/** More often false, so that much goes on. */
const seldom = fc.nat(3).map((chance) => chance === 0);
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('OPT_OUT' as const), person: index, by }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('WITHDRAW' as const), person: index, by }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('DNC' as const),
      person: index,
      list: fc.constantFrom('INTERNAL' as const, 'NDNC' as const, 'CUSTOM' as const),
      by: fc.constantFrom('NUMBER' as const, 'NUMBER' as const, 'PREFIX' as const, 'CUSTOMER_ID' as const),
      hours: fc.constantFrom(null, 2, 2, 20),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('LAW' as const),
      profile: fc.constantFrom('US-FL' as const, 'US-AL' as const, 'CA' as const),
      loosened: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant('LIST' as const), campaign: index, stopped: seldom }),
  fc.record({ kind: fc.constant('CAMPAIGN' as const), campaign: index, paused: seldom }),
  fc.record({ kind: fc.constant('ATTEMPTS' as const), campaign: index, most: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('ORGANISATION' as const), stopped: seldom }),
);

export type Step =
  /** Claims of these campaigns at the same time, and a change with them; `crash`: a dialer is taken over meanwhile. */
  | {
      kind: 'CLAIM';
      campaigns: number[];
      turn: number;
      slots: number;
      pledged: boolean;
      change: Change | null;
      crash: 'BEFORE_COMMIT' | 'MEANWHILE' | 'IN_FLIGHT' | null;
    }
  | { kind: 'END'; share: number; outcome: RandomOutcome; placedAfterMs: number }
  | { kind: 'CLOCK'; minutes: number }
  /** To the first moment for which a contact waits, or a little beside it. */
  | { kind: 'NEXT'; besideMs: number }
  /** Every contact that is in no call begins again. */
  | { kind: 'REOPEN' };

const claim: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('CLAIM' as const),
  campaigns: fc.uniqueArray(fc.nat(2), { minLength: 1, maxLength: 3 }),
  turn: index,
  slots: fc.integer({ min: 2, max: 7 }),
  pledged: fc.boolean(),
  change: fc.option(change, { freq: 2, nil: null }),
  crash: fc.constantFrom(
    ...Array.from({ length: 12 }, () => null),
    'BEFORE_COMMIT' as const,
    'MEANWHILE' as const,
    'IN_FLIGHT' as const,
  ),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: claim },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('END' as const),
      share: fc.constantFrom(1, 1, 2),
      outcome: fc.constantFrom(...OUTCOMES, 'ABANDONED' as const),
      placedAfterMs: fc.nat(1_999),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('NEXT' as const), besideMs: fc.constantFrom(0, 0, 60_000, -1) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('REOPEN' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('CLOCK' as const),
      minutes: fc.oneof(
        { weight: 6, arbitrary: fc.integer({ min: 5, max: 150 }) },
        { weight: 1, arbitrary: fc.integer({ min: 300, max: 1_440 }) },
        { weight: 1, arbitrary: fc.integer({ min: -300, max: -1 }) },
      ),
    }),
  },
);

export interface WorldSpec {
  at: number;
  people: PersonSpec[];
  campaigns: CampaignSpec[];
  steps: Step[];
}

/** Told by its seed alone: written out, a world is a page. */
const untold = (spec: WorldSpec): WorldSpec =>
  Object.defineProperty(spec, fc.toStringMethod, { value: () => 'a random world' });

export const worldOf = (steps: number): fc.Arbitrary<WorldSpec> =>
  fc
    .record({
      at: fc.tuple(fc.constantFrom(...BEGINNINGS), fc.nat(240)).map(([day, minutes]) => day + minutes * 60_000),
      people: fc.array(person, { minLength: 5, maxLength: 9 }),
      campaigns: fc.array(campaign, { minLength: 3, maxLength: 3 }),
      steps: fc.array(step, { minLength: steps, maxLength: steps, size: 'max' }),
    })
    .map(untold);

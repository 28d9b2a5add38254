import * as fc from 'fast-check';
import { evaluate, type GateFacts, nextLawful, type PastAttempt } from '../../src/compliance/gates';
import type { Cap } from '../../src/compliance/law/law';
import { lawOf } from '../../src/compliance/law/law-of';
import { LawRegistry } from '../../src/compliance/law/registry';
import { loadShippedProfiles } from '../../src/compliance/law/shipped';
import type { Schedule } from '../../src/compliance/schedule';
import { WEEKDAYS } from '../../src/compliance/shifts';
import { openFacts } from '../setup/gate-facts';
import { propertyRuns } from '../setup/property-runs';

const laws = new LawRegistry(loadShippedProfiles());
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONES = [
  'America/New_York',
  'America/Los_Angeles',
  'Europe/London',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'UTC',
];
const CODES = ['', 'US', 'US|US-FL', 'US|US-TX', 'GB', 'CA', 'IN', 'FR'];
const NUMBER = '+12125550100';

// Around the changes of the clocks of 2026 as well as anywhere in the year.
const moment = fc.oneof(
  fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2026-12-30T00:00:00Z') }),
  fc
    .tuple(
      fc.constantFrom('2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'),
      fc.integer({ min: -DAY, max: 2 * DAY }),
    )
    .map(([day, off]) => Date.parse(`${day}T00:00:00Z`) + off),
);

const cap: fc.Arbitrary<Cap> = fc.record({
  id: fc.constant('TEST'),
  scope: fc.constantFrom('NUMBER', 'PERSON'),
  perSubject: fc.boolean(),
  max: fc.integer({ min: 1, max: 3 }),
  within: fc.oneof(
    fc.constant({ calendarDay: true } as const),
    fc.integer({ min: 1, max: 7 * 24 }).map((hours) => ({ rollingMs: hours * HOUR })),
  ),
  source: fc.constant('a test'),
});

const attemptsBefore = (at: number): fc.Arbitrary<PastAttempt[]> =>
  fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 8 * DAY }).map((age) => at - age),
      campaignId: fc.constantFrom('c1', 'c2'),
      subject: fc.constantFrom('loans', 'other'),
      number: fc.constantFrom(NUMBER, '+12125550101'),
      person: fc.constantFrom(null, 'p1', 'p2'),
    }),
    { maxLength: 6 },
  );

const shift = fc.constantFrom(
  { start: '09:00', end: '12:00' },
  { start: '13:30', end: '17:45' },
  { start: '00:00', end: '24:00' },
);
const schedule: fc.Arbitrary<Schedule | null> = fc.option(
  fc.record({
    timeZone: fc.constantFrom(...ZONES),
    weekly: fc
      .tuple(fc.subarray([...WEEKDAYS], { minLength: 1 }), fc.array(shift, { minLength: 1, maxLength: 2 }))
      .map(([days, shifts]) => Object.fromEntries(days.map((day) => [day, shifts]))),
  }) as fc.Arbitrary<Schedule>,
);

const facts: fc.Arbitrary<GateFacts> = moment.chain((at) =>
  fc
    .record({
      schedule,
      hours: fc.constantFrom({ startMinute: 0, endMinute: 1440 }, { startMinute: 600, endMinute: 1080 }),
      zones: fc.subarray(ZONES, { minLength: 1, maxLength: 2 }),
      codes: fc.constantFrom(...CODES),
      dueAt: fc.integer({ min: -DAY, max: 3 * DAY }).map((after) => at + after),
      person: fc.constantFrom(null, 'p1'),
      caps: fc.array(cap, { maxLength: 2 }),
      lawCaps: fc.array(cap, { maxLength: 2 }),
      attempts: attemptsBefore(at),
      abandonedAt: fc.option(fc.integer({ min: 0, max: 4 * DAY }).map((age) => at - age)),
      agentGuaranteed: fc.boolean(),
    })
    .map((given) => {
      const base = openFacts({ at });
      return {
        ...base,
        campaign: { ...base.campaign, schedule: given.schedule, callingHours: given.hours, caps: given.caps },
        contact: { ...base.contact, dueAt: given.dueAt, person: given.person, zone: given.zones.join('|') },
        number: { ...base.number, abandonedAt: given.abandonedAt },
        attempts: given.attempts,
        agentGuaranteed: given.agentGuaranteed,
        lawAt: (when: number) => {
          const law = lawOf(given.codes, when, laws);
          return { ...law, caps: [...law.caps, ...given.lawCaps] };
        },
      };
    }),
);

test('the next lawful moment is lawful, and none before it is, to the minute and to the millisecond', () => {
  let later = 0;
  fc.assert(
    fc.property(facts, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (given, places) => {
      const next = nextLawful(given);
      const allowedAt = (at: number) => evaluate({ ...given, at }).allowed;
      if (next === undefined) {
        // Time alone opens all of these: only windows that never meet have no moment.
        for (const place of places) expect(allowedAt(given.at + Math.floor(place * 20 * DAY))).toBe(false);
        return;
      }
      expect(allowedAt(next)).toBe(true);
      if (next === given.at) return;
      later += 1;
      expect(allowedAt(next - 1)).toBe(false);
      for (const place of places) expect(allowedAt(given.at + Math.floor(place * (next - given.at - 1)))).toBe(false);
      for (let at = Math.max(given.at, next - 60 * MINUTE); at < next; at += MINUTE) expect(allowedAt(at)).toBe(false);
    }),
    { numRuns: propertyRuns(40) },
  );
  expect(later).toBeGreaterThan(0);
});

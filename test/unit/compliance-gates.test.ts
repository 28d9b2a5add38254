import {
  consequenceOf,
  type DoNotCallListing,
  evaluate,
  firstRefusal,
  type GateFacts,
  type GateName,
  nextLawful,
} from '../../src/compliance/gates';
import { lawOf } from '../../src/compliance/law/law-of';
import { LawRegistry } from '../../src/compliance/law/registry';
import { loadShippedProfiles } from '../../src/compliance/law/shipped';
import { type Schedule, scheduleAt } from '../../src/compliance/schedule';
import type { DayWindow } from '../../src/compliance/zoned-windows';

const laws = new LawRegistry(loadShippedProfiles());
const AT = Date.parse('2026-03-04T18:00:00Z');

const callingHoursAt = (at: number, zones: string, within: DayWindow) =>
  lawOf('', at, laws).callingHours(at, zones, within);

const facts = (change: (facts: GateFacts) => unknown = () => undefined): GateFacts => {
  const given: GateFacts = {
    at: AT,
    organisation: { diallingStopped: false },
    campaign: {
      id: 'c1',
      state: 'RUNNING',
      subject: 'c1',
      caps: [],
      schedule: null,
      maxAttempts: 3,
      ndnc: true,
      callingHours: { startMinute: 0, endMinute: 1440 },
    },
    list: { stopped: false, expiresAt: null },
    modes: null,
    instead: () => undefined,
    contact: {
      state: 'READY',
      dueAt: AT,
      wanted: true,
      attempts: 0,
      person: null,
      zone: 'America/New_York',
      callback: null,
    },
    number: { number: '+12125550100', abandonedAt: null, listedAs: [], inFlight: false },
    suppression: null,
    attempts: [],
    agentGuaranteed: false,
    pledgedTo: null,
    lawAt: (at) => lawOf('', at, laws),
  };
  change(given);
  return given;
};

const listed = (kind: DoNotCallListing['kind'], until: number | null = null): DoNotCallListing => ({
  kind,
  by: 'NUMBER',
  until,
});
const ruled = (consequence: 'DELAY' | 'SKIP', nextAt?: number): GateFacts['suppression'] => ({
  set: 'quiet',
  version: 3,
  at: () => ({ suppressed: true, rule: 'Sundays', consequence, ...(nextAt !== undefined && { nextAt }) }),
});

const goesOn =
  (change: (given: GateFacts) => void) =>
  (given: GateFacts): void => {
    change(given);
    given.instead = (at) => ({ numberIndex: 1, at });
  };

const promisedTo = (agentId: string, anyoneAt: number | null = null): GateFacts['contact']['callback'] => ({
  until: AT + 1_800_000,
  agentId,
  anyoneAt,
});

const utc = (iso: string) => Date.parse(iso);

describe('gates', () => {
  it('let a contact pass that none forbids, and name the zone rules applied', () => {
    const evaluation = evaluate(facts());
    expect(evaluation.allowed).toBe(true);
    expect(evaluation.gates).toHaveLength(18);
    expect(nextLawful(facts())).toBe(AT);
    expect(evaluation.tz).toBe(process.versions.tz);
  });

  const refusals: [GateName, (given: GateFacts) => void, ReturnType<typeof consequenceOf>['kind']][] = [
    ['ORGANISATION_DIALLING', (given) => (given.organisation.diallingStopped = true), 'KEEP'],
    ['CAMPAIGN_STATE', (given) => (given.campaign.state = 'PAUSED'), 'KEEP'],
    ['SCHEDULE', (given) => (given.campaign.schedule = { timeZone: 'UTC', weekly: {} }), 'KEEP'],
    ['LIST_ACTIVE', (given) => (given.list.stopped = true), 'CLOSE'],
    ['CALLBACK_WINDOW', (given) => (given.contact.callback = { until: AT, agentId: null, anyoneAt: null }), 'KEEP'],
    ['CALLBACK_AGENT', (given) => (given.contact.callback = promisedTo('jane')), 'KEEP'],
    ['MODE_WINDOW', (given) => (given.modes = { numberIndex: 0, next: () => 'MODES_EXHAUSTED' }), 'CLOSE'],
    ['CONTACT_STATE', (given) => (given.contact.state = 'IN_FLIGHT'), 'KEEP'],
    ['CONTACT_DUE', (given) => (given.contact.dueAt = AT + 1), 'KEEP'],
    ['CONTACT_FILTER', (given) => (given.contact.wanted = false), 'LEAVE_OUT'],
    ['ATTEMPTS', (given) => (given.contact.attempts = 3), 'CLOSE'],
    ['CALLING_HOURS', (given) => (given.contact.zone = 'Asia/Tokyo'), 'DELAY'],
    ['DNC', (given) => (given.number.listedAs = [listed('NDNC')]), 'CLOSE'],
    ['DNC', (given) => (given.number.listedAs = [listed('CUSTOM', AT + 1)]), 'DELAY'],
    ['OPT_OUT', (given) => (given.number.listedAs = [listed('OPT_OUT')]), 'CLOSE'],
    ['DNC', goesOn((given) => (given.number.listedAs = [listed('NDNC')])), 'DELAY'],
    ['OPT_OUT', goesOn((given) => (given.number.listedAs = [listed('OPT_OUT')])), 'DELAY'],
    ['SUPPRESSION', (given) => (given.suppression = ruled('SKIP')), 'CLOSE'],
    ['SUPPRESSION', (given) => (given.suppression = ruled('DELAY', AT + 1)), 'DELAY'],
    ['SUPPRESSION', goesOn((given) => (given.suppression = ruled('SKIP'))), 'DELAY'],
    ['NUMBER_IN_FLIGHT', (given) => (given.number.inFlight = true), 'DELAY'],
  ];
  it.each(refusals)('%s refuses by itself', (gate, change, kind) => {
    const evaluation = evaluate(facts(change));
    expect(evaluation.gates.filter((verdict) => !verdict.allowed).map((verdict) => verdict.gate)).toEqual([gate]);
    const refusal = firstRefusal(evaluation);
    expect(refusal && consequenceOf(refusal).kind).toBe(kind);
  });

  it('lets a callback that is one agent’s own go to that agent, and to anyone once it is time', () => {
    const told = (change: (given: GateFacts) => void) =>
      evaluate(facts(change)).gates.find(({ gate }) => gate === 'CALLBACK_AGENT');
    const later = AT + 1_200_000;
    expect(told((given) => (given.contact.callback = promisedTo('jane', later)))).toEqual({
      gate: 'CALLBACK_AGENT',
      allowed: false,
      detail: 'the callback waits for agent jane, until anyone may make it from 2026-03-04T18:20:00.000Z',
      nextAt: later,
    });
    const toAgent = (pledgedTo: string) => (given: GateFacts) => {
      given.contact.callback = promisedTo('jane');
      given.pledgedTo = pledgedTo;
    };
    expect(told(toAgent('jane'))?.allowed).toBe(true);
    expect(told(toAgent('john'))).toMatchObject({ allowed: false, detail: 'the callback waits for agent jane' });
    expect(nextLawful(facts((given) => (given.contact.callback = promisedTo('jane', later))))).toBe(later);
    expect(nextLawful(facts((given) => (given.contact.callback = promisedTo('jane'))))).toBeUndefined();
  });

  it('asks every gate after a refusal, and finds the moment at which all are open', () => {
    const given = facts((change) => {
      change.contact.dueAt = AT + 60_000;
      change.contact.zone = 'Asia/Tokyo';
    });
    expect(evaluate(given).gates.filter((verdict) => !verdict.allowed)).toHaveLength(2);
    // 8:00 in Tokyo on the next day.
    expect(nextLawful(given)).toBe(utc('2026-03-04T23:00:00Z'));
  });

  it('knows no next moment when one refusal does not pass with time', () => {
    const given = facts((change) => {
      change.contact.dueAt = AT + 60_000;
      change.number.listedAs = [listed('INTERNAL'), listed('CUSTOM', AT + 60_000)];
    });
    expect(nextLawful(given)).toBeUndefined();
  });

  it('asks for the hours of the law of the person, and within them those of the campaign', () => {
    const verdictAt = (codes: string, at: number, callingHours = { startMinute: 0, endMinute: 1440 }) =>
      evaluate(
        facts((given) => {
          given.at = at;
          given.lawAt = (moment) => lawOf(codes, moment, laws);
          given.campaign.callingHours = callingHours;
        }),
      ).gates.find(({ gate }) => gate === 'CALLING_HOURS');
    // Half past eight in the evening, in New York's winter.
    const evening = utc('2026-03-05T01:30:00Z');
    expect(verdictAt('US', evening)).toMatchObject({ allowed: true, detail: '08:00–21:00 in America/New_York' });
    expect(verdictAt('US|US-FL', evening)).toEqual({
      gate: 'CALLING_HOURS',
      allowed: false,
      detail: '08:00–20:00 in America/New_York',
      nextAt: utc('2026-03-05T13:00:00Z'),
    });
    // What is claimed a second before the end may be placed a second after it.
    const end = utc('2026-03-05T02:00:00Z');
    expect(verdictAt('US', end - 2_001)).toMatchObject({ allowed: true });
    expect(verdictAt('US', end - 2_000)).toMatchObject({ allowed: false, nextAt: utc('2026-03-05T13:00:00Z') });
    const campaign = { startMinute: 600, endMinute: 1260 };
    expect(verdictAt('US|US-FL', evening, campaign)).toMatchObject({ nextAt: utc('2026-03-05T15:00:00Z') });
    // A Sunday in Alabama.
    expect(verdictAt('US|US-AL', utc('2026-03-08T16:00:00Z'))).toMatchObject({
      allowed: false,
      detail: 'no calls today in America/New_York',
      nextAt: utc('2026-03-09T12:00:00Z'),
    });
  });

  it('takes a call in flight to be over after a while', () => {
    expect(nextLawful(facts((given) => (given.number.inFlight = true)))).toBe(AT + 60_000);
  });
});

describe('calling hours', () => {
  const all = { startMinute: 0, endMinute: 1440 };

  it('are 8:00 to 21:00 where the person is, however wide the campaign', () => {
    expect(callingHoursAt(utc('2026-01-15T12:59:59Z'), 'America/New_York', all)).toEqual({
      open: false,
      nextAt: utc('2026-01-15T13:00:00Z'),
    });
    expect(callingHoursAt(utc('2026-01-15T13:00:00Z'), 'America/New_York', all).open).toBe(true);
    expect(callingHoursAt(utc('2026-01-16T01:59:59Z'), 'America/New_York', all).open).toBe(true);
    expect(callingHoursAt(utc('2026-01-16T02:00:00Z'), 'America/New_York', all)).toEqual({
      open: false,
      nextAt: utc('2026-01-16T13:00:00Z'),
    });
  });

  it('can be narrowed by the campaign', () => {
    const narrow = { startMinute: 600, endMinute: 660 };
    expect(callingHoursAt(utc('2026-06-01T10:30:00Z'), 'Europe/London', narrow)).toEqual({
      open: false,
      nextAt: utc('2026-06-02T09:00:00Z'),
    });
  });

  it('hold in every zone that a number may be in', () => {
    const zones = 'America/New_York|America/Los_Angeles';
    expect(callingHoursAt(utc('2026-01-15T14:00:00Z'), zones, all)).toEqual({
      open: false,
      nextAt: utc('2026-01-15T16:00:00Z'),
    });
    // 21:30 in New York, 18:30 in Los Angeles: together only on the next day.
    expect(callingHoursAt(utc('2026-01-16T02:30:00Z'), zones, all)).toEqual({
      open: false,
      nextAt: utc('2026-01-16T16:00:00Z'),
    });
  });

  it('have no next moment where the hours never meet, or the zone is none', () => {
    const short = { startMinute: 480, endMinute: 540 };
    expect(callingHoursAt(AT, 'America/New_York|Asia/Tokyo', short)).toEqual({ open: false });
    expect(callingHoursAt(AT, 'Nowhere/Land', all)).toEqual({ open: false });
  });

  it('follow the change of the clocks', () => {
    // On 8 March 2026 New York goes from -5 to -4 at two in the morning.
    expect(callingHoursAt(utc('2026-03-08T03:00:00Z'), 'America/New_York', all)).toEqual({
      open: false,
      nextAt: utc('2026-03-08T12:00:00Z'),
    });
  });
});

describe('schedules', () => {
  const schedule: Schedule = {
    timeZone: 'Europe/London',
    weekly: {
      monday: [
        { start: '09:00', end: '12:00' },
        { start: '13:00', end: '17:00' },
      ],
      friday: [{ start: '20:00', end: '24:00' }],
    },
    dateOverrides: [
      { date: '2026-06-08', shifts: [] },
      { date: '2026-06-09', shifts: [{ start: '10:00', end: '11:00' }] },
    ],
  };

  it('have several shifts a day', () => {
    expect(scheduleAt(schedule, utc('2026-06-01T08:30:00Z')).open).toBe(true);
    expect(scheduleAt(schedule, utc('2026-06-01T11:30:00Z'))).toEqual({
      open: false,
      nextAt: utc('2026-06-01T12:00:00Z'),
    });
    expect(scheduleAt(schedule, utc('2026-06-05T22:59:59Z')).open).toBe(true);
  });

  it('skip a holiday and open on a date of its own', () => {
    expect(scheduleAt(schedule, utc('2026-06-08T09:00:00Z'))).toEqual({
      open: false,
      nextAt: utc('2026-06-09T09:00:00Z'),
    });
  });

  it('skip the public holidays of a calendar, but for dates with shifts of their own', () => {
    const week = [{ start: '09:00', end: '17:00' }];
    const weekly = { thursday: week, friday: week, saturday: week, monday: week, tuesday: week };
    const english = { country: 'GB', region: 'ENG' };
    const easter: Schedule = { timeZone: 'Europe/London', weekly, holidays: english };
    // Good Friday; Saturday is a day as others; Easter Monday.
    expect(scheduleAt(easter, utc('2026-04-02T16:00:00Z'))).toEqual({
      open: false,
      nextAt: utc('2026-04-04T08:00:00Z'),
    });
    expect(scheduleAt(easter, utc('2026-04-04T16:00:00Z'))).toEqual({
      open: false,
      nextAt: utc('2026-04-07T08:00:00Z'),
    });
    const own = { ...easter, dateOverrides: [{ date: '2026-04-03', shifts: [{ start: '10:00', end: '12:00' }] }] };
    expect(scheduleAt(own, utc('2026-04-02T16:00:00Z'))).toEqual({ open: false, nextAt: utc('2026-04-03T09:00:00Z') });
    // Scotland does not keep Easter Monday.
    const scottish = { ...easter, holidays: { country: 'GB', region: 'SCT' } };
    expect(scheduleAt(scottish, utc('2026-04-06T08:00:00Z')).open).toBe(true);
  });

  it('end for good after their last day', () => {
    const over = { ...schedule, endDate: '2026-06-01' };
    expect(scheduleAt(over, utc('2026-06-02T09:00:00Z'))).toEqual({ open: false });
    expect(scheduleAt(null, AT)).toEqual({ open: true });
  });
});

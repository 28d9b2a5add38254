import { evaluate, type GateFacts, nextLawful, type PastAttempt, reachOf } from '../../src/compliance/gates';
import { countOf } from '../../src/compliance/gates/attempt-count';
import type { Cap } from '../../src/compliance/law/law';
import { LAW, openFacts } from '../setup/gate-facts';

const HOUR = 3_600_000;
const AT = Date.parse('2026-03-04T18:00:00Z');
const utc = (iso: string) => Date.parse(iso);

const cap = (change: Partial<Cap> = {}): Cap => ({
  id: 'TEST/2-in-24h',
  scope: 'NUMBER',
  perSubject: false,
  max: 2,
  within: { rollingMs: 24 * HOUR },
  source: 'a test',
  ...change,
});

const NUMBER = '+12125550100';
const OTHER = '+12125550101';
const attempt = (at: number, change: Partial<PastAttempt> = {}): PastAttempt => ({
  at,
  campaignId: 'c1',
  subject: 'loans',
  number: NUMBER,
  person: null,
  ...change,
});
const called = { number: NUMBER, person: null, subject: 'loans', zone: 'America/New_York' };

describe('caps', () => {
  it('roll: there is room when the oldest that counts is as old as the window', () => {
    const attempts = [attempt(AT - 23 * HOUR), attempt(AT - HOUR)];
    expect(countOf(cap(), AT, called, attempts)).toMatchObject({ made: 2, freeAt: AT + HOUR });
    expect(countOf(cap(), AT + HOUR - 1, called, attempts).made).toBe(2);
    expect(countOf(cap(), AT + HOUR, called, attempts)).toEqual({ cap: cap(), made: 1 });
  });

  it('that were lowered have room when so many have left that one fits in', () => {
    const attempts = [attempt(AT - 3 * HOUR), attempt(AT - 2 * HOUR), attempt(AT - HOUR)];
    expect(countOf(cap({ max: 1 }), AT, called, attempts)).toMatchObject({ made: 3, freeAt: AT + 23 * HOUR });
  });

  it('of a calendar day end with the day of every zone that the number may be in', () => {
    const daily = cap({ max: 1, within: { calendarDay: true } });
    // 0:30 in New York, 21:30 of the day before in Los Angeles.
    const moment = utc('2026-01-15T05:30:00Z');
    const attempts = [attempt(moment)];
    const at = moment + HOUR;
    expect(countOf(daily, at, called, attempts).freeAt).toBe(utc('2026-01-16T05:00:00Z'));
    const both = { ...called, zone: 'America/New_York|America/Los_Angeles' };
    expect(countOf(daily, at, both, attempts).freeAt).toBe(utc('2026-01-16T05:00:00Z'));
    // In New York it is the next day, in Los Angeles not yet.
    expect(countOf(daily, utc('2026-01-16T05:00:00Z'), both, attempts).made).toBe(0);
    expect(
      countOf(daily, utc('2026-01-15T07:59:00Z'), { ...called, zone: 'America/Los_Angeles' }, attempts).freeAt,
    ).toBe(utc('2026-01-15T08:00:00Z'));
  });

  it('of a day of 23 hours end with it', () => {
    const daily = cap({ max: 1, within: { calendarDay: true } });
    expect(countOf(daily, utc('2026-03-08T18:00:00Z'), called, [attempt(utc('2026-03-08T17:00:00Z'))]).freeAt).toBe(
      utc('2026-03-09T04:00:00Z'),
    );
  });

  it('per subject leave other subjects out, others count them all', () => {
    const attempts = [attempt(AT - 1), attempt(AT - 1, { subject: 'insurance' })];
    expect(countOf(cap(), AT, called, attempts).made).toBe(2);
    expect(countOf(cap({ perSubject: true }), AT, called, attempts).made).toBe(1);
  });

  it('per person count over all their numbers, and what went to the number without a name', () => {
    const person = { ...called, person: 'p1' };
    const attempts = [
      attempt(AT - 1, { person: 'p1', number: OTHER }),
      attempt(AT - 1),
      attempt(AT - 1, { person: 'p2' }),
      attempt(AT - 1, { person: 'p2', number: OTHER }),
    ];
    expect(countOf(cap({ scope: 'PERSON' }), AT, person, attempts).made).toBe(2);
    expect(countOf(cap({ scope: 'NUMBER' }), AT, person, attempts).made).toBe(2);
    expect(countOf(cap({ scope: 'PERSON' }), AT, called, attempts).made).toBe(2);
  });

  it('need attempts as far back as the longest of them looks', () => {
    expect(reachOf([])).toBe(0);
    expect(reachOf([cap(), cap({ within: { rollingMs: 7 * 24 * HOUR } })])).toBe(7 * 24 * HOUR);
    expect(reachOf([cap({ within: { calendarDay: true } })])).toBeGreaterThanOrEqual(25 * HOUR);
  });
});

const refusedBy = (facts: GateFacts) =>
  evaluate(facts)
    .gates.filter(({ allowed }) => !allowed)
    .map(({ gate, nextAt }) => ({ gate, nextAt }));

describe('the gate', () => {
  it('refuses by a cap of the law over all campaigns, and says when there is room', () => {
    const facts = openFacts({
      at: AT,
      lawAt: () => ({ ...LAW, caps: [cap()] }),
      attempts: [attempt(AT - 2 * HOUR, { campaignId: 'c2' }), attempt(AT - HOUR, { campaignId: 'c3' })],
    });
    expect(refusedBy(facts)).toEqual([{ gate: 'ATTEMPT_CAPS', nextAt: AT + 22 * HOUR }]);
    expect(nextLawful(facts)).toBe(AT + 22 * HOUR);
  });

  it("counts a campaign's own caps over its own attempts alone", () => {
    const facts = openFacts({ at: AT, attempts: [attempt(AT - 1), attempt(AT - 1, { campaignId: 'c2' })] });
    const within = (max: number) => ({ ...facts, campaign: { ...facts.campaign, caps: [cap({ max })] } });
    expect(refusedBy(within(2))).toEqual([]);
    expect(refusedBy(within(1))).toEqual([{ gate: 'ATTEMPT_CAPS', nextAt: AT - 1 + 24 * HOUR }]);
  });

  it('lets a number rest after an abandoned call, unless an agent is guaranteed', () => {
    const lock = (unlessAgentGuaranteed: boolean) => () => ({
      ...LAW,
      lockAfterAbandon: { ms: 72 * HOUR, unlessAgentGuaranteed },
    });
    const open = openFacts({ at: AT, lawAt: lock(true) });
    const facts = { ...open, number: { ...open.number, abandonedAt: AT - HOUR } };
    expect(refusedBy(facts)).toEqual([{ gate: 'LOCK_AFTER_ABANDON', nextAt: AT + 71 * HOUR }]);
    expect(refusedBy({ ...facts, at: AT + 71 * HOUR })).toEqual([]);
    expect(refusedBy({ ...facts, agentGuaranteed: true })).toEqual([]);
    expect(refusedBy({ ...facts, agentGuaranteed: true, lawAt: lock(false) })).toHaveLength(1);
    expect(refusedBy({ ...facts, lawAt: () => LAW })).toEqual([]);
  });
});

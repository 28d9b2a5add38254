import { DateTime } from 'luxon';
import { abandonLaw, linesLeft, monthStarts } from '../../src/compliance/abandon/windows-in-force';
import type { AbandonRule, Law } from '../../src/compliance/law/law';
import { LawBook } from '../../src/compliance/own/law-book';
import { lawfulConfig } from '../../src/dialer/shell/campaign-law';
import { createLaws } from '../../src/dialer/shell/laws';
import { campaignConfig } from './kernel/story';

const DAY = 86_400_000;
const at = Date.parse('2026-11-27T12:00:00Z');
const { lawOf } = createLaws(new LawBook(), 'of nobody');
const windows = (codes: string[], own = 3) =>
  abandonLaw(
    codes.map((code) => lawOf(code, at)),
    own,
  ).windows.map(({ key, limitPercent, profiles }) => [key, limitPercent, profiles.map((one) => one.split('@')[0])]);

describe('windows in force', () => {
  it('where no law is known: thirty days, and the day as well', () => {
    const expected = [
      ['ROLLING/2592000000/LIVE_ANSWERS/ALL', 3, ['CAMPAIGN', 'DEFAULT']],
      ['ROLLING/86400000/LIVE_ANSWERS/ALL', 3, ['DEFAULT']],
    ];
    expect(windows([''])).toEqual(expected);
    // A list that is still empty may get anybody.
    expect(windows([]).map(([key]) => key)).toEqual(expected.map(([key]) => key));
  });

  it('the US: thirty days; the least of the limits holds', () => {
    expect(windows(['US', 'US|US-FL'])).toEqual([['ROLLING/2592000000/LIVE_ANSWERS/ALL', 3, ['CAMPAIGN', 'US']]]);
    expect(windows(['US'], 1.5)[0]?.[1]).toBe(1.5);
    expect(windows(['US'], 40)[0]?.[1]).toBe(3);
  });

  it('several countries: all of their windows, the strictest clock', () => {
    expect(windows(['CA', 'GB', 'US'])).toEqual([
      ['ROLLING/2592000000/LIVE_ANSWERS/ALL', 3, ['CAMPAIGN', 'US']],
      ['MONTH/America/Toronto/LIVE_ANSWERS/ALL', 3, ['CA']],
      ['ROLLING/86400000/SERVED_OR_ABANDONED/ALL', 3, ['GB']],
    ]);
    const clock = (codes: string[]) =>
      abandonLaw(
        codes.map((code) => lawOf(code, at)),
        3,
      );
    expect(clock(['US'])).toMatchObject({ clockStart: 'GREETING_END', withinMs: 2_000 });
    expect(clock(['US', 'GB'])).toMatchObject({ clockStart: 'ANSWER', withinMs: 2_000 });
  });

  const rule: AbandonRule = {
    profile: 'OWN@2026-01-01',
    limitPercent: 2,
    window: { rollingMs: DAY },
    numerator: ['OVERDIAL', 'FAULT'],
    denominator: 'LIVE_ANSWERS',
    clockStart: 'ANSWER',
    withinMs: 1_500,
    scope: 'ORGANISATION',
    source: 'test',
  };
  const law = (...abandon: AbandonRule[]): Law => ({ ...lawOf('US', at), abandon });

  it('what holds for the whole organisation is apart, with the limit of the law alone', () => {
    const config = campaignConfig({
      abandon: { limitPercent: 1, windowsMs: [], withinMs: 2_000, clockStart: 'ANSWER' },
    });
    const lawful = lawfulConfig(config, ['US', 'X'], at, (codes) => (codes === 'X' ? law(rule) : law()));
    expect(lawful.scopes).toEqual([
      {
        rule: 'ROLLING/86400000/LIVE_ANSWERS/FAULT+OVERDIAL',
        limitPercent: 2,
        window: {
          kind: 'ROLLING',
          ms: DAY,
          limitPercent: 2,
          numerator: ['OVERDIAL', 'FAULT'],
          denominator: 'LIVE_ANSWERS',
          profiles: ['OWN@2026-01-01'],
        },
      },
    ]);
    expect(lawful.config.abandon).toMatchObject({ scoped: true, withinMs: 1_500, windows: [{ limitPercent: 1 }] });
    expect(lawful.config.abandon.windows).toHaveLength(1);
    expect(lawful.config.minimumRingMs).toBe(15_000);
  });

  it('of two rules over the same thing the lesser limit holds, named by both', () => {
    const own = {
      ...rule,
      profile: 'B',
      limitPercent: 1,
      numerator: ['FAULT', 'OVERDIAL'] as AbandonRule['numerator'],
    };
    const [, organisation] = abandonLaw([law(rule, own)], 3).windows;
    expect(organisation).toMatchObject({ limitPercent: 1, profiles: ['OWN@2026-01-01', 'B'] });
  });

  it('nothing is known, and nothing dialled ahead, while nobody knows whom it calls', () => {
    expect(lawfulConfig(campaignConfig(), null, at, lawOf).config.abandon.windows).toEqual([]);
  });
});

describe('calendar months', () => {
  const iso = (zone: string, when: string) =>
    monthStarts(zone, Date.parse(when)).map((start) => DateTime.fromMillis(start, { zone: 'UTC' }).toISO());

  it('begin by the clock of their zone, over changes of the hour', () => {
    expect(iso('America/Toronto', '2026-03-20T12:00:00Z')).toEqual([
      '2026-02-01T05:00:00.000Z',
      '2026-03-01T05:00:00.000Z',
      '2026-04-01T04:00:00.000Z',
      '2026-05-01T04:00:00.000Z',
      '2026-06-01T04:00:00.000Z',
    ]);
    expect(iso('Asia/Kolkata', '2026-12-31T20:00:00Z').slice(0, 2)).toEqual([
      '2026-11-30T18:30:00.000Z',
      '2026-12-31T18:30:00.000Z',
    ]);
  });

  it('know leap years', () => {
    const [, february, march] = monthStarts('Europe/London', Date.parse('2028-02-10T00:00:00Z'));
    expect((march as number) - (february as number)).toBe(29 * DAY);
  });

  it('begin after a midnight that the zone skips, and with the first of two', () => {
    // Asuncion went from 23:59:59 to 01:00 on 1 October 2017; Havana had midnight twice on 1 November 2015.
    expect(iso('America/Asuncion', '2017-10-15T00:00:00Z')[1]).toBe('2017-10-01T04:00:00.000Z');
    expect(iso('America/Havana', '2015-11-15T00:00:00Z')[1]).toBe('2015-11-01T04:00:00.000Z');
  });

  it('a zone that nobody knows has none', () => {
    expect(monthStarts('Mars/Olympus', at)).toEqual([]);
  });
});

it('counts lines in integers: 3 of 100 is 3 %, and all at risk may be abandoned', () => {
  expect(linesLeft({ laterAnswers: 100, abandons: 0, atRisk: 0 }, 3)).toBe(3);
  expect(linesLeft({ laterAnswers: 99, abandons: 0, atRisk: 0 }, 3)).toBe(2);
  expect(linesLeft({ laterAnswers: 1_000, abandons: 1, atRisk: 1 }, 0.3)).toBe(1);
  expect(linesLeft({ laterAnswers: 100, abandons: 4, atRisk: 2 }, 3)).toBe(-3);
});

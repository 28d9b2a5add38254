import { calmFrom, RateSeries } from '../../src/dialer/simulator/rate-series';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const record = (series: RateSeries, at: number, abandoned: boolean): void => {
  series.live(at);
  if (abandoned) series.abandon(at);
};

/** One answer a minute, each `every`-th abandoned, over whole hours. */
const fill = (series: RateSeries, from: number, hours: number, every: number): void => {
  for (let minute = 0; minute < hours * 60; minute += 1)
    record(series, from + minute * MINUTE, minute % every === every - 1);
};

test('whole days are judged each by itself', () => {
  const series = new RateSeries();
  fill(series, 0, 9, 20);
  fill(series, DAY, 9, 50);
  const rates = series.rates(2);
  expect(rates.dayPercents[0]).toBe(5);
  expect(rates.dayPercents[1]).toBeCloseTo((100 * 10) / 540);
  expect(rates.worstDayPercent).toBe(5);
  expect(rates.percent).toBeCloseTo((100 * 37) / 1080);
});

test('rolling windows are judged at each abandon', () => {
  const series = new RateSeries();
  for (let minute = 0; minute < 100; minute += 1) record(series, minute * MINUTE, minute === 99);
  // Of the last hour: answers 40 to 99.
  expect(series.rates(1).worstHourPercent).toBeCloseTo(100 / 60);
  expect(series.rates(1).worst24HoursPercent).toBe(1);
});

test('an abandon before anybody was served is the whole of its window', () => {
  const series = new RateSeries();
  record(series, MINUTE, true);
  fill(series, HOUR, 2, 1_000);
  expect(series.rates(1).worst24HoursPercent).toBe(100);
  expect(series.rates(1).worstHourPercent).toBe(0);
});

test('recovery: the first of three calm windows of ten minutes', () => {
  const series = new RateSeries();
  fill(series, 0, 2, 1_000);
  // Half are abandoned for 14 minutes after the step.
  for (let minute = 120; minute < 300; minute += 1) record(series, minute * MINUTE, minute < 134 && minute % 2 === 0);
  expect(series.recovery(2 * HOUR)).toMatchObject({ atHour: 2, minutesToRecover: 13 });
  expect(series.recovery(2 * HOUR).first5MinutesPercent).toBe(60);
});

test('recovery of days together: their minutes are added up', () => {
  const minutes = (every: number) => Array.from({ length: 150 }, (_, minute) => (minute % every === 0 ? 1 : 0));
  const answers = (each: number) => Array.from({ length: 150 }, () => each);
  // One of ten lost in each window is too many for one answer a minute, not for three.
  expect(calmFrom({ live: answers(1), abandons: minutes(10) })).toBeNull();
  expect(calmFrom({ live: answers(3), abandons: minutes(10) })).toBe(0);
  expect(calmFrom({ live: answers(1), abandons: minutes(10) }, (lost) => lost < 2)).toBe(0);
});

test('each day has its worst window, of which the worst is told', () => {
  const series = new RateSeries();
  fill(series, 0, 9, 50);
  fill(series, DAY, 9, 25);
  const rates = series.rates(2);
  expect(rates.rolling24HoursPercents).toHaveLength(2);
  expect(rates.rolling24HoursPercents[1]).toBeGreaterThan(rates.rolling24HoursPercents[0]!);
  expect(rates.worst24HoursPercent).toBe(rates.rolling24HoursPercents[1]);
  // Both days lie in thirty: (10 + 21) of 1080.
  expect(rates.rolling30DaysPercents[1]).toBeCloseTo((100 * 31) / 1065, 1);
});

/** Live answers in order of time, each abandoned or not, judged as the law judges them. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface Rates {
  liveAnswers: number;
  abandons: number;
  percent: number;
  /** Of each whole day. */
  dayPercents: number[];
  worstDayPercent: number;
  /** Judged at each abandon, once the window has been filled for an hour. */
  worstHourPercent: number;
  /** Judged at each abandon, from the first on. */
  worst24HoursPercent: number;
  worst30DaysPercent: number;
  /** The same for the abandons of each day. */
  rolling24HoursPercents: number[];
  rolling30DaysPercents: number[];
}

export interface Recovery {
  atHour: number;
  first5MinutesPercent: number;
  first15MinutesPercent: number;
  firstHourPercent: number;
  /** Until the start of three ten-minute windows in a row at 4 % or less; null when that does not come. */
  minutesToRecover: number | null;
  /** Live answers and abandons of each minute after the change, for putting days together. */
  byMinute: Minutes;
}

export interface Minutes {
  live: number[];
  abandons: number[];
}

const RECOVERED_PERCENT = 4;
const CALM_WITHIN_MINUTES = 120;
const CALM_WINDOW_MINUTES = 10;
const CALM_WINDOWS = 3;
const FOLLOWED_MINUTES = CALM_WITHIN_MINUTES + CALM_WINDOWS * CALM_WINDOW_MINUTES;

const percentOf = (abandons: number, live: number): number => (live === 0 ? 0 : (100 * abandons) / live);

const firstAt = (times: readonly number[], at: number): number => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < at) low = middle + 1;
    else high = middle;
  }
  return low;
};

const sum = (values: readonly number[], from: number, count: number): number =>
  values.slice(from, from + count).reduce((total, value) => total + value, 0);

/** The first minute from which three ten-minute windows in a row are calm; null when none is within two hours. */
export const calmFrom = (
  { live, abandons }: Minutes,
  isCalm = (lost: number, answers: number): boolean => percentOf(lost, answers) <= RECOVERED_PERCENT,
): number | null => {
  for (let minute = 0; minute <= CALM_WITHIN_MINUTES; minute += 1) {
    let calm = true;
    for (let window = 0; window < CALM_WINDOWS && calm; window += 1) {
      const from = minute + window * CALM_WINDOW_MINUTES;
      calm = isCalm(sum(abandons, from, CALM_WINDOW_MINUTES), sum(live, from, CALM_WINDOW_MINUTES));
    }
    if (calm) return minute;
  }
  return null;
};

export class RateSeries {
  private readonly answers: number[] = [];
  private readonly abandons: number[] = [];

  /** In order of time, as is `abandon`: a person is there, and counts from now on. */
  live(at: number): void {
    this.answers.push(at);
  }

  /** One of the persons counted by `live` is abandoned now. */
  abandon(at: number): void {
    this.abandons.push(at);
  }

  /** Live answers and abandons with `from` <= time < `to`. */
  between(from: number, to: number): { live: number; abandons: number } {
    const { answers, abandons } = this;
    return {
      live: firstAt(answers, to) - firstAt(answers, from),
      abandons: firstAt(abandons, to) - firstAt(abandons, from),
    };
  }

  rates(days: number): Rates {
    const live = this.answers.length;
    const abandons = this.abandons.length;
    const dayPercents = Array.from({ length: days }, (_, day) => {
      const found = this.between(day * DAY, (day + 1) * DAY);
      return percentOf(found.abandons, found.live);
    });
    const rolling24HoursPercents = this.rolling(DAY, 0, days);
    const rolling30DaysPercents = this.rolling(30 * DAY, 0, days);
    return {
      liveAnswers: live,
      abandons,
      percent: percentOf(abandons, live),
      dayPercents,
      worstDayPercent: Math.max(0, ...dayPercents),
      worstHourPercent: Math.max(0, ...this.rolling(HOUR, HOUR, days)),
      worst24HoursPercent: Math.max(0, ...rolling24HoursPercents),
      worst30DaysPercent: Math.max(0, ...rolling30DaysPercents),
      rolling24HoursPercents,
      rolling30DaysPercents,
    };
  }

  recovery(stepAt: number): Recovery {
    const MINUTE = 60_000;
    const percent = (from: number, minutes: number): number => {
      const found = this.between(from, from + minutes * MINUTE);
      return percentOf(found.abandons, found.live);
    };
    const byMinute: Minutes = { live: [], abandons: [] };
    for (let minute = 0; minute < FOLLOWED_MINUTES; minute += 1) {
      const found = this.between(stepAt + minute * MINUTE, stepAt + (minute + 1) * MINUTE);
      byMinute.live.push(found.live);
      byMinute.abandons.push(found.abandons);
    }
    return {
      atHour: (stepAt % DAY) / HOUR,
      first5MinutesPercent: percent(stepAt, 5),
      first15MinutesPercent: percent(stepAt, 15),
      firstHourPercent: percent(stepAt, 60),
      minutesToRecover: calmFrom(byMinute),
      byMinute,
    };
  }

  /** The worst that the window showed at any abandon of each day. */
  private rolling(windowMs: number, notBefore: number, days: number): number[] {
    const worst = Array.from({ length: days }, () => 0);
    let firstAbandon = 0;
    let firstAnswer = 0;
    let nextAnswer = 0;
    for (const [index, at] of this.abandons.entries()) {
      while (this.abandons[firstAbandon]! <= at - windowMs) firstAbandon += 1;
      while (nextAnswer < this.answers.length && this.answers[nextAnswer]! <= at) nextAnswer += 1;
      while (firstAnswer < nextAnswer && this.answers[firstAnswer]! <= at - windowMs) firstAnswer += 1;
      if (at % DAY < notBefore) continue;
      const day = Math.min(days - 1, Math.floor(at / DAY));
      worst[day] = Math.max(worst[day]!, percentOf(index + 1 - firstAbandon, nextAnswer - firstAnswer));
    }
    return worst;
  }
}

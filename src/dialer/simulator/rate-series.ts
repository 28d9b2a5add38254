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
}

export interface Recovery {
  atHour: number;
  first5MinutesPercent: number;
  first15MinutesPercent: number;
  firstHourPercent: number;
  /** Until the start of three ten-minute windows in a row at 4 % or less; null when that does not come. */
  minutesToRecover: number | null;
}

const RECOVERED_PERCENT = 4;

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
    return {
      liveAnswers: live,
      abandons,
      percent: percentOf(abandons, live),
      dayPercents,
      worstDayPercent: Math.max(0, ...dayPercents),
      worstHourPercent: this.worstRolling(HOUR, HOUR),
      worst24HoursPercent: this.worstRolling(DAY, 0),
      worst30DaysPercent: this.worstRolling(30 * DAY, 0),
    };
  }

  recovery(stepAt: number): Recovery {
    const MINUTE = 60_000;
    const percent = (from: number, minutes: number): number => {
      const found = this.between(from, from + minutes * MINUTE);
      return percentOf(found.abandons, found.live);
    };
    let minutesToRecover: number | null = null;
    for (let minute = 0; minute <= 120 && minutesToRecover === null; minute += 1) {
      const from = stepAt + minute * MINUTE;
      const calm = [0, 10, 20].every((later) => percent(from + later * MINUTE, 10) <= RECOVERED_PERCENT);
      if (calm) minutesToRecover = minute;
    }
    return {
      atHour: (stepAt % DAY) / HOUR,
      first5MinutesPercent: percent(stepAt, 5),
      first15MinutesPercent: percent(stepAt, 15),
      firstHourPercent: percent(stepAt, 60),
      minutesToRecover,
    };
  }

  private worstRolling(windowMs: number, notBefore: number): number {
    let worst = 0;
    let firstAbandon = 0;
    let firstAnswer = 0;
    let nextAnswer = 0;
    for (const [index, at] of this.abandons.entries()) {
      while (this.abandons[firstAbandon]! <= at - windowMs) firstAbandon += 1;
      while (nextAnswer < this.answers.length && this.answers[nextAnswer]! <= at) nextAnswer += 1;
      while (firstAnswer < nextAnswer && this.answers[firstAnswer]! <= at - windowMs) firstAnswer += 1;
      if (at % DAY < notBefore) continue;
      worst = Math.max(worst, percentOf(index + 1 - firstAbandon, nextAnswer - firstAnswer));
    }
    return worst;
  }
}

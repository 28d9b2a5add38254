import { holidayOn } from '../holidays';
import { clockOf, WEEKDAYS, windowOf } from '../shifts';
import { type DayWindow, type LocalDay, localDay, meet, type Openness, type Span, spanAt } from '../zoned-windows';
import type { HoursRule } from './profile';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const HORIZON_DAYS = 366;
/** Zones whose hours meet do so within days; those that never meet are asked no longer than this. */
const ROUNDS = 64;
const NO_CALLS = 'no calls today';
const WORDS_KEPT = 1_000;
const WHOLE_DAY: DayWindow = { startMinute: 0, endMinute: 1440 };

/** Every rule that holds on a day. */
export type HoursOn = (day: string) => readonly HoursRule[];

const windowsOf = (rule: HoursRule, day: LocalDay): DayWindow[] => {
  const special = rule.holidays && holidayOn(rule.holidays, day.iso) !== undefined ? rule.holidays.shifts : undefined;
  const weekday = WEEKDAYS[day.weekday - 1];
  return (special ?? (weekday && rule.weekly[weekday]) ?? []).map(windowOf);
};

/**
 * Calling hours of one law: what all of its rules have in common, in all zones. An answer is kept until the moment at
 * which it changes, so that a claim of hundreds of contacts asks the calendar once for each zone.
 */
export class CallingHours {
  private readonly known = new Map<string, { from: number; span: Span }>();
  private readonly words = new Map<string, string>();

  constructor(private readonly rulesOn: HoursOn) {}

  /** `within`: hours of the campaign, which narrow those of the law. */
  at(at: number, zones: string, within: DayWindow = WHOLE_DAY): Openness {
    const { open, until, never } = this.span(at, zones, within);
    return open || never ? { open } : { open, nextAt: until };
  }

  /** The hours of the local day of `at` in the first of the zones, for an explanation: `08:00–20:00`. */
  describe(at: number, zones: string, within: DayWindow = WHOLE_DAY): string {
    const [zone = 'UTC'] = zones.split('|');
    // Local days begin with a minute, so within one the answer is the same.
    const key = `${Math.floor(at / MINUTE_MS)}/${zone}/${within.startMinute}/${within.endMinute}`;
    const known = this.words.get(key);
    if (known !== undefined) return known;
    const words = this.wordsOf(localDay(at, zone), within);
    if (this.words.size >= WORDS_KEPT) this.words.clear();
    this.words.set(key, words);
    return words;
  }

  private wordsOf(day: LocalDay | undefined, within: DayWindow): string {
    const windows = day ? this.windowsOn(day, within) : [];
    const words = windows.map(({ startMinute, endMinute }) => `${clockOf(startMinute)}–${clockOf(endMinute)}`);
    return words.join(' and ') || NO_CALLS;
  }

  private span(at: number, zones: string, within: DayWindow): Span {
    const key = `${zones}/${within.startMinute}/${within.endMinute}`;
    const before = this.known.get(key);
    if (before && before.from <= at && at < before.span.until) return before.span;
    const span = this.find(at, zones.split('|'), within);
    this.known.set(key, { from: at, span });
    return span;
  }

  private find(at: number, zones: readonly string[], within: DayWindow): Span {
    const spansAt = (moment: number) =>
      zones.map((zone) => spanAt(moment, zone, (day) => this.windowsOn(day, within), HORIZON_DAYS));
    let moment = at;
    for (let round = 0; round < ROUNDS; round++) {
      const spans = spansAt(moment);
      if (spans.some(({ never }) => never)) break;
      const closed = spans.filter(({ open }) => !open).map(({ until }) => until);
      if (closed.length === 0) {
        return moment === at
          ? { open: true, until: Math.min(...spans.map(({ until }) => until)), never: false }
          : { open: false, until: moment, never: false };
      }
      moment = Math.max(...closed);
    }
    return { open: false, until: at + DAY_MS, never: true };
  }

  private windowsOn(day: LocalDay, within: DayWindow): DayWindow[] {
    let windows: DayWindow[] = [within];
    for (const rule of this.rulesOn(day.iso)) windows = meet(windows, windowsOf(rule, day));
    return windows;
  }
}

import { WEEKDAYS, type Weekly, windowOf } from '../../compliance/shifts';
import { type Span, spanAt } from '../../compliance/zoned-windows';

/** Windows are weekly: what does not open within a fortnight never does. */
const HORIZON_DAYS = 15;
/** Windows that meet do so within a few weeks of openings; those that never meet are asked no longer than this. */
const ROUNDS = 128;

export interface Windowed {
  weekly: Weekly | null;
  /** IANA zones joined by '|': open is open in each. */
  zone: string;
}

/**
 * Opening moments of weekly windows. Answers are kept until they change, so that a batch of hundreds of contacts asks the
 * calendar once for each zone.
 */
export class ModeWindows {
  private readonly known = new Map<Weekly, Map<string, { from: number; span: Span }>>();

  /** The first moment from `from` on at which all of them are open; undefined when there is none. */
  opensAt(all: readonly Windowed[], from: number): number | undefined {
    let moment = from;
    for (let round = 0; round < ROUNDS; round += 1) {
      let latest = moment;
      for (const { weekly, zone } of all) {
        if (!weekly) continue;
        for (const one of zone.split('|')) {
          const { open, until, never } = this.span(weekly, one, moment);
          if (never) return undefined;
          if (!open) latest = Math.max(latest, until);
        }
      }
      if (latest === moment) return moment;
      moment = latest;
    }
    return undefined;
  }

  private span(weekly: Weekly, zone: string, at: number): Span {
    const zones = this.known.get(weekly) ?? new Map<string, { from: number; span: Span }>();
    this.known.set(weekly, zones);
    const before = zones.get(zone);
    if (before && before.from <= at && at < before.span.until) return before.span;
    const windowsOf = ({ weekday }: { weekday: number }) => {
      const day = WEEKDAYS[weekday - 1];
      return ((day && weekly[day]) ?? []).map(windowOf);
    };
    const span = spanAt(at, zone, windowsOf, HORIZON_DAYS);
    zones.set(zone, { from: at, span });
    return span;
  }
}

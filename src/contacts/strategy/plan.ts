import type { Place } from '../../compliance/gates';
import { firstOpen, type Openness } from '../../compliance/zoned-windows';
import type { ModePlan, StrategySettings } from './contact-strategy';
import { ModeWindows } from './mode-windows';

/** What is known of one contact mode of a contact in a campaign: counted attempts, and when the last one of any kind ended. */
export interface Tried {
  n: number;
  /** Epoch milliseconds. */
  at: number;
}
export type TriedModes = Readonly<Record<string, Tried>>;

export interface ModeNumber {
  mode: string;
  zone: string;
}

export type Hours = (numberIndex: number, at: number) => Openness;

export interface Asked {
  numbers: readonly ModeNumber[];
  tried: TriedModes;
  /** The place in `numbers` that is preferred when several may be dialled at the same moment; the order goes on from it. */
  preferred: number | null;
  /** The moment from which a number may be dialled at all, by its position in the order. */
  from: (position: number) => number;
  /** Whether a call to a number is lawful at a moment; without it only the strategy's own windows count. */
  hours?: Hours;
}

export type NoPlace = 'NO_NUMBER' | 'MODES_EXHAUSTED' | 'NO_WINDOW';

interface Entry {
  plan: ModePlan;
  numberIndex: number;
  zone: string;
  position: number;
}

/** A contact strategy at work. Pure but for what it remembers of the calendar; one serves a whole batch. */
export class Plan {
  private readonly windows = new ModeWindows();

  constructor(readonly settings: StrategySettings) {}

  /** The contact's numbers in the order of the strategy; a mode that it does not name is never dialled. */
  private order(numbers: readonly ModeNumber[]): Entry[] {
    const entries = this.settings.modes.flatMap((plan) =>
      numbers.flatMap(({ mode, zone }, numberIndex) => (mode === plan.mode ? [{ plan, numberIndex, zone }] : [])),
    );
    return entries.map((entry, position) => ({ ...entry, position }));
  }

  /** Where a number stands in the order; -1 when the strategy does not dial it. */
  positionOf(numbers: readonly ModeNumber[], numberIndex: number): number {
    return this.order(numbers).findIndex((entry) => entry.numberIndex === numberIndex);
  }

  /** The number after it in the order, round and round. */
  after(numbers: readonly ModeNumber[], numberIndex: number): number | null {
    const order = this.order(numbers);
    const position = order.findIndex((entry) => entry.numberIndex === numberIndex);
    return order[(position + 1) % order.length]?.numberIndex ?? null;
  }

  /** Which number is to be dialled next and from when: the earliest, of several at one moment the preferred. */
  next({ numbers, tried, preferred, from, hours }: Asked): Place | NoPlace {
    const order = this.order(numbers);
    if (order.length === 0) return 'NO_NUMBER';
    const left = order.filter(({ plan }) => (tried[plan.mode]?.n ?? 0) < plan.attempts);
    if (left.length === 0) return 'MODES_EXHAUSTED';
    const start = Math.max(
      0,
      order.findIndex((entry) => entry.numberIndex === preferred),
    );
    const turn = (entry: Entry): number => (entry.position - start + order.length) % order.length;
    let best: Place | undefined;
    for (const entry of left.sort((one, other) => turn(one) - turn(other))) {
      const at = this.opensAt(entry, order, this.notBefore(entry, tried, from(entry.position)), hours);
      if (at !== undefined && (!best || at < best.at)) best = { numberIndex: entry.numberIndex, at };
    }
    return best ?? 'NO_WINDOW';
  }

  private notBefore({ plan }: Entry, tried: TriedModes, from: number): number {
    const last = tried[plan.mode];
    return last ? Math.max(from, last.at + plan.gapMinutes * 60_000) : from;
  }

  private opensAt(entry: Entry, order: readonly Entry[], from: number, hours?: Hours): number | undefined {
    const asked = this.settings.windowRule === 'ALL_NUMBERS' ? order : [entry];
    const windows = asked.map(({ plan, zone }) => ({ weekly: plan.weekly, zone }));
    return firstOpen(from, (at) => {
      const nextAt = this.windows.opensAt(windows, at);
      if (nextAt !== at) return { open: false, ...(nextAt !== undefined && { nextAt }) };
      return hours?.(entry.numberIndex, at) ?? { open: true };
    });
  }
}

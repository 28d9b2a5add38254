/** What a step of the kernel takes, in microseconds: of ticks, on which pacing decides, and of all other inputs. */
export interface StepTimesView {
  ticks: number;
  tickMedianMicros: number;
  tickMeanMicros: number;
  tick99thMicros: number;
  events: number;
  eventMedianMicros: number;
  eventMeanMicros: number;
}

const KEPT = 200_000;

class Times {
  private readonly kept = new Float64Array(KEPT);
  count = 0;
  sum = 0;

  add(ms: number): void {
    this.kept[this.count % KEPT] = ms;
    this.count += 1;
    this.sum += ms;
  }

  micros(quantile: number): number {
    const sorted = this.kept.slice(0, Math.min(this.count, KEPT)).sort();
    return 1000 * (sorted[Math.min(sorted.length - 1, Math.floor(quantile * sorted.length))] ?? 0);
  }
}

export class StepTimes {
  private readonly ticks = new Times();
  private readonly events = new Times();

  add(tick: boolean, ms: number): void {
    (tick ? this.ticks : this.events).add(ms);
  }

  view(): StepTimesView {
    const { ticks, events } = this;
    return {
      ticks: ticks.count,
      tickMedianMicros: ticks.micros(0.5),
      tickMeanMicros: ticks.count === 0 ? 0 : (1000 * ticks.sum) / ticks.count,
      tick99thMicros: ticks.micros(0.99),
      events: events.count,
      eventMedianMicros: events.micros(0.5),
      eventMeanMicros: events.count === 0 ? 0 : (1000 * events.sum) / events.count,
    };
  }
}

const WINDOW_MS = 30_000;
/** Less than this is the ordinary way of an event through network and event loop. */
const ORDINARY_MS = 100;

/**
 * How late an event is heard. The clocks of the switch and of this process differ by an unknown offset: the event that
 * came fastest of the last half minute shows it, and whatever an event took longer than that is its delay.
 */
export class Lateness {
  private rotatedAt = Number.NEGATIVE_INFINITY;
  private current = Number.POSITIVE_INFINITY;
  private previous = Number.POSITIVE_INFINITY;

  /** `at` on the switch's clock, `receivedAt` on ours. */
  of(at: number, receivedAt: number): number {
    if (receivedAt - this.rotatedAt >= WINDOW_MS) {
      this.previous = this.current;
      this.current = Number.POSITIVE_INFINITY;
      this.rotatedAt = receivedAt;
    }
    const took = receivedAt - at;
    this.current = Math.min(this.current, took);
    const late = took - Math.min(this.current, this.previous);
    return late > ORDINARY_MS ? late : 0;
  }
}

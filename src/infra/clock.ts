/**
 * Business time: calling hours, retries, windows, reports. Real time plus an offset that tests may only move forward.
 * Call deadlines and leases use `monotonic` instead and never see the offset.
 */
export interface Clock {
  /** Epoch milliseconds of business time. */
  now(): number;
  date(): Date;
}

export class OffsetClock implements Clock {
  private offsetMs = 0;

  now(): number {
    return Date.now() + this.offsetMs;
  }

  date(): Date {
    return new Date(this.now());
  }

  get offset(): number {
    return this.offsetMs;
  }

  /** Moves forward only: a smaller offset is ignored. */
  setOffset(offsetMs: number): void {
    if (offsetMs > this.offsetMs) this.offsetMs = offsetMs;
  }
}

/** Milliseconds that never go back; comparable within one process only. */
export const monotonic = (): number => performance.now();

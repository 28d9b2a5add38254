/** How long to wait before starting something again that keeps ending: quick at first, never above ten seconds. */
export class BackOff {
  private failures = 0;
  private startedAt = 0;

  started(): void {
    this.startedAt = performance.now();
  }

  nextDelayMs(): number {
    // What ran for a minute was well: its end is a new story.
    if (performance.now() - this.startedAt > 60_000) this.failures = 0;
    this.failures += 1;
    return this.failures === 1 ? 0 : Math.min(10_000, 250 * 2 ** (this.failures - 2));
  }
}

/** Resolves early, with false, when the signal is aborted. */
export const pause = (ms: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    if (signal.aborted) {
      resolve(false);
      return;
    }
    const end = (waited: boolean) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      resolve(waited);
    };
    const abort = () => end(false);
    const timer = setTimeout(() => end(true), ms);
    signal.addEventListener('abort', abort);
  });

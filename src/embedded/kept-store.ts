import { BackOff, pause } from './back-off';
import { freePort } from './free-port';
import type { Store } from './store';

/** A store that is started again, on the same port, whenever it ends by itself. */
export class KeptStore {
  private readonly backOff = new BackOff();
  private readonly stopping = new AbortController();
  private current: Store | undefined;
  /** The restart under way, so that a stop waits for it and leaves nothing behind. */
  private work: Promise<void> = Promise.resolve();

  private constructor(
    private readonly start: (port: number) => Promise<Store>,
    private readonly say: (line: string) => void,
  ) {}

  /** The first start takes a free port; somebody else may take it in between, hence the attempts. */
  static async start(start: (port: number) => Promise<Store>, say: (line: string) => void): Promise<KeptStore> {
    const kept = new KeptStore(start, say);
    for (let attempt = 1; ; attempt += 1) {
      try {
        kept.watch(await start(await freePort()));
        return kept;
      } catch (error) {
        if (attempt === 3) throw error;
        await pause(500, kept.stopping.signal);
      }
    }
  }

  get url(): string {
    if (!this.current) throw new Error('The store has not been started');
    return this.current.url;
  }

  get pid(): number {
    return this.current?.pid ?? 0;
  }

  async stop(graceMs: number): Promise<void> {
    this.stopping.abort();
    await this.work;
    await this.current?.stop(graceMs);
  }

  private watch(store: Store): void {
    this.current = store;
    this.backOff.started();
    void store.exited.then((how) => {
      if (this.stopping.signal.aborted) return;
      this.say(`${store.name} ended (${how}): starting it again`);
      this.work = this.restart(store);
    });
  }

  private async restart(store: Store): Promise<void> {
    while (await pause(this.backOff.nextDelayMs(), this.stopping.signal)) {
      try {
        const again = await this.start(store.port);
        this.watch(again);
        this.say(`${store.name} is back`);
        return;
      } catch (error) {
        this.say(String(error instanceof Error ? error.message : error));
      }
    }
  }
}

import type { Notice, PubSub } from '../../src/infra/pubsub';

export interface RowView<V> {
  seq: number;
  view: V;
}

export interface FollowRow<V> {
  pubsub: PubSub;
  topic: string;
  /** Reads the row behind the topic; null when it does not exist (any more): the subscription then ends. */
  read(): Promise<RowView<V> | null>;
  /** Called at every reading before it, also when nothing changed: throws to end the subscription with an error. */
  check?(): Promise<void>;
  /** Called once when the subscription ends, however it ends. */
  onEnd?(): void;
  pollMs?: number;
}

/** Read again this often, whatever was heard: a lost notice delays a change by no more. */
const POLL_MS = 5_000;
/** While the row cannot be read (PostgreSQL away) the follower waits this long and tries again. */
const RETRY_MS = 500;

/**
 * Snapshot first, then every later state of one row. A notice carries no data, only the row's `seq`: one at or below the
 * last seen is dropped, any other makes the row be read again, so a lost, doubled or late notice loses and repeats
 * nothing. Nothing is buffered: a slow consumer gets the newest state when it asks for the next one.
 */
export class RowFollower<V> implements AsyncIterableIterator<V> {
  private seen = -1;
  private stale = true;
  private ended = false;
  private wake: (() => void) | undefined;
  private readonly unsubscribe: () => void;

  constructor(private readonly options: FollowRow<V>) {
    this.unsubscribe = options.pubsub.subscribe(options.topic, (notice) => this.hear(notice));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Reads the row now even if no notice came. */
  nudge(): void {
    this.stale = true;
    this.wake?.();
  }

  async next(): Promise<IteratorResult<V>> {
    try {
      while (!this.ended) {
        if (!this.stale) await this.wait(this.options.pollMs ?? POLL_MS);
        if (this.ended) break;
        this.stale = false;
        const row = await this.readRow();
        if (this.ended || row === null) break;
        if (row === 'retry' || row.seq <= this.seen) continue;
        this.seen = row.seq;
        return { done: false, value: row.view };
      }
    } catch (error) {
      this.end();
      throw error;
    }
    this.end();
    return { done: true, value: undefined };
  }

  /** Ends at once, also while `next` waits: an async generator would only end at its next yield. */
  async return(): Promise<IteratorResult<V>> {
    this.end();
    return { done: true, value: undefined };
  }

  async throw(error: unknown): Promise<IteratorResult<V>> {
    this.end();
    throw error;
  }

  private async readRow(): Promise<RowView<V> | null | 'retry'> {
    await this.options.check?.();
    try {
      return await this.options.read();
    } catch (error) {
      // The first reading fails loudly; later ones wait for the store, for the client's state stays true until then.
      if (this.seen < 0) throw error;
      await this.wait(RETRY_MS);
      this.stale = true;
      return 'retry';
    }
  }

  private hear({ seq }: Notice): void {
    // 0 asks every follower to check its standing again.
    if (seq === 0 || seq > this.seen) this.nudge();
  }

  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.wake = done;
    });
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    this.unsubscribe();
    this.wake?.();
    this.options.onEnd?.();
  }
}

export const followRow = <V>(options: FollowRow<V>): RowFollower<V> => new RowFollower(options);

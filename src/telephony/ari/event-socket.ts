import WebSocket from 'ws';
import type { AriSettings } from './options';

export interface EventSocketHandlers {
  open(): void;
  message(text: string): void;
  pong(): void;
  down(why: string): void;
}

/**
 * One connection of the event stream, from opening to its end. Its pings tell whether the stream is still ours: a pong to
 * a ping sent a moment ago proves that no ApplicationReplaced was sent before it, for the socket keeps order.
 */
export class EventSocket {
  private readonly socket: WebSocket;
  private readonly timer: NodeJS.Timeout;
  private over = false;
  private opened = false;
  private lastTick: number;
  private gapAt = Number.NEGATIVE_INFINITY;
  /** When the newest answered ping was sent. */
  private provedAt = Number.NEGATIVE_INFINITY;
  private lastHeard: number;
  private lastPing: number;
  private readonly waiters: ((fresh: boolean) => void)[] = [];

  constructor(
    private readonly settings: AriSettings,
    private readonly handlers: EventSocketHandlers,
  ) {
    const { monotonic } = settings;
    this.lastTick = this.lastHeard = this.lastPing = monotonic();
    const query = new URLSearchParams({ app: settings.app, subscribeAll: String(settings.subscribeAll) });
    const origin = settings.origin.replace(/^http/, 'ws');
    this.socket = new WebSocket(`${origin}${settings.prefix}/ari/events?${query}`, {
      headers: { authorization: settings.authorization },
      perMessageDeflate: false,
      handshakeTimeout: settings.linkTimeoutMs,
    });
    this.socket.on('open', () => {
      if (this.over) return;
      this.opened = true;
      this.lastHeard = monotonic();
      this.ping();
      this.handlers.open();
    });
    this.socket.on('message', (data) => {
      if (!this.over) this.handlers.message(String(data));
    });
    this.socket.on('pong', (data) => this.onPong(Number(data.toString())));
    this.socket.on('error', (error) => this.end(error.message));
    this.socket.on('close', (code) => this.end(`closed ${code}`));
    this.timer = setInterval(() => this.tick(), Math.min(100, settings.pingEveryMs));
  }

  /** A ping sent less than a second ago, and since the last gap of the event loop, was answered. */
  fresh(): boolean {
    if (this.over) return false;
    this.noticeGap();
    return this.provedAt > this.gapAt && this.settings.monotonic() - this.provedAt <= this.settings.freshWithinMs;
  }

  /** Everything that the switch told before this moment was heard; -Infinity when nothing is proved. */
  get heardUntil(): number {
    return this.provedAt;
  }

  /** Waits for a new proof when the last one is stale; false when none comes in time or the socket ends. */
  proof(): Promise<boolean> {
    if (this.over) return Promise.resolve(false);
    if (this.fresh()) return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(false), this.settings.freshWithinMs);
      const settle = (proved: boolean): void => {
        clearTimeout(timer);
        const index = this.waiters.indexOf(settle);
        if (index >= 0) this.waiters.splice(index, 1);
        resolve(proved);
      };
      this.waiters.push(settle);
      this.ping();
    });
  }

  /** Ends it from our side without a `down`. */
  close(): void {
    this.over = true;
    clearInterval(this.timer);
    for (const waiter of [...this.waiters]) waiter(false);
    this.socket.terminate();
  }

  private ping(): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.lastPing = this.settings.monotonic();
    this.socket.ping(String(this.lastPing));
  }

  private onPong(sentAt: number): void {
    if (this.over || Number.isNaN(sentAt)) return;
    this.noticeGap();
    this.provedAt = Math.max(this.provedAt, sentAt);
    this.lastHeard = this.settings.monotonic();
    this.handlers.pong();
    if (this.fresh()) for (const waiter of [...this.waiters]) waiter(true);
  }

  /** The process stood still (a stop signal, a long collection): what it believes is as old as the gap. */
  private noticeGap(): void {
    const now = this.settings.monotonic();
    if (now - this.lastTick > this.settings.gapMs) {
      this.gapAt = now;
      // The switch may have answered meanwhile: it gets the whole time-out again.
      this.lastHeard = now;
    }
    this.lastTick = now;
  }

  private tick(): void {
    this.noticeGap();
    if (this.over || !this.opened) return;
    const now = this.lastTick;
    if (now - this.lastHeard > this.settings.linkTimeoutMs) {
      this.end('no pong');
      return;
    }
    if (now - this.lastPing >= this.settings.pingEveryMs || this.gapAt > this.lastPing) this.ping();
  }

  private end(why: string): void {
    if (this.over) return;
    this.close();
    this.handlers.down(why);
  }
}

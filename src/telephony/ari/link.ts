import { EventSocket } from './event-socket';
import type { AriSettings } from './options';
import type { RestClient, RestRequest, RestResult } from './rest-client';
import type { WireMessage } from './wire';

export interface LinkHandlers {
  message(message: WireMessage): void;
  /** The socket is open: subscribe and reconcile. False = give this connection up and try again. */
  prepare(): Promise<boolean>;
  up(): void;
  down(why: string): void;
  alive(): void;
  replaced(): void;
}

/** Keeps one event stream open: connects, reconnects with back-off, and ends for good once it was replaced. */
export class Link {
  private socket: EventSocket | undefined;
  private retry: NodeJS.Timeout | undefined;
  private delay: number;
  private stopped = false;
  private wasReplaced = false;
  /** Connected and reconciled. */
  private ready = false;
  private settleFirst: (() => void) | undefined;
  /** Until when, on our clock, the last link that was up told everything; undefined before the first was lost. */
  heardUntil: number | undefined;

  constructor(
    private readonly settings: AriSettings,
    private readonly handlers: LinkHandlers,
  ) {
    this.delay = settings.reconnect.minMs;
  }

  /** Resolves when the link is up, or when the first attempt failed and the next ones go on in the background. */
  start(): Promise<void> {
    return new Promise((resolve) => {
      this.settleFirst = resolve;
      this.connect();
    });
  }

  stop(): void {
    this.stopped = true;
    this.ready = false;
    clearTimeout(this.retry);
    this.socket?.close();
    this.socket = undefined;
    this.first();
  }

  isUp(): boolean {
    return this.ready;
  }

  isReplaced(): boolean {
    return this.wasReplaced;
  }

  /** Up, and the stream is proved to be ours at this moment. */
  fresh(): boolean {
    return this.ready && this.streamFresh();
  }

  /** The stream alone is proved; the reconciliation may still be going on. */
  streamFresh(): boolean {
    return this.socket?.fresh() ?? false;
  }

  async proof(): Promise<boolean> {
    const { socket } = this;
    return this.ready && socket !== undefined && (await socket.proof()) && this.ready;
  }

  /**
   * Sends what acts on the switch only while the stream is proved to be ours, judged as the bytes leave. A proof that
   * went stale on the way (a pause of the process) is asked for again, until `until` on our monotonic clock.
   */
  async send(
    rest: RestClient,
    request: RestRequest,
    until: number,
    permit: () => boolean = () => true,
  ): Promise<RestResult> {
    const { monotonic } = this.settings;
    for (;;) {
      if (!(await this.proof())) return { kind: 'notSent', why: 'withheld' };
      const allowed = (): boolean => permit() && monotonic() <= until;
      const result = await rest.request({ ...request, permit: () => this.fresh() && allowed() });
      if (result.kind !== 'notSent' || result.why !== 'withheld' || !this.ready || !allowed()) return result;
    }
  }

  private connect(): void {
    if (this.stopped) return;
    if (!this.settings.mayConnect()) {
      this.again();
      return;
    }
    const socket: EventSocket = new EventSocket(this.settings, {
      open: () => void this.opened(socket),
      message: (text) => this.received(socket, text),
      pong: () => {
        if (this.socket === socket) this.handlers.alive();
      },
      down: (why) => this.lost(socket, why),
    });
    this.socket = socket;
  }

  private async opened(socket: EventSocket): Promise<void> {
    const prepared = await this.handlers.prepare();
    if (this.socket !== socket) return;
    if (!prepared) {
      socket.close();
      this.lost(socket, 'the switch could not be read');
      return;
    }
    this.delay = this.settings.reconnect.minMs;
    this.ready = true;
    this.handlers.up();
    this.first();
  }

  private received(socket: EventSocket, text: string): void {
    if (this.socket !== socket) return;
    let message: WireMessage;
    try {
      message = JSON.parse(text) as WireMessage;
    } catch {
      this.settings.logger.warn({ length: text.length }, 'an event of the switch is not JSON');
      return;
    }
    if (message.type === 'ApplicationReplaced') {
      if (message.application !== this.settings.app) return;
      this.wasReplaced = true;
      this.stop();
      this.handlers.replaced();
      return;
    }
    this.handlers.message(message);
  }

  private lost(socket: EventSocket, why: string): void {
    if (this.socket !== socket) return;
    this.socket = undefined;
    const wasReady = this.ready;
    this.ready = false;
    if (wasReady && Number.isFinite(socket.heardUntil)) this.heardUntil = socket.heardUntil;
    if (wasReady) this.handlers.down(why);
    else this.settings.logger.debug({ why }, 'no connection to the switch');
    this.again();
  }

  private again(): void {
    this.first();
    if (this.stopped) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), this.delay);
    this.delay = Math.min(this.delay * 2, this.settings.reconnect.maxMs);
  }

  private first(): void {
    this.settleFirst?.();
    this.settleFirst = undefined;
  }
}

import type { WebSocket } from 'ws';
import type { SimChannel } from './channel';
import { timestamp } from './channel';
import type { TruthLog } from './truth-log';

interface Application {
  name: string;
  session: WebSocket | undefined;
  /** `endpoint:PJSIP/trunk` and the like; kept over a dropped socket, lost with the switch. */
  readonly subscriptions: Set<string>;
  subscribeAll: boolean;
  disallowed: Set<string>;
}

/** The Stasis applications: who hears of which channel. A lost socket leaves the application registered but inactive. */
export class Applications {
  private readonly byName = new Map<string, Application>();
  /** Events wait while a fault stalls the stream. */
  private stalledUntil = 0;
  private readonly stalled: (() => void)[] = [];
  sent = 0;

  constructor(
    private readonly truth: TruthLog,
    private readonly switchId: string,
  ) {}

  register(name: string, session: WebSocket, subscribeAll: boolean): void {
    let application = this.byName.get(name);
    if (!application) {
      application = { name, session: undefined, subscriptions: new Set(), subscribeAll, disallowed: new Set() };
      this.byName.set(name, application);
    }
    const previous = application.session;
    if (previous) {
      // The loser is told and its socket stays open: it must understand by itself that it hears nothing any more.
      this.truth.write({ e: 'app', app: name, state: 'replaced' });
      this.send(previous, { type: 'ApplicationReplaced', timestamp: timestamp(), application: name });
    }
    application.session = session;
    application.subscribeAll = subscribeAll;
    this.truth.write({ e: 'app', app: name, state: 'registered' });
    session.on('close', () => {
      if (application.session !== session) return;
      application.session = undefined;
      this.truth.write({ e: 'app', app: name, state: 'gone' });
    });
  }

  /** Registered and listening: Stasis() succeeds only then. */
  active(name: string): boolean {
    return this.byName.get(name)?.session !== undefined;
  }

  exists(name: string): boolean {
    return this.byName.has(name);
  }

  subscribe(name: string, sources: string[]): void {
    const application = this.byName.get(name);
    for (const source of sources) application?.subscriptions.add(source);
  }

  filter(name: string, disallowed: string[]): void {
    const application = this.byName.get(name);
    if (application) application.disallowed = new Set(disallowed);
  }

  describe(name: string): Record<string, unknown> | undefined {
    const application = this.byName.get(name);
    if (!application) return undefined;
    const endpoints = [...application.subscriptions]
      .filter((source) => source.startsWith('endpoint:'))
      .map((source) => source.slice('endpoint:'.length));
    return { name, channel_ids: [], bridge_ids: [], endpoint_ids: endpoints, device_names: [] };
  }

  names(): { name: string; active: boolean }[] {
    return [...this.byName.values()].map(({ name, session }) => ({ name, active: session !== undefined }));
  }

  /** Tells every application that listens to this channel. */
  emit(channel: SimChannel, type: string, body: Record<string, unknown>): void {
    for (const application of this.byName.values()) {
      if (!application.session || application.disallowed.has(type)) continue;
      if (!this.hears(application, channel)) continue;
      this.send(application.session, { type, timestamp: timestamp(), ...body, application: application.name });
    }
  }

  /** Cuts the sockets without a closing handshake; the channels stay as they are. */
  dropLinks(name?: string): void {
    for (const application of this.byName.values()) {
      if (name === undefined || application.name === name) application.session?.terminate();
    }
  }

  stall(ms: number): void {
    this.stalledUntil = performance.now() + ms;
    setTimeout(() => {
      if (performance.now() < this.stalledUntil - 1) return;
      for (const send of this.stalled.splice(0)) send();
    }, ms);
  }

  private hears(application: Application, channel: SimChannel): boolean {
    const { subscriptions } = application;
    return (
      application.subscribeAll ||
      channel.originApp === application.name ||
      channel.stasisApp === application.name ||
      subscriptions.has(`endpoint:${channel.endpoint.key}`) ||
      subscriptions.has(`endpoint:${channel.endpoint.key.split('/')[0]}`) ||
      subscriptions.has(`channel:${channel.id}`)
    );
  }

  private send(session: WebSocket, event: Record<string, unknown>): void {
    const text = JSON.stringify({ ...event, asterisk_id: this.switchId });
    this.sent += 1;
    if (this.stalled.length > 0 || performance.now() < this.stalledUntil) this.stalled.push(() => session.send(text));
    else session.send(text);
  }
}

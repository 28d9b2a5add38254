import type { Ack, AgentSessionId, TelephonyEvent } from '../port';
import { agentChannel, agentSessionOf } from './names';
import type { AriSettings } from './options';
import type { RestClient } from './rest-client';
import type { WireBridge, WireChannel, WireMessage } from './wire';

type Why = Extract<TelephonyEvent, { type: 'agentSession'; state: 'down' }>['why'];

interface Session {
  id: AgentSessionId;
  state: 'opening' | 'ringing' | 'joining' | 'up';
  ringEndsAt: number;
  closing: boolean;
  /** The switch took the originate, or may have: when it does not show the leg later, it is gone. */
  sent: boolean;
}

export interface AgentSessionsHost {
  settings: AriSettings;
  rest: RestClient;
  sink(event: TelephonyEvent): void;
  linkEpoch(): number;
  /** The stream is ours at this moment. */
  fresh(): boolean;
  proof(): Promise<boolean>;
  /** A session went down: connects waiting for it look again. */
  changed(): void;
}

const DECLINED = new Set([17, 21]);
const UNANSWERED = new Set([0, 18, 19]);

/** The agents' nailed-up legs, each alone in a mixing bridge of its own until a customer joins. */
export class AgentSessions {
  private readonly sessions = new Map<AgentSessionId, Session>();

  constructor(private readonly host: AgentSessionsHost) {}

  isUp(id: AgentSessionId): boolean {
    return this.sessions.get(id)?.state === 'up';
  }

  /** The sessions whose leg is up and in its bridge. */
  up(): AgentSessionId[] {
    return [...this.sessions.values()].filter((session) => session.state === 'up').map((session) => session.id);
  }

  async open(command: { id: AgentSessionId; endpoint: string; ringTimeoutMs: number }): Promise<Ack> {
    const { rest, settings } = this.host;
    const known = this.sessions.get(command.id);
    if (known) {
      if (known.state === 'up') this.tell(command.id, { state: 'up' });
      return { ok: true };
    }
    const seconds = Math.max(1, Math.ceil(command.ringTimeoutMs / 1000));
    const session: Session = {
      id: command.id,
      state: 'opening',
      ringEndsAt: settings.monotonic() + seconds * 1000,
      closing: false,
      sent: false,
    };
    this.sessions.set(command.id, session);
    if (!(await this.host.proof())) {
      this.sessions.delete(command.id);
      return { ok: false, code: 'link_down' };
    }
    const endpoint = command.endpoint.includes('/')
      ? command.endpoint
      : settings.agentEndpointTemplate.replaceAll('{endpoint}', command.endpoint);
    const result = await rest.request({
      method: 'POST',
      path: `/channels/${encodeURIComponent(agentChannel(command.id))}`,
      permit: () => this.host.fresh(),
      body: {
        endpoint,
        app: settings.app,
        appArgs: 'agent',
        timeout: seconds,
        variables: { 'CHANNEL(accountcode)': settings.app },
      },
    });
    session.sent = true;
    if (result.kind === 'reply' && result.status < 300) return { ok: true };
    if (result.kind === 'lost' || (result.kind === 'reply' && result.status === 409)) {
      // It is there already, from before a take-over, or nobody knows: the switch is asked.
      void this.adoptByRequest(session);
      return { ok: true };
    }
    this.sessions.delete(command.id);
    if (result.kind === 'notSent') return { ok: false, code: 'link_down' };
    return { ok: false, code: 'refused', detail: `the switch answered ${result.status}` };
  }

  async close(id: AgentSessionId): Promise<Ack> {
    const session = this.sessions.get(id);
    if (session) session.closing = true;
    if (!(await this.host.proof())) {
      if (session) session.closing = false;
      return { ok: false, code: 'link_down' };
    }
    const name = encodeURIComponent(agentChannel(id));
    const result = await this.host.rest.request({
      method: 'DELETE',
      path: `/channels/${name}`,
      query: { reason: 'normal' },
      permit: () => this.host.fresh(),
    });
    if (result.kind === 'notSent') {
      if (session) session.closing = false;
      return { ok: false, code: 'link_down' };
    }
    if (result.kind === 'lost') return { ok: false, code: 'timeout' };
    if (result.status >= 300 && result.status !== 404) {
      return { ok: false, code: 'refused', detail: `the switch answered ${result.status}` };
    }
    if (result.status === 404) this.down(id, 'closed');
    return { ok: true };
  }

  /** Takes a message about an agent's leg; false when it is not about one. */
  handle(message: WireMessage): boolean {
    const channel = message.channel ?? message.peer;
    const id = channel && agentSessionOf(channel.id);
    if (channel === undefined || id === undefined) return false;
    const session = this.sessions.get(id) ?? this.adopt(id, channel);
    if (!session) return true;
    switch (message.type) {
      case 'ChannelStateChange':
        if (channel.state === 'Ringing') this.ringing(session);
        break;
      case 'Dial':
        if (message.dialstatus === 'RINGING') this.ringing(session);
        break;
      case 'StasisStart':
        void this.join(session);
        break;
      case 'ChannelEnteredBridge':
        if (message.bridge?.id === agentChannel(id)) this.nailed(session);
        break;
      case 'ChannelDestroyed':
        this.ended(session, message.cause ?? 0);
        break;
    }
    return true;
  }

  /** Brings the book in line with what the switch shows after a connect; returns the sessions that are up. */
  reconcile(channels: ReadonlyMap<string, WireChannel>, bridges: ReadonlyMap<string, WireBridge>): void {
    for (const session of [...this.sessions.values()]) {
      if (session.sent && !channels.has(agentChannel(session.id))) this.down(session.id, 'lost');
    }
    for (const channel of channels.values()) {
      const id = agentSessionOf(channel.id);
      if (id === undefined) continue;
      const session = this.sessions.get(id) ?? this.adopt(id, channel);
      if (!session) continue;
      if (channel.state !== 'Up') continue;
      if (bridges.get(channel.id)?.channels?.includes(channel.id)) session.state = 'up';
      else void this.join(session);
    }
  }

  clear(): void {
    this.sessions.clear();
  }

  private adopt(id: AgentSessionId, channel: WireChannel): Session | undefined {
    if (channel.accountcode !== this.host.settings.app) return undefined;
    const state = channel.state === 'Up' ? 'joining' : channel.state === 'Ringing' ? 'ringing' : 'opening';
    const session: Session = { id, state, ringEndsAt: Number.POSITIVE_INFINITY, closing: false, sent: true };
    this.sessions.set(id, session);
    return session;
  }

  private async adoptByRequest(session: Session): Promise<void> {
    const { rest } = this.host;
    const name = encodeURIComponent(agentChannel(session.id));
    const result = await rest.request({ method: 'GET', path: `/channels/${name}` });
    if (this.sessions.get(session.id) !== session) return;
    if (result.kind === 'reply' && result.status === 404) this.down(session.id, 'failed');
    const channel = result.kind === 'reply' && result.status === 200 ? (result.body as WireChannel) : undefined;
    if (channel?.state === 'Ringing') this.ringing(session);
    if (channel?.state !== 'Up' || channel.dialplan?.app_name !== 'Stasis') return;
    const bridge = await rest.request({ method: 'GET', path: `/bridges/${name}` });
    const members = bridge.kind === 'reply' && bridge.status === 200 ? (bridge.body as WireBridge).channels : [];
    if (members?.includes(agentChannel(session.id))) this.nailed(session);
    else void this.join(session);
  }

  private ringing(session: Session): void {
    if (session.state !== 'opening') return;
    session.state = 'ringing';
    this.tell(session.id, { state: 'ringing' });
  }

  /** The device answered: its own bridge, and the leg into it. `up` comes with the entry. */
  private async join(session: Session): Promise<void> {
    const { rest, settings } = this.host;
    if (session.state === 'up') return;
    session.state = 'joining';
    const name = encodeURIComponent(agentChannel(session.id));
    const made = await rest.succeeds({
      method: 'POST',
      path: `/bridges/${name}`,
      body: { type: 'mixing', name: settings.app },
      permit: () => this.host.fresh(),
    });
    const joined =
      made &&
      (await rest.succeeds({
        method: 'POST',
        path: `/bridges/${name}/addChannel`,
        query: { channel: agentChannel(session.id) },
        permit: () => this.host.fresh(),
      }));
    if (joined || this.sessions.get(session.id) !== session) return;
    settings.logger.warn({ agentSession: session.id }, 'an agent leg could not be put into its bridge');
    await rest.request({ method: 'DELETE', path: `/channels/${name}`, permit: () => this.host.fresh() });
    this.down(session.id, 'failed');
  }

  private nailed(session: Session): void {
    if (session.state === 'up') return;
    session.state = 'up';
    this.tell(session.id, { state: 'up' });
    this.host.changed();
  }

  private ended(session: Session, cause: number): void {
    const wasUp = session.state === 'up' || session.state === 'joining';
    const timedOut = this.host.settings.monotonic() >= session.ringEndsAt - 150;
    if (session.closing) this.down(session.id, 'closed');
    else if (wasUp) this.down(session.id, 'hung_up');
    else if (UNANSWERED.has(cause) || timedOut) this.down(session.id, 'unanswered');
    else this.down(session.id, DECLINED.has(cause) ? 'declined' : 'failed');
  }

  private down(id: AgentSessionId, why: Why): void {
    if (!this.sessions.delete(id)) return;
    this.tell(id, { state: 'down', why });
    this.host.changed();
    // The bridge outlives its agent; a customer in it stays up and is the dialer's to care for.
    void this.host.rest.request({
      method: 'DELETE',
      path: `/bridges/${encodeURIComponent(agentChannel(id))}`,
      permit: () => this.host.fresh(),
    });
  }

  private tell(agent: AgentSessionId, what: { state: 'ringing' | 'up' } | { state: 'down'; why: Why }): void {
    const { settings } = this.host;
    this.host.sink({
      type: 'agentSession',
      ...what,
      agent,
      linkEpoch: this.host.linkEpoch(),
      receivedAt: settings.monotonic(),
    });
  }
}

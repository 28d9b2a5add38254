import type {
  Ack,
  AgentSessionId,
  ConnectResult,
  HangupReason,
  LegId,
  LegMark,
  MediaRef,
  OriginateAck,
  OriginateCommand,
  SwitchSnapshot,
  TelephonyEvent,
  TelephonyPort,
  TreatResult,
} from '../port';
import { AgentSessions } from './agent-sessions';
import { connectLeg, markServed, type Serving } from './connect';
import { type DispatchHost, dispatch } from './dispatch';
import { Lateness } from './lateness';
import type { Leg, Moment } from './leg';
import { LegBook } from './leg-book';
import { Link } from './link';
import { Marks } from './marks';
import { agentChannel } from './names';
import { type AriPortOptions, type AriSettings, settings as toSettings } from './options';
import { Originator, type Subscription } from './originate';
import { RestClient, type RestRequest, type RestResult } from './rest-client';
import {
  isOurLeg,
  legSnapshots,
  playsFallback,
  readSwitch,
  readSwitchStart,
  type SwitchView,
  stasisArgs,
} from './switch-view';
import { isPlaying, type Treatment, treatLeg } from './treat';
import { UNREAD_EVENTS } from './wire';

/** How long a hang-up waits for the answer to the originate it overtook. */
const PLACEMENT_WAIT_MS = 2500;
const SWEEP_EVERY_MS = 7000;

const segment = encodeURIComponent;

class AriPort implements TelephonyPort {
  readonly capabilities: TelephonyPort['capabilities'];
  private readonly settings: AriSettings;
  private readonly rest: RestClient;
  private readonly link: Link;
  private readonly legs: LegBook;
  private readonly agents: AgentSessions;
  private readonly originator: Originator;
  private readonly marks: Marks;
  private readonly dispatchHost: DispatchHost;
  private readonly serving: Serving;
  private readonly subscribed = new Set<string>();
  private listener: ((event: TelephonyEvent) => void) | undefined;
  private linkEpoch = 0;
  private stopped = false;
  private sweeper: NodeJS.Timeout | undefined;
  private suspects = new Set<LegId>();

  constructor(options: AriPortOptions) {
    const settings = toSettings(options);
    this.settings = settings;
    this.rest = new RestClient(settings);
    this.capabilities = {
      clientLegIds: true,
      snapshot: true,
      amd: 'inline',
      faxDetect: true,
      beepDetect: true,
      sipCodeInCause: true,
      maxOriginatesPerSecond: settings.maxOriginatesPerSecond,
      maxLegs: settings.maxLegs,
    };
    this.legs = new LegBook(
      (event) => this.tell(event),
      () => this.linkEpoch,
    );
    this.link = new Link(settings, {
      message: (message) => dispatch(this.dispatchHost, message),
      prepare: () => this.prepare(),
      up: () => this.tell({ type: 'link', state: 'up', linkEpoch: this.linkEpoch }),
      down: (why) => this.lost(why),
      alive: () => this.tell({ type: 'alive', receivedAt: settings.monotonic() }),
      replaced: () => {
        this.legs.wakeAll();
        this.tell({ type: 'replaced', linkEpoch: this.linkEpoch });
      },
    });
    this.agents = new AgentSessions({
      settings,
      rest: this.rest,
      sink: (event) => this.tell(event),
      linkEpoch: () => this.linkEpoch,
      // Sessions are mended while the reconciliation still goes on.
      fresh: () => this.link.streamFresh(),
      proof: () => this.link.proof(),
      changed: () => this.legs.wakeAll(),
    });
    this.originator = new Originator({
      settings,
      rest: this.rest,
      legs: this.legs,
      link: this.link,
      subscribe: (trunk) => this.subscribe(trunk),
      stopped: () => this.stopped,
      switchStart: () => this.marks.run,
      endVanished: (leg) => this.endVanished(leg),
    });
    this.marks = new Marks(this.rest, settings);
    this.serving = {
      settings,
      rest: this.rest,
      link: this.link,
      legs: this.legs,
      agents: this.agents,
      moment: () => this.moment(),
      leaveBridge: (leg, bridge) => void this.leaveBridge(leg, bridge),
    };
    this.dispatchHost = {
      app: settings.app,
      legs: this.legs,
      agents: this.agents,
      monotonic: settings.monotonic,
      wall: settings.wall,
      lateness: new Lateness(),
      unheardSince: () => (this.link.isUp() ? undefined : this.link.heardUntil),
      resurrected: (id) => this.endResurrected(id),
      takeBack: (leg, bridge) => void this.leaveBridge(leg.id, bridge),
    };
  }

  async start(sink: (event: TelephonyEvent) => void): Promise<void> {
    this.listener = sink;
    this.sweeper = setInterval(() => void this.sweep(), SWEEP_EVERY_MS);
    await this.link.start();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.sweeper);
    this.link.stop();
    this.listener = undefined;
    this.legs.clear();
    this.agents.clear();
    this.rest.close();
  }

  originate(command: OriginateCommand): Promise<OriginateAck> {
    return this.originator.originate(command);
  }

  openAgentSession(command: { id: AgentSessionId; endpoint: string; ringTimeoutMs: number }): Promise<Ack> {
    return this.agents.open(command);
  }

  closeAgentSession(id: AgentSessionId): Promise<Ack> {
    return this.agents.close(id);
  }

  connect(command: { leg: LegId; agent: AgentSessionId; deadlineMs: number }): Promise<ConnectResult> {
    return connectLeg(this.serving, command);
  }

  treat(command: Treatment): Promise<TreatResult> {
    return treatLeg(this.serving, command);
  }

  isPlaying(playId: string): Promise<boolean> {
    return isPlaying(this.rest, playId);
  }

  async play(command: { leg: LegId; playId: string; media: MediaRef }): Promise<Ack> {
    const leg = this.legs.live.get(command.leg);
    if (!leg) return { ok: false, code: 'leg_gone' };
    await leg.waitFor(() => leg.inStasis || leg.ended, 500);
    return this.act({
      method: 'POST',
      path: `/channels/${segment(command.leg)}/play/${segment(command.playId)}`,
      query: { media: command.media },
    });
  }

  tone(agent: AgentSessionId): Promise<Ack> {
    const path = `/channels/${segment(agentChannel(agent))}/play`;
    return this.act({ method: 'POST', path, query: { media: this.settings.toneMedia } });
  }

  stopPlay(playId: string): Promise<Ack> {
    return this.act({ method: 'DELETE', path: `/playbacks/${segment(playId)}` }, 404);
  }

  async hangup(command: { leg: LegId; reason: HangupReason }): Promise<Ack> {
    const leg = this.legs.live.get(command.leg);
    if (!leg && this.legs.isOver(command.leg)) return { ok: true };
    if (leg) {
      // A hang-up that overtakes its own originate would find nothing and leave the leg to ring.
      await leg.waitFor(() => leg.placement !== 'sending' || leg.seen || leg.ended, PLACEMENT_WAIT_MS);
      if (leg.ended) return { ok: true };
      leg.hangupReason ??= command.reason;
    }
    const ack = await this.act(
      { method: 'DELETE', path: `/channels/${segment(command.leg)}`, query: { reason: 'normal' } },
      404,
    );
    if (leg && !ack.ok && ack.code === 'link_down') leg.hangupReason = undefined;
    return ack;
  }

  async snapshot(): Promise<SwitchSnapshot> {
    const view = await readSwitch(this.rest);
    if (!view) throw new Error('The switch could not be read');
    const { startedAt } = this.marks;
    return {
      linkEpoch: this.linkEpoch,
      legs: legSnapshots(view, this.settings.app),
      agentSessions: this.agents.up(),
      ...(startedAt === undefined ? {} : { switchStartedAt: startedAt }),
    };
  }

  readMark(leg: LegId, placedAt?: number): Promise<LegMark> {
    return this.marks.read(leg, placedAt);
  }

  clearMark(leg: LegId): Promise<void> {
    return this.marks.clear(leg);
  }

  /** A request that acts on existing legs: it leaves only while the stream is proved to be ours. */
  private async act(request: RestRequest, ...accept: number[]): Promise<Ack> {
    const until = this.settings.monotonic() + this.settings.requestTimeoutMs;
    return this.ack(await this.link.send(this.rest, request, until), accept);
  }

  private ack(result: RestResult, accept: number[]): Ack {
    if (result.kind === 'notSent') return { ok: false, code: 'link_down' };
    if (result.kind === 'lost') return { ok: false, code: 'timeout' };
    if (result.status < 300 || accept.includes(result.status)) return { ok: true };
    if (result.status === 404) return { ok: false, code: 'leg_gone' };
    return { ok: false, code: 'refused', detail: `the switch answered ${result.status}` };
  }

  /** After the socket opened: hear of the trunks, then bring legs and agents in line with what the switch shows. */
  private async prepare(): Promise<boolean> {
    this.linkEpoch += 1;
    this.subscribed.clear();
    const app = `/applications/${segment(this.settings.app)}`;
    const filtered = await this.rest.succeeds({
      method: 'PUT',
      path: `${app}/eventFilter`,
      body: { disallowed: UNREAD_EVENTS.map((type) => ({ type })) },
    });
    if (!filtered) return false;
    for (const trunk of this.settings.trunks) {
      if ((await this.subscribe(trunk)) === 'unreachable') return false;
    }
    // Known before the look: a leg placed later cannot be missed by it.
    const before = [...this.legs.live.values()].filter((leg) => leg.placement === 'accepted');
    const [view, start] = await Promise.all([readSwitch(this.rest), readSwitchStart(this.rest, this.settings)]);
    if (!view || !start) return false;
    this.marks.switchStarted(start);
    await Promise.all(before.filter((leg) => !view.channels.has(leg.id)).map((leg) => this.endVanished(leg)));
    this.reconcile(before, view);
    return true;
  }

  private async subscribe(trunk: string): Promise<Subscription> {
    if (this.settings.subscribeAll || this.subscribed.has(trunk)) return 'done';
    const source = `endpoint:${this.settings.endpointTemplate.split('/')[0]}/${trunk}`;
    const result = await this.rest.request({
      method: 'POST',
      path: `/applications/${segment(this.settings.app)}/subscription`,
      query: { eventSource: source },
    });
    if (result.kind !== 'reply' || result.status === 404) return 'unreachable';
    if (result.status >= 300) {
      this.settings.logger.error({ trunk, status: result.status }, 'the switch does not know the trunk');
      return 'unknown';
    }
    this.subscribed.add(trunk);
    return 'done';
  }

  private reconcile(before: readonly Leg[], view: SwitchView): void {
    const { heardUntil } = this.link;
    const moment = { ...this.moment(), ...(heardUntil === undefined ? {} : { since: heardUntil }) };
    for (const leg of before) {
      const channel = view.channels.get(leg.id);
      if (leg.ended || !channel) continue;
      leg.state(channel.state, moment, playsFallback(channel));
      const args = stasisArgs(channel);
      if (args) leg.stasisStart(args, moment);
      else leg.stasisEnd();
      const agent = view.bridgedTo.get(leg.id);
      if (leg.bridge !== undefined && leg.bridge !== (agent && agentChannel(agent))) leg.leftBridge(leg.bridge, moment);
      if (agent === undefined) continue;
      leg.enteredBridge(agentChannel(agent), agent, moment);
      if (leg.takenBack === leg.bridge) void this.leaveBridge(leg.id, agentChannel(agent));
    }
    for (const channel of view.channels.values()) {
      if (!isOurLeg(channel, this.settings.app) || this.legs.live.has(channel.id)) continue;
      if (this.legs.isOver(channel.id)) {
        if (this.legs.endWasInferred(channel.id)) this.endResurrected(channel.id);
        continue;
      }
      const agent = view.bridgedTo.get(channel.id);
      const leg = this.legs.create(channel.id);
      leg.placedUnder = this.marks.run;
      leg.restore(channel.state, stasisArgs(channel), agent, moment);
      // The predecessor may have died between the entry into the bridge and the mark.
      if (agent !== undefined) markServed(this.rest, leg);
    }
    this.agents.reconcile(view.channels, view.bridges);
  }

  /** An end may be missed only while the stream is down; twice absent is gone all the same. */
  private async sweep(): Promise<void> {
    if (!this.link.isUp() || this.legs.live.size === 0) return;
    const before = [...this.legs.live.values()].filter((leg) => leg.placement === 'accepted');
    const epoch = this.linkEpoch;
    const view = await readSwitch(this.rest);
    if (!view || !this.link.isUp() || epoch !== this.linkEpoch) return;
    const absent = before.filter((leg) => !leg.ended && !view.channels.has(leg.id));
    const gone = absent.filter((leg) => this.suspects.has(leg.id));
    this.suspects = new Set(absent.map((leg) => leg.id));
    await Promise.all(gone.map((leg) => this.endVanished(leg)));
  }

  private async endVanished(leg: Leg): Promise<void> {
    const mark = await this.marks.readAs(leg.id, leg.placedUnder);
    leg.vanished(this.moment(), mark, this.marks.unheardMs(leg.placedUnder, this.link.heardUntil));
  }

  private lost(why: string): void {
    this.settings.logger.warn({ why }, 'the link to the switch is down');
    this.legs.wakeAll();
    this.tell({ type: 'link', state: 'down', linkEpoch: this.linkEpoch, why });
  }

  private endResurrected(id: LegId): void {
    this.settings.logger.warn({ leg: id }, 'a leg taken for gone is alive and is hung up');
    const path = `/channels/${segment(id)}`;
    void this.rest.request({ method: 'DELETE', path, permit: () => this.link.streamFresh() });
  }

  private leaveBridge(leg: LegId, bridge: string): Promise<RestResult> {
    const path = `/bridges/${segment(bridge)}/removeChannel`;
    return this.rest.request({ method: 'POST', path, query: { channel: leg }, permit: () => this.link.streamFresh() });
  }

  private moment(): Moment {
    return { at: this.settings.wall(), receivedAt: this.settings.monotonic() };
  }

  private tell(event: TelephonyEvent): void {
    try {
      this.listener?.(event);
    } catch (error) {
      this.settings.logger.error({ event: event.type, error: String(error) }, 'the listener of the switch threw');
    }
  }
}

/** The telephony port over ARI: Asterisk, or the simulated switch. */
export const createAriPort = (options: AriPortOptions): TelephonyPort => new AriPort(options);

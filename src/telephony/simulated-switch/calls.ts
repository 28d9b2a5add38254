import { randomUUID } from 'node:crypto';
import { analyse, parseAmdArgs } from './amd';
import { Bridges } from './bridges';
import { type Callee, drawCallee } from './callee';
import { channelJson, type Endpoint, type SimChannel, timestamp } from './channel';
import { Playbacks } from './playbacks';
import { Luck } from './random';
import { causeText, type FinalResponse, finalResponse } from './sip-causes';
import type { SwitchState } from './switch-state';
import type { EndedBy } from './truth-log';
import { type AgentScript, agentScript } from './world';

export interface Originate {
  id: string;
  endpoint: Endpoint;
  app: string | undefined;
  appArgs: string;
  context: string;
  callerId: string;
  timeoutSeconds: number;
  variables: Map<string, string>;
}

const RING_TIMEOUT: FinalResponse = { dialstatus: 'NOANSWER', cause: 19, sip: 480 };

/** The life of every leg, from the originate to the end, as a PJSIP channel of an Asterisk lives it. */
export class Calls {
  readonly bridges: Bridges;
  readonly playbacks: Playbacks;
  private serial = 0;

  constructor(private readonly state: SwitchState) {
    this.bridges = new Bridges(state, (channel) => this.companyChanged(channel));
    this.playbacks = new Playbacks(state, (channel, playing) => this.soundChanged(channel, playing));
  }

  originate(command: Originate): SimChannel {
    const { state } = this;
    const { endpoint } = command;
    const channel: SimChannel = {
      id: command.id,
      name: `${endpoint.key}-${(++this.serial).toString(16).padStart(8, '0')}`,
      endpoint,
      callerId: command.callerId,
      createdAt: timestamp(),
      variables: command.variables,
      originApp: command.app,
      appArgs: command.appArgs,
      context: command.context,
      callee: endpoint.kind === 'customer' ? this.callee(endpoint.address) : undefined,
      agent: endpoint.kind === 'agent' ? this.agentScript(endpoint.address) : undefined,
      accountcode: command.variables.get('CHANNEL(accountcode)') ?? '',
      state: 'Down',
      running: '',
      runningData: '',
      stasisApp: undefined,
      marks: false,
      bridge: undefined,
      playing: undefined,
      tasks: new Set(),
      aloneTask: undefined,
      talkTask: undefined,
      ringTask: undefined,
      ended: false,
    };
    state.channels.set(channel.id, channel);
    if (channel.callee) state.customerLines += 1;
    state.truth.write({
      e: 'originate',
      leg: channel.id,
      kind: endpoint.kind,
      to: endpoint.address,
      app: command.app ?? command.variables.get('OUTDIAL_APP') ?? '',
      callerId: command.callerId,
      trunk: endpoint.trunk,
    });
    state.applications.emit(channel, 'ChannelCreated', { channel: channelJson(channel) });
    state.later(channel, 0, () => this.dial(channel, command.timeoutSeconds));
    return channel;
  }

  /** The application hangs up. */
  hangup(channel: SimChannel): void {
    if (channel.state !== 'Up') {
      this.state.truth.write({ e: 'cancelled', leg: channel.id });
      const due = channel.ringTask ? channel.ringTask.at - this.state.scheduler.now() : Number.POSITIVE_INFINITY;
      // Glare: the callee picked up while our CANCEL was on its way, so the answer is reported after the hang-up.
      if (channel.callee?.answerOnCancel || (channel.callee?.answers && due < 8)) this.pickUp(channel);
    }
    this.requestHangup(channel, 32, true);
    this.end(channel, { dialstatus: 'NOANSWER', cause: 16 }, 'app');
  }

  /** The other end hangs up. */
  farHangup(channel: SimChannel): void {
    if (channel.ended) return;
    this.requestHangup(channel, 16, false);
    this.end(channel, { dialstatus: 'NOANSWER', cause: 16 }, channel.endpoint.kind === 'agent' ? 'agent' : 'callee');
  }

  addToBridge(channel: SimChannel, bridgeId: string): void {
    const bridge = this.state.bridges.get(bridgeId)!;
    const delay = new Luck(this.state.seed, channel.id, 'bridge').duration(this.state.world().wire.bridgeMs);
    this.state.later(channel, delay, () => this.bridges.enter(channel, bridge));
  }

  private callee(number: string): Callee {
    const { state } = this;
    const nth = (state.callsTo.get(number) ?? 0) + 1;
    state.callsTo.set(number, nth);
    return drawCallee(state.world(), state.seed, number, nth, state.numberScripts.get(number));
  }

  private agentScript(device: string): AgentScript {
    const world = this.state.world();
    const scripted = this.state.agentScripts.get(device);
    return (
      scripted ?? world.agentRules.find((rule) => rule.endpoint === device)?.script ?? agentScript.parse(world.agents)
    );
  }

  private dial(channel: SimChannel, timeoutSeconds: number): void {
    const { state } = this;
    const { limits } = state.world();
    if (channel.callee) {
      const full = limits.maxLines !== null && state.customerLines > limits.maxLines;
      if (!limits.trunkUp || full || !state.withinRate()) {
        // A refusal in the same instant: the hang-up request overtakes the first Dial event.
        this.requestHangup(channel, 34, false);
        this.dialEvent(channel, '');
        this.fail(channel, finalResponse(503), false);
        return;
      }
    }
    this.dialEvent(channel, '');
    state.later(channel, timeoutSeconds * 1000, () => {
      if (channel.state !== 'Up') this.end(channel, RING_TIMEOUT, 'timeout');
    });
    if (channel.callee) this.dialCallee(channel, channel.callee);
    else if (channel.agent) this.dialAgent(channel, channel.agent);
  }

  private dialCallee(channel: SimChannel, callee: Callee): void {
    if (callee.progress === 'earlyMedia') this.dialEvent(channel, 'PROGRESS');
    if (callee.progress === 'ringing') this.ring(channel, callee.ringingEventFirst);
    const { failure } = callee;
    channel.ringTask = this.state.later(channel, callee.ringMs, () => {
      if (failure) this.fail(channel, failure, true);
      else this.answer(channel);
    });
  }

  private dialAgent(channel: SimChannel, script: AgentScript): void {
    const luck = new Luck(this.state.seed, channel.id);
    const wait = luck.duration(script.answerMs);
    if (script.does !== 'fail') this.ring(channel, luck.chance(0.5));
    if (script.does === 'ringOut') return;
    channel.ringTask = this.state.later(channel, wait, () => {
      if (script.does === 'answer') this.answer(channel);
      else
        this.fail(channel, finalResponse(script.does === 'decline' ? 603 : script.does === 'busy' ? 486 : 503), true);
    });
  }

  private ring(channel: SimChannel, stateFirst: boolean): void {
    channel.state = 'Ringing';
    this.state.truth.write({ e: 'ringing', leg: channel.id });
    if (stateFirst) this.stateEvent(channel);
    this.dialEvent(channel, 'RINGING');
    if (!stateFirst) this.stateEvent(channel);
  }

  private fail(channel: SimChannel, response: FinalResponse, withRequest: boolean): void {
    if (withRequest) this.requestHangup(channel, response.cause, false);
    this.dialEvent(channel, response.dialstatus);
    this.end(channel, response, channel.endpoint.kind === 'agent' ? 'agent' : 'carrier');
  }

  private pickUp(channel: SimChannel): void {
    const { callee } = channel;
    this.state.drop(channel, channel.ringTask);
    channel.state = 'Up';
    this.state.truth.write({
      e: 'answered',
      leg: channel.id,
      voice: callee?.voice ?? 'agent',
      live: callee?.live ?? false,
    });
    this.stateEvent(channel);
    this.dialEvent(channel, 'ANSWER');
    if (channel.originApp === undefined) channel.marks = true;
  }

  private answer(channel: SimChannel): void {
    const { callee, agent } = channel;
    this.pickUp(channel);
    if (callee) {
      this.alone(channel);
      if (callee.hangUpAfterAnswerMs !== undefined) {
        this.state.later(channel, callee.hangUpAfterAnswerMs, () => this.farHangup(channel));
      }
    }
    if (agent?.hangUpAfterMs !== undefined) {
      const stay = new Luck(this.state.seed, channel.id, 'stay').duration(agent.hangUpAfterMs);
      this.state.later(channel, stay, () => this.farHangup(channel));
    }
    if (channel.originApp !== undefined) {
      if (!this.stasis(channel, channel.originApp, channel.appArgs))
        this.end(channel, { dialstatus: 'NOANSWER', cause: 16 }, 'dialplan');
      return;
    }
    this.dialplan(channel);
  }

  /** The dialplan of `deploy/asterisk/extensions.conf`: analysis if asked for, the application, else the message. */
  private dialplan(channel: SimChannel): void {
    const args = channel.variables.get('OUTDIAL_AMD');
    if (args === undefined || args === '') {
      this.enterApplication(channel, 'answered');
      return;
    }
    const { callee } = channel;
    channel.running = 'AMD';
    channel.runningData = args;
    const verdict = analyse(callee?.voice ?? 'person', callee?.greetingMs ?? 500, parseAmdArgs(args));
    const status = callee?.verdict ?? verdict.status;
    const cause = status === verdict.status ? verdict.cause : `${status}-FORCED`;
    const { timeScale } = this.state.world();
    this.state.later(channel, verdict.tookMs * timeScale, () => {
      this.state.truth.write({ e: 'verdict', leg: channel.id, status, cause });
      this.enterApplication(channel, `amd,${status},${cause}`);
      const beeps = channel.variables.get('OUTDIAL_TONE') === '1' && callee?.voice === 'machine';
      if (beeps) this.beepLater(channel, callee.greetingMs * timeScale - verdict.tookMs * timeScale);
    });
  }

  private beepLater(channel: SimChannel, delayMs: number): void {
    this.state.later(channel, Math.max(1, delayMs), () => {
      if (channel.stasisApp === undefined || channel.bridge !== undefined) return;
      this.state.applications.emit(channel, 'StasisEnd', { channel: channelJson(channel) });
      this.enterApplication(channel, 'beep');
    });
  }

  private enterApplication(channel: SimChannel, args: string): void {
    if (this.stasis(channel, channel.variables.get('OUTDIAL_APP') ?? '', args)) return;
    // STASISSTATUS is FAILED: nobody listens, so the dialplan plays the message that the law asks for.
    channel.running = 'Playback';
    const media = channel.variables.get('OUTDIAL_MESSAGE') ?? '';
    channel.runningData = media;
    if (args.startsWith('amd,MACHINE') || args.startsWith('amd,FAX') || media === '') {
      this.end(channel, { dialstatus: 'NOANSWER', cause: 16 }, 'dialplan');
      return;
    }
    this.playbacks.play(channel, randomUUID(), media, 'fallback', () =>
      this.end(channel, { dialstatus: 'NOANSWER', cause: 16 }, 'dialplan'),
    );
  }

  private stasis(channel: SimChannel, app: string, args: string): boolean {
    if (!this.state.applications.active(app)) return false;
    channel.stasisApp = app;
    channel.running = 'Stasis';
    channel.runningData = args === '' ? app : `${app},${args}`;
    this.state.applications.emit(channel, 'StasisStart', {
      args: args === '' ? [] : args.split(','),
      channel: channelJson(channel),
    });
    return true;
  }

  private requestHangup(channel: SimChannel, cause: number, soft: boolean): void {
    this.state.applications.emit(channel, 'ChannelHangupRequest', {
      ...(soft ? { soft: true } : {}),
      cause,
      channel: channelJson(channel),
    });
  }

  private dialEvent(channel: SimChannel, dialstatus: string): void {
    this.state.applications.emit(channel, 'Dial', {
      dialstatus,
      forward: '',
      dialstring: channel.endpoint.address,
      peer: channelJson(channel),
    });
  }

  private stateEvent(channel: SimChannel): void {
    this.state.applications.emit(channel, 'ChannelStateChange', { channel: channelJson(channel) });
  }

  private end(channel: SimChannel, response: FinalResponse, by: EndedBy): void {
    if (channel.ended) return;
    const { state } = this;
    channel.ended = true;
    this.playbacks.channelEnds(channel);
    this.bridges.leave(channel);
    for (const task of channel.tasks) task.cancelled = true;
    channel.tasks.clear();
    if (channel.stasisApp !== undefined) {
      state.applications.emit(channel, 'StasisEnd', { channel: channelJson(channel) });
    }
    // The hang-up handler: what became of an answered call outlives it, until the dialer has read and cleared it.
    if (channel.marks) {
      const served = channel.variables.get('OUTDIAL_SERVED') === '1';
      state.globals.set(`OUTDIAL_${channel.id}`, served ? 'served' : 'answered');
    }
    state.truth.write({
      e: 'ended',
      leg: channel.id,
      cause: response.cause,
      ...(response.sip === undefined ? {} : { sip: response.sip }),
      by,
    });
    state.applications.emit(channel, 'ChannelDestroyed', {
      cause: response.cause,
      cause_txt: causeText(response.cause),
      ...(response.sip === undefined ? {} : { tech_cause: response.sip }),
      channel: channelJson(channel),
    });
    state.channels.delete(channel.id);
    if (channel.callee) state.customerLines -= 1;
  }

  /** Nobody on the line: patience runs. */
  private alone(channel: SimChannel): void {
    this.state.drop(channel, channel.aloneTask);
    channel.aloneTask = this.state.later(channel, channel.callee!.patienceMs, () => this.farHangup(channel));
  }

  private companyChanged(channel: SimChannel): void {
    if (!channel.callee) return;
    const bridge = channel.bridge === undefined ? undefined : this.state.bridges.get(channel.bridge);
    if (bridge && bridge.members.size > 1) {
      this.state.drop(channel, channel.aloneTask);
      channel.aloneTask = undefined;
      channel.talkTask ??= this.state.later(channel, channel.callee.talkMs, () => this.farHangup(channel));
    } else if (channel.playing === undefined) {
      this.alone(channel);
    }
  }

  private soundChanged(channel: SimChannel, playing: boolean): void {
    const { callee } = channel;
    if (!callee) return;
    if (!playing) {
      this.companyChanged(channel);
      return;
    }
    this.state.drop(channel, channel.aloneTask);
    channel.aloneTask = undefined;
    if (callee.hangUpInMessageMs !== undefined) {
      const play = channel.playing;
      this.state.later(channel, callee.hangUpInMessageMs, () => {
        if (channel.playing === play) this.farHangup(channel);
      });
    }
  }
}

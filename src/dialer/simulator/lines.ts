import type { Command } from '../kernel/messages';
import type { Callee } from './contacts';
import type { Simulation } from './engine';
import type { LineEvent } from './simulator-events';

export interface SimulatedLine {
  id: string;
  campaign: number;
  callee: Callee;
  state: 'CLAIMED' | 'DIALLING' | 'RINGING' | 'ANSWERED' | 'TALK' | 'MESSAGE' | 'OVER';
  answeredAt: number;
  /** The fate of a person has been counted. */
  judged: boolean;
  /** Counted as in the dialer's ledger. */
  live: boolean;
  abandoned: boolean;
}

type LineCommand = Extract<
  Command,
  { type: 'place' | 'connect' | 'treat' | 'playAbandonedMessage' | 'hangup' | 'outcome' }
>;

/** The carrier and the people called: what a switch would do, and tell, for each line. */
export class SimulatedLines {
  private readonly lines = new Map<string, SimulatedLine>();
  private counter = 0;
  private atCarrier = 0;

  constructor(private readonly simulation: Simulation) {}

  get size(): number {
    return this.lines.size;
  }

  get(id: string): SimulatedLine | undefined {
    return this.lines.get(id);
  }

  claim(campaign: number): string {
    this.counter += 1;
    const id = `attempt-${this.counter}`;
    const callee = this.simulation.contacts[campaign]!.next(this.simulation.hour());
    this.lines.set(id, {
      id,
      campaign,
      callee,
      state: 'CLAIMED',
      answeredAt: 0,
      judged: false,
      live: false,
      abandoned: false,
    });
    return id;
  }

  carryOut(command: LineCommand): void {
    const line = this.lines.get(command.attemptId);
    if (!line) return;
    const { simulation } = this;
    switch (command.type) {
      case 'place':
        this.place(line);
        break;
      case 'connect':
      case 'treat': {
        const by = command.type === 'treat' ? { port: command.port } : { agentId: command.agentId };
        const { connectSeconds } = simulation.options.world.latency;
        simulation.after(connectSeconds, { what: 'line', line, turn: 'BRIDGE', ...by });
        break;
      }
      case 'playAbandonedMessage':
        line.state = 'MESSAGE';
        this.judge(line, true);
        this.record(line, true);
        simulation.after(5, { what: 'line', line, turn: 'MESSAGE_ENDS' });
        break;
      case 'hangup':
        if (line.callee.fate === 'PERSON' && line.state === 'ANSWERED' && !line.judged) {
          line.judged = true;
          simulation.metrics.person(simulation.now, command.reason === 'machine' ? 'AMD_FALSE' : 'ABANDONED');
        }
        simulation.after(0, { what: 'line', line, turn: 'DOWN' });
        break;
      case 'outcome':
        if (command.liveAnswer) this.record(line, command.abandonCause !== null);
        if (line.state !== 'CLAIMED' && line.state !== 'OVER') this.atCarrier -= 1;
        line.state = 'OVER';
        simulation.ports.over(line);
        this.lines.delete(line.id);
    }
  }

  happen({ line, turn, agentId, port }: LineEvent): void {
    const { simulation } = this;
    switch (turn) {
      case 'RINGS':
        if (line.state !== 'DIALLING') break;
        line.state = 'RINGING';
        simulation.feed({ type: 'ringing', attemptId: line.id });
        break;
      case 'RESOLVES':
        if (line.state === 'DIALLING' || line.state === 'RINGING') this.resolves(line);
        break;
      case 'VERDICT':
        if (line.state === 'ANSWERED') this.verdict(line);
        break;
      case 'IMPATIENT':
        if (line.state !== 'ANSWERED') break;
        this.judgeHungUp(line);
        this.ends(line, 'answered', 'far');
        break;
      case 'TALK_ENDS':
        if (line.state !== 'TALK') break;
        if (port === undefined) this.ends(line, 'answered', 'far');
        else simulation.feed({ type: 'treatmentEnded', attemptId: line.id });
        break;
      case 'MESSAGE_ENDS':
        if (line.state === 'MESSAGE') simulation.feed({ type: 'playFinished', attemptId: line.id });
        break;
      case 'DOWN':
        if (line.state === 'OVER') break;
        this.ends(line, line.answeredAt > 0 ? 'answered' : 'cancelled', 'us');
        break;
      case 'BRIDGE':
        if (port === undefined) this.bridge(line, agentId!);
        else this.treat(line, port);
    }
  }

  private place(line: SimulatedLine): void {
    const { simulation } = this;
    const { carrier } = simulation.options.world;
    const { callee } = line;
    if (carrier.lines !== undefined && this.atCarrier >= carrier.lines) {
      callee.fate = 'CONGESTION';
      callee.resolves = carrier.congestionSeconds;
    }
    this.atCarrier += 1;
    line.state = 'DIALLING';
    simulation.metrics.dial(simulation.now);
    simulation.feed({ type: 'placed', attemptId: line.id });
    const rings = callee.fate !== 'FAILURE' && callee.fate !== 'CONGESTION';
    if (rings) simulation.after(callee.setUp, { what: 'line', line, turn: 'RINGS' });
    simulation.after(callee.resolves, { what: 'line', line, turn: 'RESOLVES' });
  }

  private resolves(line: SimulatedLine): void {
    const { simulation } = this;
    const { callee } = line;
    if (callee.fate === 'NO_ANSWER') this.ends(line, 'no_answer', 'network');
    else if (callee.fate === 'FAILURE') this.ends(line, 'busy', 'network');
    else if (callee.fate === 'CONGESTION') this.ends(line, 'congestion', 'network');
    else {
      line.state = 'ANSWERED';
      line.answeredAt = simulation.now;
      if (callee.fate === 'PERSON') {
        simulation.metrics.answer();
        if (Number.isFinite(callee.patience)) {
          simulation.after(callee.greeting + callee.patience, { what: 'line', line, turn: 'IMPATIENT' });
        }
      }
      if (simulation.options.world.amd.enabled)
        simulation.after(callee.verdict, { what: 'line', line, turn: 'VERDICT' });
      // Without analysis every answer is a live one.
      else this.record(line, false);
      simulation.feed({ type: 'answered', attemptId: line.id });
    }
  }

  private verdict(line: SimulatedLine): void {
    const { simulation } = this;
    const { callee } = line;
    if (callee.heardAs === 'MACHINE') {
      simulation.feed({ type: 'classified', attemptId: line.id, result: 'machine' });
      return;
    }
    this.record(line, false);
    const silence = simulation.options.world.amd.verdictAfterGreetingSeconds * 1000;
    const greetingEndedAt = Math.max(line.answeredAt, simulation.now - silence);
    simulation.feed({ type: 'classified', attemptId: line.id, result: 'human', greetingEndedAt });
  }

  private bridge(line: SimulatedLine, agentId: string): void {
    const { simulation } = this;
    if (line.state !== 'ANSWERED') {
      simulation.feed({ type: 'connectFailed', attemptId: line.id, agentId, code: 'LEG_GONE' });
      return;
    }
    this.served(line);
    simulation.after(line.callee.talk, { what: 'line', line, turn: 'TALK_ENDS' });
    simulation.feed({ type: 'connected', attemptId: line.id, agentId });
  }

  private treat(line: SimulatedLine, port: number): void {
    const { simulation } = this;
    if (line.state !== 'ANSWERED') {
      simulation.feed({ type: 'treatFailed', attemptId: line.id, port, code: 'LEG_GONE' });
      return;
    }
    this.served(line);
    simulation.ports.begins(line, port);
    simulation.after(line.callee.talk, { what: 'line', line, turn: 'TALK_ENDS', port });
    simulation.feed({ type: 'treated', attemptId: line.id, port });
  }

  private served(line: SimulatedLine): void {
    const { simulation } = this;
    line.state = 'TALK';
    const limit = line.answeredAt + line.callee.greeting * 1000 + simulation.abandon.withinMs;
    this.judge(line, simulation.now > limit + 1e-6);
    if (line.callee.fate === 'PERSON') simulation.metrics.connect(simulation.now - line.answeredAt);
  }

  private ends(
    line: SimulatedLine,
    cause: 'answered' | 'busy' | 'no_answer' | 'congestion' | 'cancelled',
    by: 'us' | 'far' | 'network',
  ): void {
    line.state = 'OVER';
    this.atCarrier -= 1;
    this.simulation.feed({ type: 'ended', attemptId: line.id, cause, by });
  }

  /** As the kernel counts: the live answer when it is known, the abandon when it is decided. */
  private record(line: SimulatedLine, abandoned: boolean): void {
    const { metrics, now } = this.simulation;
    if (!line.live) metrics.recordedLive(now);
    if (abandoned && !line.abandoned) metrics.recordedAbandon(now);
    line.live = true;
    line.abandoned ||= abandoned;
  }

  private judge(line: SimulatedLine, abandoned: boolean): void {
    if (line.judged || line.callee.fate !== 'PERSON') return;
    line.judged = true;
    this.simulation.metrics.person(this.simulation.now, abandoned ? 'ABANDONED' : 'CONNECTED');
  }

  private judgeHungUp(line: SimulatedLine): void {
    if (line.judged || line.callee.fate !== 'PERSON') return;
    line.judged = true;
    this.simulation.metrics.person(this.simulation.now, 'HUNG_UP');
  }
}

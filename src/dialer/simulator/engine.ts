import { createState, type KernelState, step } from '../kernel/kernel';
import type { AbandonPolicy, CampaignConfig, Command, Input } from '../kernel/messages';
import type { InputLog } from '../replay/input-log';
import { SimulatedAgents } from './agents';
import { Contacts } from './contacts';
import { EventQueue } from './event-queue';
import { SimulatedLines } from './lines';
import { type Figures, Metrics } from './metrics';
import { SimulatedPorts } from './ports';
import { agentName, campaignConfig, campaignName, DEFAULT_ABANDON, WALL_START } from './setup';
import type { SimulatorEvent } from './simulator-events';
import { StepTimes, type StepTimesView } from './step-times';
import { stepsOf } from './steps';
import type { World } from './world';

export interface SimulationOptions {
  world: World;
  agents: number;
  /** In place of agents, of whom there are none then: ports of each campaign. The treatment lasts as a talk does. */
  ports?: number;
  /** Length of each day's shift. */
  hours: number;
  days: number;
  seed: number;
  pacing: CampaignConfig['pacing'];
  abandon?: Partial<AbandonPolicy>;
  /** Left out of occupancy at the start of each day; 1 by default, none in a shift of at most 2 hours. */
  warmUpHours?: number;
  /** How often the kernel is told that time has passed, deadlines aside: 250 as in production, more for long runs. */
  tickEveryMs?: number;
  /** Opens an input log of the kernel; closing it is the caller's. */
  openLog?: (state: KernelState) => Pick<InputLog, 'before' | 'after'>;
  /** Share of virtual time done, in [0, 1]. */
  onProgress?: (done: number) => void;
}

export interface SimulationResult extends Figures {
  seed: number;
  agents: number;
  /** Of each campaign; 0 with agents. */
  ports: number;
  hours: number;
  days: number;
  /** When the last list had ended, in hours of shift; null when it did not, or never ends. */
  finishHours: number | null;
  steps: StepTimesView;
  tookSeconds: number;
}

type Unstamped<I> = I extends Input ? Omit<I, 'at' | 'wall'> : never;
export type Body = Unstamped<Input>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
export const TICK_MS = 250;
const HELD = 5_000;
const HELD_LOW = 2_500;

/** The production kernel in virtual time: it is told of a seeded world, and its commands have their effect there. */
export class Simulation {
  readonly state: KernelState = createState({ dialerId: 'simulator', epoch: 1 });
  readonly queue = new EventQueue<SimulatorEvent>();
  readonly metrics: Metrics;
  readonly contacts: Contacts[];
  readonly abandon: AbandonPolicy;
  now = 0;
  private readonly lines: SimulatedLines;
  private readonly agents: SimulatedAgents;
  readonly ports: SimulatedPorts;
  private readonly inbox: Body[] = [];
  private readonly held: number[] = [];
  private readonly times = new StepTimes();
  private readonly log: Pick<InputLog, 'before' | 'after'> | undefined;
  private stepping = false;
  private dialling = false;
  private finishedAt: number | null = null;
  private tickedAt = Number.NEGATIVE_INFINITY;

  constructor(readonly options: SimulationOptions) {
    const { world, agents, ports = 0, hours, days, seed } = options;
    const warmUpHours = options.warmUpHours ?? (hours > 2 ? 1 : 0);
    const crew = agents + ports * world.campaigns.length;
    this.metrics = new Metrics(crew, { hours, days, warmUpHours });
    this.abandon = { ...DEFAULT_ABANDON, ...options.abandon };
    this.contacts = world.campaigns.map((_, index) => new Contacts(world, seed, index, ports > 0));
    this.lines = new SimulatedLines(this);
    this.agents = new SimulatedAgents(this, this.lines);
    this.ports = new SimulatedPorts(this, ports);
    this.log = options.openLog?.(this.state);
  }

  run(): SimulationResult {
    const { options } = this;
    const began = performance.now();
    for (let day = 0; day < options.days && this.finishedAt === null; day += 1) {
      this.day(day);
      options.onProgress?.((day + 1) / options.days);
    }
    const { seed, agents, ports = 0, hours, days } = options;
    return {
      ...this.metrics.figures(this.finishedAt ?? this.now, stepsOf(options.world)),
      seed,
      agents,
      ports,
      hours,
      days,
      finishHours: this.finishedAt === null ? null : this.shiftHours(this.finishedAt),
      steps: this.times.view(),
      tookSeconds: (performance.now() - began) / 1000,
    };
  }

  /** Tells the kernel; what it commands has been carried out before the call returns, unless made from a command. */
  feed(body: Body): void {
    this.inbox.push(body);
    if (this.stepping) return;
    this.stepping = true;
    for (let index = 0; index < this.inbox.length; index += 1) {
      const input = { ...this.inbox[index]!, at: this.now, wall: WALL_START + this.now } as Input;
      this.log?.before(input);
      const before = performance.now();
      const commands = step(this.state, input);
      this.times.add(input.type === 'tick', performance.now() - before);
      this.log?.after(commands, this.state);
      for (const command of commands) this.carryOut(command);
    }
    this.inbox.length = 0;
    this.stepping = false;
  }

  after(seconds: number, event: SimulatorEvent): void {
    this.queue.add(this.now + seconds * 1000, event);
  }

  /** Within a day's shift. */
  get isOpen(): boolean {
    return this.dialling;
  }

  /** Hour of the day. */
  hour(): number {
    return (this.now % DAY) / HOUR;
  }

  private shiftHours(at: number): number {
    return Math.floor(at / DAY) * this.options.hours + Math.min(this.options.hours, (at % DAY) / HOUR);
  }

  private day(day: number): void {
    const { hours, world } = this.options;
    this.now = day * DAY;
    const end = this.now + hours * HOUR;
    if (day === 0) this.start();
    this.dialling = true;
    for (const [index] of world.campaigns.entries()) {
      if (day > 0) this.feed({ type: 'campaignDialling', campaignId: campaignName(index), dialling: true });
    }
    this.agents.plan(day);
    this.ports.open();
    this.queue.add(end, { what: 'dayEnds' });
    let nextTick = this.now + TICK_MS;
    let told = 0;
    while (this.dialling || this.lines.size > 0 || this.agents.present > 0) {
      const next = this.queue.nextAt();
      if (nextTick < next) {
        this.now = nextTick;
        nextTick += TICK_MS;
        if (this.needsTick()) this.feed({ type: 'tick' });
        if (this.now - told > 600_000) {
          told = this.now;
          this.options.onProgress?.((day + Math.min(1, (this.now % DAY) / (hours * HOUR))) / this.options.days);
        }
        continue;
      }
      this.now = next;
      this.happen(this.queue.take()!);
      if (this.dialling && this.isFinished()) {
        this.finishedAt = this.now;
        this.endDay();
      }
    }
  }

  private start(): void {
    const { world, pacing, ports } = this.options;
    this.feed({ type: 'originating', allowed: true });
    this.feed({ type: 'callsRestored', calls: [] });
    for (const [index, { contacts }] of world.campaigns.entries()) {
      const campaign = campaignConfig(world, index, pacing, this.abandon, ports);
      this.feed({ type: 'campaignStarted', campaign, ledger: [] });
      this.held[index] = contacts ?? HELD;
      this.tellHeld(index);
    }
  }

  private endDay(): void {
    this.dialling = false;
    for (const [index] of this.options.world.campaigns.entries()) {
      this.feed({ type: 'campaignDialling', campaignId: campaignName(index), dialling: false });
    }
    this.agents.goHome();
    this.ports.close();
  }

  /** Without pacing by time, a tick on which no deadline falls changes nothing. */
  private needsTick(): boolean {
    const first = this.state.timers[0];
    if (first !== undefined && first.at <= this.now) return true;
    const { pacing, tickEveryMs = TICK_MS } = this.options;
    if (pacing.mode === 'PROGRESSIVE' || this.now < this.tickedAt + tickEveryMs) return false;
    this.tickedAt = this.now;
    return true;
  }

  private isFinished(): boolean {
    const { campaigns } = this.options.world;
    if (this.lines.size > 0) return false;
    return campaigns.every(({ contacts }, index) => contacts !== undefined && this.held[index] === 0);
  }

  private tellHeld(index: number): void {
    const held = this.held[index]!;
    this.feed({ type: 'candidates', campaignId: campaignName(index), held, more: held > 0 });
  }

  private happen(event: SimulatorEvent): void {
    switch (event.what) {
      case 'claimed':
        this.claimed(event.claim);
        break;
      case 'dayEnds':
        if (this.dialling) this.endDay();
        break;
      case 'line':
        this.lines.happen(event);
        break;
      default:
        this.agents.happen(event);
    }
  }

  private carryOut(command: Command): void {
    switch (command.type) {
      case 'claim':
        this.after(this.options.world.latency.claimSeconds, { what: 'claimed', claim: command });
        break;
      case 'place':
      case 'connect':
      case 'treat':
      case 'playAbandonedMessage':
      case 'hangup':
      case 'outcome':
        this.lines.carryOut(command);
        break;
      case 'reserve':
      case 'closeLeg':
      case 'agentState':
        this.agents.carryOut(command);
        break;
      case 'release':
      case 'mark':
      case 'atRisk':
        break;
    }
  }

  private claimed(claim: Extract<Command, { type: 'claim' }>): void {
    const index = this.options.world.campaigns.findIndex((_, at) => campaignName(at) === claim.campaignId);
    const finite = this.options.world.campaigns[index]?.contacts !== undefined;
    const count = Math.min(claim.slots.length, this.held[index]!);
    this.held[index] = this.held[index]! - count;
    const lines = claim.slots.slice(0, count).map(({ slot }) => ({ slot, attemptId: this.lines.claim(index) }));
    this.feed({ type: 'claimed', claimId: claim.id, campaignId: claim.campaignId, lines });
    if (!finite && this.held[index]! < HELD_LOW) this.held[index] = HELD;
    else if (!finite) return;
    this.tellHeld(index);
  }
}

export { agentName };

export function simulate(options: SimulationOptions): SimulationResult {
  return new Simulation(options).run();
}

import { createState, type KernelState, step } from '../../../src/dialer/kernel/kernel';
import type {
  AbandonCause,
  AbandonWindow,
  CallSeed,
  CampaignConfig,
  Command,
  Input,
} from '../../../src/dialer/kernel/messages';
import { GuardJudge } from './guard-judge';
import { createRandom, type Random } from './random';
import type { ScopeModel } from './scope-model';

/**
 * One campaign whose pacer wants as many lines as it may, people who answer more often than not, and everything that could
 * get past the guard: changes of limit, windows, mode and rate, processes that die, a wall clock that is stepped.
 */
export interface GuardWorldOptions {
  guard: 'STRICT' | 'BALANCED';
  /** Share of lines that a person answers. */
  answers: number;
  seed: number;
  rounds: number;
  agents: number;
  limitPercent: number;
  history: number;
  changes: boolean;
  restarts: boolean;
  clockSteps: boolean;
  /** Devices are lost and come back. */
  losses: boolean;
  /** Judged in a window wider than the campaign as well, with other dialers. */
  scope?: ScopeModel;
  dialer?: string;
  /** The longest talk. */
  talkMs?: number;
}

type Body = Input extends infer I ? (I extends Input ? Omit<I, 'at' | 'wall'> : never) : never;

interface Line {
  id: string;
  agentId: string | null;
  placedAt: number;
  answeredAt: number | null;
  connectedAt: number | null;
  liveWall: number;
  ended: boolean;
}

const START = 1_760_000_040_000;
const MINUTE = 60_000;
const TICK = 1_000;

export class GuardWorld {
  readonly judge = new GuardJudge();
  state: KernelState = createState({ dialerId: 'dialer', epoch: 1 });
  at = 0;
  private offset = 0;
  private epoch = 1;
  private readonly name: string;
  private readonly random: Random;
  private config: CampaignConfig;
  private readonly lines = new Map<string, Line>();
  private queue: { at: number; n: number; make: () => Body | null }[] = [];
  private numbers = 0;

  constructor(private readonly options: GuardWorldOptions) {
    this.random = createRandom(options.seed);
    this.config = this.configured();
    this.name = options.dialer ?? 'dialer';
    this.judge.onAbandon = (id, at, cause) => options.scope?.abandoned(id, this.name, START + at, cause);
  }

  run(): void {
    this.open();
    for (let round = 0; round < this.options.rounds; round += 1) this.round();
  }

  open(): void {
    const { options } = this;
    const minute = Math.floor((START - 5 * MINUTE) / MINUTE) * MINUTE;
    for (let count = 0; count < options.history; count += 1) this.judge.live(-(START - minute), minute);
    options.scope?.history(options.history, minute);
    this.begin();
  }

  round(): void {
    const { options, random } = this;
    if (options.changes && random.chance(0.01)) this.change();
    if (options.restarts && random.chance(0.003)) this.restart();
    if (options.clockSteps && random.chance(0.004)) this.stepClock();
    if (options.losses && random.chance(0.01)) this.loseDevice();
    this.pass();
  }

  private wall(): number {
    return START + this.at + this.offset;
  }

  private configured(): CampaignConfig {
    const { random, options } = this;
    const predictive = random.chance(0.5);
    const windows: AbandonWindow[] = [];
    if (random.chance(0.4)) {
      const starts = Array.from({ length: 40 }, (_, index) => START - 4 * 3_600_000 + index * 1_200_000);
      windows.push({ kind: 'CALENDAR', starts });
    }
    if (random.chance(0.3)) windows.push({ kind: 'ROLLING', ms: 900_000, limitPercent: random.pick([0.5, 5, 40]) });
    if (random.chance(0.3)) {
      const numerator = random.pick<AbandonCause[]>([
        ['OVERDIAL'],
        ['AGENT_LOST', 'FAULT'],
        ['OVERDIAL', 'AGENT_LOST'],
      ]);
      windows.push({ kind: 'ROLLING', ms: 1_200_000, numerator });
    }
    if (random.chance(0.3)) windows.push({ kind: 'ROLLING', ms: 1_200_000, denominator: 'SERVED_OR_ABANDONED' });
    return {
      id: 'spring',
      organisationId: 'org',
      pacing: predictive
        ? {
            mode: 'PREDICTIVE',
            maxDialingRate: 10,
            correctionPace: random.pick([10, 5_000]),
            gain: random.pick([0.1, 3]),
          }
        : { mode: 'PROGRESSIVE', dialingRate: random.pick([1.5, 3, 10]) },
      teamIds: ['team'],
      rank: 1,
      ringLimitMs: random.pick([16_000, 32_000]),
      minimumRingMs: 15_000,
      analysisMs: 0,
      classified: false,
      abandon: {
        limitPercent: options.limitPercent * random.pick([1, 1, 0.5]),
        windowsMs: [random.pick([300_000, 600_000, 1_800_000]), 86_400_000],
        windows,
        withinMs: 2_000,
        clockStart: 'ANSWER',
        guard: options.guard,
        ...(options.scope && { scoped: true }),
      },
      maxReservationMs: 3_600_000,
      wrapUpLimitMs: 2_000,
      messageMs: 1_000,
    };
  }

  private feed(body: Body): void {
    const input = { ...body, at: this.at, wall: this.wall() } as Input;
    const commands = step(this.state, input);
    // The guard must hold whatever the pacer believes.
    const { learned } = this.state.campaigns.get('spring') ?? {};
    if (learned) learned.theta = 0.95;
    this.judge.after(this.state, this.at, this.wall(), commands);
    for (const command of commands) this.obey(command);
    if (this.options.scope) this.compare(this.options.scope);
  }

  private compare(scope: ScopeModel): void {
    const calls = [...this.state.calls.values()];
    scope.compare(this.name, calls.filter((call) => call.index.risk && call.uncovered === 'OVERDIAL').length);
  }

  private later(low: number, high: number, make: () => Body | null): void {
    this.numbers += 1;
    this.queue.push({ at: this.at + this.random.between(low, high), n: this.numbers, make });
  }

  private pass(): void {
    const until = this.at + TICK;
    for (;;) {
      const due = this.queue.filter((entry) => entry.at <= until).sort((a, b) => a.at - b.at || a.n - b.n)[0];
      if (!due) break;
      this.queue = this.queue.filter((entry) => entry !== due);
      this.at = Math.max(this.at, due.at);
      const body = due.make();
      if (body) this.feed(body);
    }
    this.at = until;
    this.feed({ type: 'tick' });
  }

  private obey(command: Command): void {
    const { epoch } = this;
    switch (command.type) {
      case 'claim':
        this.later(5, 50, () => {
          if (epoch !== this.epoch) return null;
          const lines = this.claim(command.slots);
          return { type: 'claimed', claimId: command.id, campaignId: 'spring', lines };
        });
        break;
      case 'place':
        this.place(command.attemptId, command.ringLimitMs);
        break;
      case 'connect': {
        const { attemptId, agentId } = command;
        this.lines.get(attemptId)!.agentId = agentId;
        this.later(1, 20, () => (epoch === this.epoch ? this.bridge(attemptId, agentId) : null));
        this.later(2_000, this.options.talkMs ?? 60_000, () => this.end(attemptId, 'answered', 'far'));
        break;
      }
      case 'playAbandonedMessage':
      case 'hangup': {
        const { attemptId } = command;
        this.later(10, 500, () => this.end(attemptId, command.type === 'hangup' ? 'cancelled' : 'answered', 'us'));
        break;
      }
      case 'reserve': {
        const { agentId, ring } = command;
        if (ring) this.later(100, 2_000, () => (epoch === this.epoch ? { type: 'agentLeg', agentId, up: true } : null));
        break;
      }
      case 'outcome': {
        this.judge.outcome(command);
        // Kept: an outcome that dies unwritten is found out by what became of the line.
        const line = this.lines.get(command.attemptId);
        if (line) line.ended = true;
        this.write(command);
        break;
      }
      case 'atRisk':
        this.write(command);
        break;
      default:
    }
  }

  private bridge(attemptId: string, agentId: string): Body {
    this.lines.get(attemptId)!.connectedAt = this.at;
    const call = this.state.calls.get(attemptId);
    if (call?.phase === 'CONNECTING' && call.agentId === agentId && this.at <= call.limitAt && !call.counted) {
      this.judge.bridged(this.at, this.wall());
    }
    return { type: 'connected', attemptId, agentId };
  }

  private claim(slots: { slot: number; pledge: string | null }[]): { slot: number; attemptId: string }[] {
    if (this.options.scope) return this.options.scope.claim(this.name, slots, this.wall());
    return slots.map(({ slot }) => {
      this.numbers += 1;
      return { slot, attemptId: `call-${this.numbers}` };
    });
  }

  /** Written within a moment, in order, in batches that end anywhere. */
  private write(command: Extract<Command, { type: 'atRisk' | 'outcome' }>): void {
    const { scope } = this.options;
    if (!scope) return;
    if (scope.waiting(this.name) === 0) this.flushLater(scope);
    scope.push(this.name, command);
  }

  private flushLater(scope: ScopeModel): void {
    const { epoch } = this;
    this.later(10, 150, () => {
      if (epoch !== this.epoch) return null;
      scope.write(this.name, Math.ceil(this.random.between(0, scope.waiting(this.name))));
      this.compare(scope);
      if (scope.waiting(this.name) > 0) this.flushLater(scope);
      return null;
    });
  }

  private place(id: string, ringLimitMs: number): void {
    const { random } = this;
    const line: Line = {
      id,
      agentId: null,
      placedAt: this.at,
      answeredAt: null,
      connectedAt: null,
      liveWall: 0,
      ended: false,
    };
    this.lines.set(id, line);
    if (random.chance(this.options.answers)) {
      this.later(1_000, ringLimitMs, () => {
        if (line.ended || line.answeredAt !== null) return null;
        line.answeredAt = this.at;
        line.liveWall = this.wall();
        this.judge.answered(id, this.at, this.wall());
        this.options.scope?.live(this.wall());
        return { type: 'answered', attemptId: id };
      });
    } else
      this.later(1_000, ringLimitMs, () => (line.answeredAt === null ? this.end(id, 'no_answer', 'network') : null));
  }

  private end(id: string, cause: 'answered' | 'no_answer' | 'cancelled', by: 'us' | 'far' | 'network'): Body | null {
    const line = this.lines.get(id);
    if (!line || line.ended) return null;
    line.ended = true;
    return { type: 'ended', attemptId: id, cause: line.answeredAt === null ? cause : 'answered', by };
  }

  // What may go wrong

  private change(): void {
    this.config = this.configured();
    this.feed({ type: 'campaignChanged', campaign: this.config });
  }

  private stepClock(): void {
    this.offset += this.random.pick([-3_600_000, -300_000, 300_000, 1_200_000, 7_200_000]);
    this.judge.clockStepped(this.at);
  }

  private loseDevice(): void {
    const { epoch } = this;
    const agentId = `agent-${this.random.below(this.options.agents)}`;
    this.feed({ type: 'agentLeg', agentId, up: false, why: 'LOST' });
    const back: Body = { type: 'agentWants', agentId, state: 'AVAILABLE' };
    this.later(500, 20_000, () => (epoch === this.epoch ? back : null));
  }

  private begin(): void {
    const { options } = this;
    const minutes = this.judge.minutes();
    this.feed({ type: 'campaignStarted', campaign: this.config, ledger: minutes });
    this.feed({ type: 'originating', allowed: true });
    for (let index = 0; index < options.agents; index += 1) {
      const id = `agent-${index}`;
      this.feed({
        type: 'agentLoggedIn',
        agent: { id, organisationId: 'org', teamId: 'team', sessionId: id, legUp: true },
        state: 'AVAILABLE',
      });
    }
    this.feed({ type: 'candidates', campaignId: 'spring', held: 1_000_000, more: true });
  }

  /** Another process knows the ledger as it was written, and what the switch says of lines in flight. */
  private restart(): void {
    this.epoch += 1;
    const { scope } = this.options;
    const claim = this.state.campaigns.get('spring')?.claim;
    if (claim && this.random.chance(0.5)) {
      // Committed with the process's last breath: nothing of it was placed.
      this.claim(claim.slots.map(({ slot, uncovered }) => ({ slot, pledge: uncovered ? null : 'somebody' })));
    }
    this.at += this.random.pick([100, 5_000]);
    this.judge.restarted();
    if (scope) this.takeUp(scope);
    this.state = createState({ dialerId: 'dialer', epoch: this.epoch });
    const calls: CallSeed[] = [];
    for (const line of this.lines.values()) {
      if (line.ended) continue;
      const connected = line.connectedAt !== null;
      calls.push({
        attemptId: line.id,
        campaignId: 'spring',
        agentId: connected ? line.agentId : null,
        phase: connected ? 'CONNECTED' : line.answeredAt === null ? 'RINGING' : 'ANSWERED',
        placedAt: line.placedAt,
        ...(line.answeredAt === null ? {} : { answeredAt: line.answeredAt }),
        ...(line.connectedAt === null ? {} : { connectedAt: line.connectedAt }),
      });
    }
    this.begin();
    this.feed({ type: 'callsRestored', calls });
  }

  /** What was open and is no more at the switch is ended once that is certain: a person who had answered was lost. */
  private takeUp(scope: ScopeModel): void {
    scope.lose(this.name);
    for (const id of scope.openOf(this.name)) {
      const line = this.lines.get(id);
      if (line && !line.ended) continue;
      this.later(2_750, 4_000, () => {
        const wall = this.wall();
        const lost = line?.answeredAt != null && line.agentId === null;
        const live = line?.answeredAt == null ? null : line.liveWall;
        scope.end(id, { live, served: null, abandoned: lost ? wall : null }, lost ? 'FAULT' : null);
        return null;
      });
    }
  }
}

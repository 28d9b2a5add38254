import { createState, deserialise, type KernelState, serialise, step } from '../../../src/dialer/kernel/kernel';
import type { CallSeed, CampaignConfig, Command, Input, LedgerMinute } from '../../../src/dialer/kernel/messages';
import { Audit, checkBooks, push } from './audit';
import { createRandom, type Random } from './random';

/**
 * A small world around the kernel: a switch with people, agents with devices and whims, a shell that claims. It answers
 * commands late, in any order, or with failure; events of one leg come in order. Everything from one seed.
 */
export interface WorldOptions {
  seed: number;
  rounds: number;
  agents: number;
  rates: [number, number];
  classified: boolean;
  limitPercent: number;
  /** Live answers on the ledger from before, so that the guard has something to give. */
  history: number;
  /** Chance of a whim (an agent's, a manager's) in each round. */
  trouble: number;
  takeOvers: boolean;
  /** A twin, serialised and restored at some round, must say the same from then on. */
  twin: boolean;
}

type Body = Input extends infer I ? (I extends Input ? Omit<I, 'at' | 'wall'> : never) : never;

interface Leg {
  id: string;
  campaignId: string;
  agentId: string | null;
  phase: CallSeed['phase'];
  placedAt: number;
  answeredAt: number | null;
  ended: boolean;
  /** Nothing of this leg may be told before. */
  lastAt: number;
  machine: boolean;
}

interface Device {
  up: boolean;
  busy: boolean;
}

export const START = 1_760_000_000_000;
const TICK = 100;

export class World {
  readonly random: Random;
  readonly audit: Audit;
  readonly inputs: Input[] = [];
  readonly output: Command[][] = [];
  state: KernelState;
  at = 0;
  private epoch = 1;
  private twin: KernelState | null = null;
  private readonly queue: { at: number; n: number; epoch: number | null; make: () => Body | null }[] = [];
  private numbers = 0;
  private readonly legs = new Map<string, Leg>();
  private readonly devices = new Map<string, Device>();
  private readonly sessions = new Map<string, number>();
  private readonly campaigns = new Map<
    string,
    { config: CampaignConfig; dialling: boolean; held: number; contacts: number }
  >();
  private stopped = false;
  private originating = true;
  private readonly unresolved = new Set<string>();

  constructor(private readonly options: WorldOptions) {
    this.random = createRandom(options.seed);
    this.audit = new Audit((id) => {
      const { config, dialling } = this.campaigns.get(id)!;
      return {
        dialling: dialling && !this.stopped && this.originating,
        rate: config.pacing.dialingRate,
        limitPercent: config.abandon.limitPercent,
        windowsMs: config.abandon.windowsMs,
        withinMs: config.abandon.withinMs,
      };
    });
    this.state = createState({ dialerId: 'dialer', epoch: this.epoch });
  }

  run(): void {
    this.open();
    const twinAt = this.options.twin ? this.random.below(this.options.rounds) : -1;
    for (let round = 0; round < this.options.rounds; round += 1) {
      if (round === twinAt) this.twin = deserialise(serialise(this.state));
      if (this.random.chance(this.options.trouble)) this.whim();
      if (this.options.takeOvers && this.random.chance(0.004)) this.takeOver();
      this.pass(TICK);
    }
    this.close();
  }

  // Time and delivery

  private feed(body: Body): void {
    const input = { ...body, at: this.at, wall: START + this.at } as Input;
    if (input.type === 'claimed') this.audit.claimed(input);
    this.inputs.push(input);
    const commands = step(this.state, input);
    this.output.push(commands);
    if (this.twin) {
      const twin = JSON.stringify(step(this.twin, input));
      if (twin !== JSON.stringify(commands)) throw new Error('a serialised state went on differently');
    }
    this.audit.commands(input, commands);
    this.audit.views();
    checkBooks(this.state);
    for (const command of commands) {
      if (command.type !== 'claim' || command.slots.every((slot) => slot.pledge === null)) continue;
      const { waiting, uncovered } = this.state.campaigns.get(command.campaignId)!;
      if (waiting.length + uncovered.length > 0) throw new Error('a new line for an agent while another has none');
    }
    for (const command of commands) this.obey(command);
  }

  /** `make` is asked when the time has come, and may then have nothing to say any more. */
  private later(low: number, high: number, make: () => Body | null, ofProcess = true): number {
    const at = this.at + this.random.between(low, high);
    this.numbers += 1;
    this.queue.push({ at, n: this.numbers, epoch: ofProcess ? this.epoch : null, make });
    return at;
  }

  /** Events of one leg, in order. */
  private legLater(leg: Leg, low: number, high: number, make: () => Body | null): void {
    const at = Math.max(leg.lastAt, this.at + this.random.between(low, high));
    leg.lastAt = at;
    this.numbers += 1;
    this.queue.push({ at, n: this.numbers, epoch: null, make });
  }

  private pass(ms: number): void {
    const until = this.at + ms;
    for (;;) {
      let next = -1;
      for (let index = 0; index < this.queue.length; index += 1) {
        const entry = this.queue[index]!;
        const best = this.queue[next];
        if (entry.at <= until && (!best || entry.at < best.at || (entry.at === best.at && entry.n < best.n)))
          next = index;
      }
      if (next < 0) break;
      const [entry] = this.queue.splice(next, 1);
      this.at = Math.max(this.at, entry!.at);
      if (entry!.epoch !== null && entry!.epoch !== this.epoch) continue;
      const body = entry!.make();
      if (!body) continue;
      this.feed(body);
      if (this.random.chance(0.02)) this.repeat(body);
    }
    this.at = until;
    this.feed({ type: 'tick' });
  }

  /** News that comes twice, the second time perhaps when nobody remembers the call. */
  private repeat(body: Body): void {
    const repeatable = ['placed', 'ringing', 'answered', 'classified', 'playFinished', 'ended', 'wrapUpDone'];
    if (!repeatable.includes(body.type)) return;
    if (this.random.chance(0.5)) this.feed(body);
    else this.later(0, 30_000, () => body);
  }

  // Set-up and end

  private open(): void {
    const history: LedgerMinute[] = [];
    const minute = Math.floor((START - 60_000) / 60_000) * 60_000;
    if (this.options.history > 0) history.push({ minute, liveAnswers: this.options.history, abandons: 0 });
    this.options.rates.forEach((dialingRate, index) => {
      const id = index === 0 ? 'first' : 'second';
      const config: CampaignConfig = {
        id,
        organisationId: 'org',
        pacing: { mode: 'PROGRESSIVE', dialingRate },
        teamIds: index === 0 ? ['red', 'both'] : ['blue', 'both'],
        rank: index === 0 ? 1 : this.random.between(1, 2),
        ringLimitMs: 20_000,
        minimumRingMs: 15_000,
        analysisMs: this.options.classified ? 3_000 : 0,
        classified: this.options.classified,
        abandon: {
          limitPercent: this.options.limitPercent,
          windowsMs: [600_000, 86_400_000],
          withinMs: 2_000,
          clockStart: this.random.pick(['GREETING_END', 'ANSWER'] as const),
        },
        maxReservationMs: this.random.pick([20_000, 3_600_000]),
        wrapUpLimitMs: this.random.pick([0, 2_000, 10_000]),
        messageMs: 3_000,
      };
      this.campaigns.set(id, { config, dialling: true, held: 0, contacts: 2_000 });
      this.audit.rateChanged(id, dialingRate);
      for (let count = 0; count < this.options.history; count += 1) push(this.audit.live, id, minute);
      this.feed({ type: 'campaignStarted', campaign: config, ledger: history });
    });
    this.feed({ type: 'originating', allowed: true });
    for (let index = 0; index < this.options.agents; index += 1) this.logIn(`agent-${index}`);
    for (const id of this.campaigns.keys()) this.refill(id);
  }

  /** No more contacts and no more whims: all that is in flight must come to its end. */
  private close(): void {
    for (const campaign of this.campaigns.values()) campaign.contacts = 0;
    for (const id of this.campaigns.keys()) this.refill(id);
    const busy = () =>
      this.state.calls.size > 0 || [...this.state.campaigns.values()].some((campaign) => campaign.members > 0);
    for (let round = 0; round < 300 || (round < 2_000 && busy()); round += 1) this.pass(TICK);
    for (const id of this.audit.attempts.keys()) {
      if (!this.audit.outcomes.has(id) && !this.unresolved.has(id)) throw new Error(`${id} never came to an end`);
    }
    if (this.state.calls.size > 0) throw new Error('calls left over');
    for (const campaign of this.state.campaigns.values()) {
      if (campaign.atRisk !== 0 || campaign.lines !== 0 || campaign.calls !== 0) throw new Error('figures left over');
      if (campaign.members !== 0) throw new Error('agents kept with nothing to dial');
    }
  }

  private logIn(id: string): void {
    const teamId = this.random.pick(['red', 'blue', 'both', 'both']);
    const session = (this.sessions.get(id) ?? 0) + 1;
    this.sessions.set(id, session);
    const device = { up: false, busy: false };
    this.devices.set(id, device);
    this.feed({
      type: 'agentLoggedIn',
      agent: { id, organisationId: 'org', teamId, sessionId: `${id}-${session}`, legUp: false },
      state: 'AVAILABLE',
    });
  }

  private refill(id: string): void {
    const campaign = this.campaigns.get(id)!;
    campaign.held = Math.min(campaign.contacts, this.random.between(0, 40));
    this.feed({ type: 'candidates', campaignId: id, held: campaign.held, more: campaign.contacts > campaign.held });
  }

  // Whims

  private whim(): void {
    const { random } = this;
    const agentId = `agent-${random.below(this.options.agents)}`;
    const campaignId = random.pick(['first', 'second']);
    const campaign = this.campaigns.get(campaignId)!;
    const agent = this.state.agents.get(agentId);
    switch (random.below(13)) {
      case 0:
        this.feed({ type: 'agentWants', agentId, state: 'IDLE', reason: 'LUNCH' });
        break;
      case 1:
        if (random.chance(0.3)) this.feed({ type: 'agentWants', agentId, state: 'LOGGED_OUT', reason: 'HOME' });
        break;
      case 2:
      case 3:
      case 4:
        for (let index = 0; index < this.options.agents; index += 1) {
          if (!this.state.agents.has(`agent-${index}`)) this.logIn(`agent-${index}`);
          this.feed({ type: 'agentWants', agentId: `agent-${index}`, state: 'AVAILABLE' });
        }
        break;
      case 5: {
        const device = this.devices.get(agentId);
        if (!device?.up) break;
        device.up = false;
        this.feed({ type: 'agentLeg', agentId, up: false, why: random.pick(['hung_up', 'lost']) });
        break;
      }
      case 6:
        this.feed({ type: 'presence', agentId, presence: random.pick(['PRESENT', 'ABSENT', 'UNKNOWN'] as const) });
        break;
      case 7:
        campaign.dialling = random.chance(0.6);
        this.feed({ type: 'campaignDialling', campaignId, dialling: campaign.dialling });
        break;
      case 8:
        this.stopped = random.chance(0.3);
        this.feed({ type: this.stopped ? 'organisationStopped' : 'organisationResumed', organisationId: 'org' });
        break;
      case 9:
        this.originating = random.chance(0.7);
        this.feed({ type: 'originating', allowed: this.originating });
        break;
      case 10:
        this.refill(campaignId);
        break;
      case 11:
        if (agent?.line && agent.state === 'CONNECTED')
          this.feed({ type: 'agentHangsUp', agentId, attemptId: agent.line });
        break;
      case 12:
        campaign.config = {
          ...campaign.config,
          teamIds: random.chance(0.2) ? ['both'] : ['red', 'blue', 'both'],
          pacing: { mode: 'PROGRESSIVE', dialingRate: random.pick([...this.options.rates]) },
        };
        this.audit.rateChanged(campaignId, campaign.config.pacing.dialingRate);
        this.feed({ type: 'campaignChanged', campaign: campaign.config });
        break;
    }
  }

  // What the shell and the switch make of commands

  private obey(command: Command): void {
    const { random } = this;
    switch (command.type) {
      case 'claim':
        this.later(5, random.chance(0.05) ? 3_000 : 80, () => this.claim(command));
        break;
      case 'place':
        this.originate(command.attemptId, command.campaignId, command.ringLimitMs);
        break;
      case 'reserve':
        if (command.ring) this.ring(command.agentId);
        break;
      case 'closeLeg': {
        const device = this.devices.get(command.agentId);
        if (device) device.up = false;
        this.later(5, 300, () => ({ type: 'agentLeg', agentId: command.agentId, up: false, why: 'closed' }));
        break;
      }
      case 'connect':
        this.bridge(command.attemptId, command.agentId);
        break;
      case 'playAbandonedMessage':
        if (random.chance(0.9)) this.later(50, 4_000, () => ({ type: 'playFinished', attemptId: command.attemptId }));
        break;
      case 'hangup': {
        const leg = this.legs.get(command.attemptId);
        if (leg && !random.chance(0.02)) this.hangUp(leg, command.reason === 'cancelled' ? 'cancelled' : 'answered');
        break;
      }
      case 'agentState':
        if (command.state === 'WRAP_UP' && random.chance(0.7)) this.wrapUp(command.agentId, command.customer);
        break;
      case 'outcome': {
        const leg = this.legs.get(command.attemptId);
        if (leg) leg.ended = true;
        break;
      }
      case 'release':
      case 'mark':
        break;
    }
  }

  private claim(command: Extract<Command, { type: 'claim' }>): Body {
    const campaign = this.campaigns.get(command.campaignId)!;
    const lines: { slot: number; attemptId: string }[] = [];
    for (const { slot } of command.slots) {
      if (campaign.contacts <= 0 || this.random.chance(0.1)) continue;
      campaign.contacts -= 1;
      campaign.held = Math.max(0, campaign.held - 1);
      this.numbers += 1;
      lines.push({ slot, attemptId: `call-${this.numbers}` });
    }
    if (campaign.held < 10) {
      const refill = () => {
        this.refill(command.campaignId);
        return null;
      };
      this.later(1, 500, refill, false);
    }
    return { type: 'claimed', claimId: command.id, campaignId: command.campaignId, lines };
  }

  private originate(id: string, campaignId: string, ringLimitMs: number): void {
    const { random } = this;
    const fate = random.next();
    if (fate < 0.04) {
      this.later(5, 100, () => ({ type: 'notPlaced', attemptId: id, code: random.pick(['no_capacity', 'expired']) }));
      return;
    }
    const leg: Leg = {
      id,
      campaignId,
      agentId: null,
      phase: 'PLACED',
      placedAt: this.at,
      answeredAt: null,
      ended: false,
      lastAt: this.at,
      machine: random.chance(0.2),
    };
    this.legs.set(id, leg);
    if (fate < 0.06) this.later(5, 100, () => ({ type: 'notPlaced', attemptId: id, code: 'UNKNOWN_OUTCOME' }));
    else this.later(5, 100, () => ({ type: 'placed', attemptId: id }));
    if (random.chance(0.1)) {
      const cause = random.pick(['busy', 'invalid_number', 'congestion', 'network_failure', 'rejected'] as const);
      this.legLater(leg, 20, 3_000, () => this.legEnded(leg, cause, 'network'));
      return;
    }
    this.legLater(leg, 20, 2_000, () => this.legProgress(leg, 'RINGING', { type: 'ringing', attemptId: id }));
    if (random.chance(0.45)) this.legLater(leg, 200, 12_000, () => this.answer(leg));
    else if (random.chance(0.95))
      this.legLater(leg, ringLimitMs, ringLimitMs + 1_500, () => this.legEnded(leg, 'no_answer', 'us'));
    else this.legLater(leg, ringLimitMs + 1_500, ringLimitMs + 4_000, () => this.answer(leg));
  }

  private legProgress(leg: Leg, phase: Leg['phase'], body: Body): Body | null {
    if (leg.ended) return null;
    leg.phase = phase;
    return body;
  }

  private answer(leg: Leg): Body | null {
    if (leg.ended) return null;
    const { classified, abandon } = this.campaigns.get(leg.campaignId)!.config;
    const { random } = this;
    leg.answeredAt = this.at;
    const answeredAt = this.at;
    if (classified && this.state.calls.get(leg.id)?.phase !== 'ENDING') {
      if (random.chance(0.95)) {
        this.legLater(leg, 300, 3_000, () => {
          if (leg.ended) return null;
          const result = leg.machine
            ? random.pick(['machine', 'fax', 'sit'] as const)
            : random.pick(['human', 'unsure'] as const);
          const greetingEndedAt = random.chance(0.7) ? this.at - random.between(0, 300) : undefined;
          const open = this.state.calls.get(leg.id)?.phase === 'ANALYSING';
          if (!leg.machine && open) {
            const clock =
              abandon.clockStart === 'ANSWER' ? answeredAt : Math.max(answeredAt, greetingEndedAt ?? answeredAt);
            this.audit.liveAnswer(leg.id, START + this.at, clock);
          }
          return {
            type: 'classified',
            attemptId: leg.id,
            result,
            ...(greetingEndedAt === undefined ? {} : { greetingEndedAt }),
          };
        });
      }
    } else this.audit.liveAnswer(leg.id, START + this.at, this.at);
    if (random.chance(0.25)) this.legLater(leg, 100, 2_500, () => this.legEnded(leg, 'answered', 'far'));
    else this.legLater(leg, 2_500, 15_000, () => this.legEnded(leg, 'answered', 'far'));
    return this.legProgress(leg, 'ANSWERED', { type: 'answered', attemptId: leg.id });
  }

  private legEnded(
    leg: Leg,
    cause: Extract<Body, { type: 'ended' }>['cause'],
    by: 'us' | 'far' | 'network',
  ): Body | null {
    if (leg.ended) return null;
    leg.ended = true;
    return { type: 'ended', attemptId: leg.id, cause, by };
  }

  /** The hang-up crosses the line: whatever was on its way may still come first. */
  private hangUp(leg: Leg, cause: 'cancelled' | 'answered'): void {
    const at = this.at + this.random.between(5, 400);
    this.numbers += 1;
    this.queue.push({
      at,
      n: this.numbers,
      epoch: null,
      make: () => this.legEnded(leg, leg.answeredAt === null ? cause : 'answered', 'us'),
    });
  }

  private bridge(attemptId: string, agentId: string): void {
    const { random } = this;
    const leg = this.legs.get(attemptId);
    const slow = random.chance(0.05);
    if (random.chance(0.01)) return;
    this.later(5, slow ? 3_000 : 60, () => {
      const failed = (code: 'LEG_GONE' | 'AGENT_GONE' | 'FAILED'): Body => {
        if (this.audit.bridges.get(agentId) === attemptId) this.audit.bridges.delete(agentId);
        return { type: 'connectFailed', attemptId, agentId, code };
      };
      if (!leg || leg.ended) return failed('LEG_GONE');
      if (!this.devices.get(agentId)?.up || random.chance(0.01)) return failed('AGENT_GONE');
      if (random.chance(0.03)) return failed('FAILED');
      if (this.state.calls.get(attemptId)?.agentId === agentId) {
        leg.agentId = agentId;
        leg.phase = 'CONNECTED';
      }
      return { type: 'connected', attemptId, agentId };
    });
  }

  private ring(agentId: string): void {
    const { random } = this;
    const device = this.devices.get(agentId);
    if (!device) return;
    this.later(50, 3_000, () => {
      if (this.devices.get(agentId) !== device) return null;
      if (random.chance(0.85)) {
        if (this.state.agents.get(agentId)?.leg !== 'RINGING') return null;
        device.up = true;
        return { type: 'agentLeg', agentId, up: true };
      }
      return { type: 'agentLeg', agentId, up: false, why: random.pick(['unanswered', 'declined', 'failed']) };
    });
  }

  private wrapUp(agentId: string, attemptId: string | null): void {
    if (attemptId === null) return;
    this.later(0, 1_500, () => ({ type: 'wrapUpDone', agentId, attemptId }));
  }

  // Take-over

  /** Another process: it knows what PostgreSQL and the switch know, and nothing of what was in memory. */
  private takeOver(): void {
    const { random } = this;
    const silence = random.pick([100, 1_000, 6_000]);
    const agents = [...this.state.agents.values()];
    this.epoch += 1;
    this.at += silence;
    this.twin = null;
    this.audit.takenOver();
    this.state = createState({ dialerId: 'dialer', epoch: this.epoch });
    const inFlight = [...this.audit.attempts.keys()].filter(
      (id) => !this.audit.outcomes.has(id) && !this.unresolved.has(id),
    );
    const seeds: CallSeed[] = [];
    for (const id of inFlight) {
      const leg = this.legs.get(id);
      if (leg && !leg.ended) {
        const { campaignId, agentId, phase, placedAt, answeredAt } = leg;
        seeds.push({
          attemptId: id,
          campaignId,
          agentId,
          phase,
          placedAt,
          ...(answeredAt === null ? {} : { answeredAt }),
        });
        if (phase !== 'PLACED' && phase !== 'RINGING') this.audit.liveAnswer(id, START + answeredAt!, answeredAt!);
        continue;
      }
      // The shell ends what the switch no longer shows.
      this.unresolved.add(id);
      if (!leg || leg.answeredAt === null || leg.agentId !== null) continue;
      push(this.audit.live, leg.campaignId, START + this.at);
      push(this.audit.abandons, leg.campaignId, { at: START + this.at, cause: 'FAULT' });
    }
    const work: (() => void)[] = [];
    for (const [id, campaign] of this.campaigns) {
      const ledger: LedgerMinute[] = [];
      for (const at of this.audit.live.get(id) ?? [])
        ledger.push({ minute: Math.floor(at / 60_000) * 60_000, liveAnswers: 1, abandons: 0 });
      for (const { at } of this.audit.abandons.get(id) ?? []) {
        ledger.push({ minute: Math.floor(at / 60_000) * 60_000, liveAnswers: 0, abandons: 1 });
      }
      work.push(() => {
        this.feed({ type: 'campaignStarted', campaign: campaign.config, ledger });
        this.feed({ type: 'campaignDialling', campaignId: id, dialling: campaign.dialling });
      });
    }
    for (const agent of agents) {
      work.push(() =>
        this.feed({
          type: 'agentLoggedIn',
          agent: {
            id: agent.id,
            organisationId: agent.organisationId,
            teamId: agent.teamId,
            sessionId: agent.sessionId,
            legUp: this.devices.get(agent.id)?.up ?? false,
          },
          state: agent.state,
          ...(agent.reason === null ? {} : { idleReason: agent.reason }),
        }),
      );
    }
    work.push(() => this.feed({ type: 'callsRestored', calls: seeds }));
    // The order is the shell's business, not the kernel's.
    while (work.length > 0) work.splice(random.below(work.length), 1)[0]!();
    if (this.stopped) this.feed({ type: 'organisationStopped', organisationId: 'org' });
    this.feed({ type: 'originating', allowed: this.originating });
    for (const id of this.campaigns.keys()) this.refill(id);
  }
}

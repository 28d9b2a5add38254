import { createState, deserialise, type KernelState, serialise, step } from '../../../src/dialer/kernel/kernel';
import type { CallSeed, CampaignConfig, Command, Input } from '../../../src/dialer/kernel/messages';
import { rateOf } from '../../../src/dialer/kernel/pacing';
import type { Call } from '../../../src/dialer/kernel/state';
import { Audit, checkBooks, pledgeOf } from './audit';
import { OwnLines } from './own-lines';
import { createRandom, type Random } from './random';

export interface WorldOptions {
  seed: number;
  rounds: number;
  agents: number;
  rates: [number, number];
  /** Predictive pacing in place of the rates, which are then its maximum. */
  predictive?: boolean;
  /** How many ports stand in for agents in the first campaign; without it, or at 0, none. */
  ports?: number;
  /** Chance that a refill brings callbacks of agents' own. */
  personal?: number;
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

export type Body = Input extends infer I ? (I extends Input ? Omit<I, 'at' | 'wall'> : never) : never;

export interface Leg {
  id: string;
  campaignId: string;
  agentId: string | null;
  port: number | null;
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
export const TICK = 100;

/** A person without an agent, or a line that has lost its own. */
const isAlone = ({ phase, agentId, uncovered }: Call): boolean =>
  phase === 'WAITING' || (agentId === null && uncovered !== null && uncovered !== 'OVERDIAL');

/** Time, and what is told when: every input goes to the kernel, its twin and the auditor, every command to `obey`. */
export abstract class Delivery {
  readonly random: Random;
  readonly audit: Audit;
  readonly inputs: Input[] = [];
  readonly output: Command[][] = [];
  state: KernelState;
  at = 0;
  protected epoch = 1;
  protected twin: KernelState | null = null;
  protected readonly queue: { at: number; n: number; epoch: number | null; make: () => Body | null }[] = [];
  protected numbers = 0;
  protected readonly legs = new Map<string, Leg>();
  protected readonly devices = new Map<string, Device>();
  protected readonly sessions = new Map<string, number>();
  protected readonly campaigns = new Map<
    string,
    {
      config: CampaignConfig;
      dialling: boolean;
      held: number;
      contacts: number;
      personal: Map<string, number>;
      told: Set<string>;
    }
  >();
  protected stopped = false;
  protected closing = false;
  protected originating = true;
  protected readonly unresolved = new Set<string>();

  constructor(protected readonly options: WorldOptions) {
    this.random = createRandom(options.seed);
    this.audit = new Audit((id) => {
      const { config, dialling } = this.campaigns.get(id)!;
      return {
        dialling: dialling && !this.stopped && this.originating,
        rate: rateOf(config.pacing),
        ports: config.ivr?.ports ?? 0,
        limitPercent: config.abandon.limitPercent,
        windowsMs: config.abandon.windowsMs,
        withinMs: config.abandon.withinMs,
        isPromised: (agentId) => this.campaigns.get(id)!.told.has(agentId),
      };
    });
    this.state = createState({ dialerId: 'dialer', epoch: this.epoch });
  }

  // Time and delivery

  protected feed(body: Body): void {
    const input = { ...body, at: this.at, wall: START + this.at } as Input;
    if (input.type === 'claimed') this.audit.claimed(input);
    this.inputs.push(input);
    const own = new OwnLines(this.state, this.audit.owners);
    const deadlines = this.deadlinesAlone(body);
    const alone = new Set([...this.state.calls.values()].filter(isAlone).map(({ id }) => id));
    const commands = step(this.state, input);
    this.output.push(commands);
    if (this.twin) {
      const twin = JSON.stringify(step(this.twin, input));
      if (twin !== JSON.stringify(commands)) throw new Error('a serialised state went on differently');
    }
    this.audit.commands(input, commands);
    this.audit.views();
    checkBooks(this.state);
    own.judge(this.state, commands);
    for (const command of commands) {
      if (command.type !== 'claim') continue;
      const before = deadlines?.claims.has(command.id) ? deadlines.state : this.state;
      this.judgeClaim(command, alone, before);
    }
    for (const command of commands) this.obey(command);
  }

  /** What an input follows on that comes behind deadlines: what these alone would have led to, as a tick before it would tell. */
  private deadlinesAlone(body: Body): { state: KernelState; claims: ReadonlySet<string> } | null {
    if (body.type === 'tick' || !this.state.timers.some(({ at }) => at <= this.at)) return null;
    const state = deserialise(serialise(this.state));
    const commands = step(state, { type: 'tick', at: this.at, wall: START + this.at });
    return { state, claims: new Set(commands.filter(({ type }) => type === 'claim').map(({ id }) => id)) };
  }

  /**
   * No new line for an agent while another has none. `alone`: lines that had none before the step; `state`: as it was when the
   * claim was made.
   */
  private judgeClaim(
    { campaignId, slots }: Extract<Command, { type: 'claim' }>,
    alone: ReadonlySet<string>,
    state: KernelState,
  ): void {
    const pledged = slots.filter((slot) => pledgeOf(campaignId, slot) !== null);
    const { waiting, uncovered } = state.campaigns.get(campaignId)!;
    const open = [...waiting, ...uncovered].map(({ id }) => state.calls.get(id)!);
    // A callback of an agent's own goes before the lines that were risked, and before nobody else.
    const forAnyone = pledged.some(({ personal }) => !personal);
    const wronged = forAnyone ? open : open.filter((call) => alone.has(call.id) && isAlone(call));
    if (pledged.length > 0 && wronged.length > 0) throw new Error('a new line for an agent while another has none');
  }

  /** `make` is asked when the time has come, and may then have nothing to say any more. */
  protected later(low: number, high: number, make: () => Body | null, ofProcess = true): number {
    const at = this.at + this.random.between(low, high);
    this.numbers += 1;
    this.queue.push({ at, n: this.numbers, epoch: ofProcess ? this.epoch : null, make });
    return at;
  }

  /** Events of one leg, in order. */
  protected legLater(leg: Leg, low: number, high: number, make: () => Body | null): void {
    const at = Math.max(leg.lastAt, this.at + this.random.between(low, high));
    leg.lastAt = at;
    this.numbers += 1;
    this.queue.push({ at, n: this.numbers, epoch: null, make });
  }

  protected pass(ms: number): void {
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
  protected repeat(body: Body): void {
    const repeatable = [
      'placed',
      'ringing',
      'answered',
      'classified',
      'playFinished',
      'treatmentEnded',
      'ended',
      'wrapUpDone',
    ];
    if (!repeatable.includes(body.type)) return;
    if (this.random.chance(0.5)) this.feed(body);
    else this.later(0, 30_000, () => body);
  }

  protected refill(id: string): void {
    const campaign = this.campaigns.get(id)!;
    campaign.held = Math.min(campaign.contacts, this.random.between(0, 40));
    const { random } = this;
    if (!this.closing && random.chance(this.options.personal ?? 0)) {
      campaign.personal = new Map();
      for (let count = random.between(0, 3); count > 0; count -= 1) {
        campaign.personal.set(`agent-${random.below(this.options.agents)}`, random.between(1, 2));
      }
    }
    // Until the kernel has heard it, it goes by what it was told before.
    const told = [...campaign.personal.keys()];
    campaign.told = new Set([...campaign.told, ...told]);
    const personal = [...campaign.personal].map(([agentId, held]) => ({ agentId, held }));
    const more = campaign.contacts > campaign.held;
    this.feed({ type: 'candidates', campaignId: id, held: campaign.held, more, personal });
    campaign.told = new Set(told);
  }

  /** Carries a command out, now or later. */
  protected abstract obey(command: Command): void;
}

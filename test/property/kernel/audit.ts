import type { KernelState } from '../../../src/dialer/kernel/kernel';
import type { Command, Input } from '../../../src/dialer/kernel/messages';
import { portId } from '../../../src/dialer/kernel/ports';

type Outcome = Extract<Command, { type: 'outcome' }>;
type Shown = Extract<Command, { type: 'agentState' }>;

/** What the auditor must know of a campaign at the moment of a command. */
export interface Permission {
  dialling: boolean;
  rate: number;
  /** The most that it has had. */
  ports: number;
  limitPercent: number;
  windowsMs: number[];
  withinMs: number;
  /** As it was told last. */
  isPromised(agentId: string): boolean;
}

export interface Abandon {
  at: number;
  cause: string;
}

/** Judges commands as they come, from the inputs and commands alone, never from the kernel's own counts. */
export class Audit {
  readonly outcomes = new Map<string, Outcome>();
  readonly attempts = new Map<string, string>();
  readonly shown = new Map<string, Shown>();
  /** Whose callback an attempt is. */
  readonly owners = new Map<string, string>();
  /** Live answers by campaign, in wall time. */
  readonly live = new Map<string, number[]>();
  readonly abandons = new Map<string, Abandon[]>();
  private readonly ids = new Set<string>();
  private readonly placed = new Set<string>();
  readonly reservations = new Map<string, string>();
  private readonly claims = new Map<string, Extract<Command, { type: 'claim' }>>();
  private readonly openClaim = new Map<string, string>();
  /** Agent to the attempt it is being, or is, connected to. */
  readonly bridges = new Map<string, string>();
  private readonly played = new Map<string, number>();
  private readonly liveAt = new Map<string, { wall: number; clock: number }>();
  /** When a campaign was given lines without an agent. */
  private readonly risks = new Map<string, number[]>();
  private readonly highest = new Map<string, number>();

  /** Agents whose desktop is gone, or of whom nothing is known since that time. */
  private readonly gone = new Set<string>();
  private readonly unknownSince = new Map<string, number>();

  constructor(private readonly permission: (campaignId: string) => Permission) {}

  private must(truth: boolean, message: string): void {
    if (!truth) throw new Error(message);
  }

  claimed(input: Extract<Input, { type: 'claimed' }>): void {
    this.must(this.openClaim.get(input.campaignId) === input.claimId, 'claimed without claim');
    this.openClaim.delete(input.campaignId);
    const { slots } = this.claims.get(input.claimId)!;
    for (const { slot, attemptId } of input.lines) {
      this.attempts.set(attemptId, input.campaignId);
      const { personal, pledge } = slots.find((asked) => asked.slot === slot)!;
      if (personal) this.owners.set(attemptId, pledge!);
    }
    if (slots.some((slot) => pledgeOf(input.campaignId, slot) === null)) push(this.risks, input.campaignId, input.wall);
  }

  /** A person is there, by the switch; `clock` is where the limit runs from. */
  liveAnswer(attemptId: string, wall: number, clock: number): void {
    if (!this.liveAt.has(attemptId)) this.liveAt.set(attemptId, { wall, clock });
  }

  /** What a new process cannot know: claims, reservations and connects of the old one, and messages that it had begun. */
  takenOver(): void {
    this.played.clear();
    this.claims.clear();
    this.openClaim.clear();
    this.reservations.clear();
    this.shown.clear();
    this.bridges.clear();
  }

  commands(input: Input, commands: Command[]): void {
    // A device that is down is in no bridge.
    if (input.type === 'agentLeg' && !input.up) this.bridges.delete(input.agentId);
    this.presence(input);
    for (const command of commands) {
      this.must(!this.ids.has(command.id), `command id twice: ${command.id}`);
      this.ids.add(command.id);
      this.command(input, command);
    }
  }

  private presence(input: Input): void {
    if (input.type === 'agentWants' && input.state === 'AVAILABLE' && this.gone.delete(input.agentId)) {
      this.unknownSince.set(input.agentId, input.at);
    }
    if (input.type === 'agentLoggedIn') {
      this.gone.delete(input.agent.id);
      this.unknownSince.delete(input.agent.id);
    }
    if (input.type !== 'presence') return;
    const { agentId } = input;
    if (input.presence === 'UNKNOWN') {
      if (!this.gone.has(agentId) && !this.unknownSince.has(agentId)) this.unknownSince.set(agentId, input.at);
      return;
    }
    this.unknownSince.delete(agentId);
    if (input.presence === 'ABSENT') this.gone.add(agentId);
    else this.gone.delete(agentId);
  }

  private mayBePledged(agentId: string, at: number): boolean {
    const since = this.unknownSince.get(agentId);
    return !this.gone.has(agentId) && (since === undefined || at - since <= 30_000);
  }

  private command(input: Input, command: Command): void {
    const { must } = this;
    switch (command.type) {
      case 'claim': {
        const may = this.permission(command.campaignId);
        must(may.dialling, 'claim while forbidden');
        must(!this.openClaim.has(command.campaignId), 'two claims in flight');
        must(command.slots.length > 0, 'empty claim');
        const pledges = command.slots.flatMap((slot) => pledgeOf(command.campaignId, slot) ?? []);
        must(may.rate !== 1 || pledges.length === command.slots.length, 'uncovered slot at 1:1');
        for (const { port } of command.slots) must((port ?? 0) <= may.ports, 'pledge of a port too many');
        must(new Set(pledges).size === pledges.length, 'an agent pledged twice');
        must(
          pledges.every((agent) => !this.bridges.has(agent) && (isPort(agent) || this.reservations.has(agent))),
          'pledge of an agent who is busy or not reserved',
        );
        for (const agent of pledges) must(this.mayBePledged(agent, input.at), 'pledge of an agent who may be gone');
        for (const { personal, pledge } of command.slots) {
          must(!personal || (pledge !== null && may.isPromised(pledge)), "a personal slot that is nobody's callback");
        }
        this.openClaim.set(command.campaignId, command.id);
        this.claims.set(command.id, command);
        if (pledges.length < command.slots.length) push(this.risks, command.campaignId, input.wall);
        break;
      }
      case 'place':
        must(this.attempts.get(command.attemptId) === command.campaignId, 'place without claim');
        must(!this.placed.has(command.attemptId), 'placed twice');
        must(this.permission(command.campaignId).dialling, 'place while forbidden');
        this.placed.add(command.attemptId);
        break;
      case 'reserve':
        must(!isPort(command.agentId), 'reservation of a port');
        must(!this.gone.has(command.agentId), 'reservation of a desktop that is gone');
        must(!this.reservations.has(command.agentId), 'two reservations of one agent');
        this.reservations.set(command.agentId, command.reservationId);
        break;
      case 'release':
        must(this.reservations.get(command.agentId) === command.reservationId, 'release of another reservation');
        this.reservations.delete(command.agentId);
        break;
      case 'connect':
        this.open(command.attemptId);
        must(!this.gone.has(command.agentId), 'a customer for a desktop that is gone');
        must(!this.bridges.has(command.agentId), 'an agent connected to two customers');
        must(![...this.bridges.values()].includes(command.attemptId), 'a customer connected to two agents');
        this.bridges.set(command.agentId, command.attemptId);
        break;
      case 'treat': {
        this.open(command.attemptId);
        must(this.attempts.get(command.attemptId) === command.campaignId, 'treatment by a port of another campaign');
        must(!this.played.has(command.attemptId), 'a treatment after the message');
        const port = portId(command.campaignId, command.port);
        must(!this.bridges.has(port), 'a port with two persons');
        must(![...this.bridges.values()].includes(command.attemptId), 'a person at two ports');
        this.bridges.set(port, command.attemptId);
        break;
      }
      case 'playAbandonedMessage':
        this.open(command.attemptId);
        must(![...this.bridges.values()].includes(command.attemptId), 'message to a customer being connected');
        this.played.set(command.attemptId, input.wall);
        break;
      case 'hangup':
      case 'mark':
        this.open(command.attemptId);
        break;
      case 'agentState':
        this.show(command);
        break;
      case 'outcome':
        this.outcome(input, command);
        break;
      case 'closeLeg':
        break;
    }
  }

  /** The port is free again. */
  treatFailed(campaignId: string, port: number, attemptId: string): void {
    const id = portId(campaignId, port);
    if (this.bridges.get(id) === attemptId) this.bridges.delete(id);
  }

  private open(attemptId: string): void {
    this.must(this.attempts.has(attemptId), `unknown attempt ${attemptId}`);
    this.must(!this.outcomes.has(attemptId), `command after the outcome of ${attemptId}`);
  }

  private show(view: Shown): void {
    const { must } = this;
    must(!isPort(view.agentId), 'a port shown as an agent');
    must(view.reservationId === (this.reservations.get(view.agentId) ?? null), 'agentState with another reservation');
    must((view.campaignId === null) === (view.reservationId === null), 'campaign without reservation');
    must(view.state !== 'RESERVED' || view.reservationId !== null, 'RESERVED without reservation');
    must(view.state !== 'CONNECTED' || view.customer !== null, 'CONNECTED without customer');
    must(view.state !== 'IDLE' || (view.customer === null && view.reservationId === null), 'IDLE with a customer');
    must(view.sessionEnded === (view.state === 'LOGGED_OUT'), 'session end');
    this.shown.set(view.agentId, view);
    if (view.sessionEnded) this.shown.delete(view.agentId);
  }

  /** After a whole step: no customer is shown to two agents (within a step one view may move before the other). */
  views(): void {
    const customers = [...this.shown.values()]
      .filter((view) => view.state !== 'WRAP_UP')
      .flatMap((v) => v.customer ?? []);
    this.must(new Set(customers).size === customers.length, 'one customer shown to two agents');
  }

  private outcome(input: Input, outcome: Outcome): void {
    const { must } = this;
    this.open(outcome.attemptId);
    this.outcomes.set(outcome.attemptId, outcome);
    for (const [agent, attempt] of this.bridges) if (attempt === outcome.attemptId) this.bridges.delete(agent);
    const may = this.permission(outcome.campaignId);
    must(outcome.outcome === 'NOT_PLACED' || this.placed.has(outcome.attemptId), 'an end without a beginning');
    must((outcome.outcome === 'ABANDONED' || outcome.late) === (outcome.abandonCause !== null), 'cause of an abandon');
    must(!outcome.late || outcome.outcome === 'LIVE_VOICE', 'late without talk');
    must(outcome.agentId === null || (outcome.port === null && !isPort(outcome.agentId)), 'a port as an agent');
    if (outcome.outcome === 'LIVE_VOICE' || outcome.outcome === 'ABANDONED')
      must(outcome.liveAnswer, 'not a live answer');
    const { counted } = outcome;
    must((counted.live !== null) === outcome.liveAnswer, 'a live answer is dated');
    must((counted.abandoned !== null) === (outcome.abandonCause !== null), 'an abandon is dated');
    must(counted.served === null || (counted.live !== null && counted.abandoned === null), 'served and abandoned');
    const live = this.liveAt.get(outcome.attemptId);
    if (outcome.liveAnswer) push(this.live, outcome.campaignId, live?.wall ?? input.wall);
    if (outcome.abandonCause !== null) {
      const connected = outcome.times.connectedAt;
      const at =
        this.played.get(outcome.attemptId) ?? (connected === undefined ? input.wall : wallOf(input, connected));
      push(this.abandons, outcome.campaignId, { at, cause: outcome.abandonCause });
      const overdial = outcome.abandonCause === 'OVERDIAL';
      must(!overdial || (this.highest.get(outcome.campaignId) ?? 1) > 1, 'OVERDIAL at 1:1');
    }
    if (!live || !outcome.liveAnswer || outcome.abandonCause !== null) return;
    // Neither abandoned nor late: then it was with an agent, or gone, within the limit.
    const until = outcome.times.connectedAt ?? outcome.times.endedAt;
    const slack = outcome.times.connectedAt === undefined ? 300 : 0;
    must(until - live.clock <= may.withinMs + slack, `over the limit and not counted: ${JSON.stringify(outcome)}`);
  }

  /** Every OVERDIAL abandon, judged in every window, once all is known. */
  judgeWindows(campaignId: string): number {
    const { limitPercent, windowsMs } = this.permission(campaignId);
    const live = this.live.get(campaignId) ?? [];
    const abandons = this.abandons.get(campaignId) ?? [];
    const risks = this.risks.get(campaignId) ?? [];
    let overdial = 0;
    for (const one of abandons) {
      if (one.cause !== 'OVERDIAL') continue;
      overdial += 1;
      const risk = Math.max(0, ...risks.filter((at) => at <= one.at));
      for (const windowMs of windowsMs) {
        const inside = (at: number) => at > one.at - windowMs && at <= one.at;
        // What faults and lost agents added since the last line was risked is not overdialling's doing.
        const counted = abandons.filter((o) => inside(o.at) && (o.cause === 'OVERDIAL' || o.at <= risk)).length;
        const answers = live.filter(inside).length;
        this.must(
          counted * 100 <= limitPercent * answers + 1e-6,
          `${campaignId}: OVERDIAL pushes ${windowMs} ms to ${counted} of ${answers}, limit ${limitPercent} %`,
        );
      }
    }
    return overdial;
  }

  rateChanged(campaignId: string, rate: number): void {
    this.highest.set(campaignId, Math.max(rate, this.highest.get(campaignId) ?? 1));
  }
}

const isPort = (agentId: string): boolean => agentId.includes('#');

type Slot = Extract<Command, { type: 'claim' }>['slots'][number];

/** Who has the slot's line, an agent or a port. */
export function pledgeOf(campaignId: string, { pledge, port }: Slot): string | null {
  return port === undefined ? pledge : portId(campaignId, port);
}

function wallOf(input: Input, at: number): number {
  return input.wall - (input.at - at);
}

export function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** Books of the kernel against what they are made of: a wrong index is a wrong pledge some steps later. */
export function checkBooks(state: KernelState): void {
  const must = (truth: boolean, message: string) => {
    if (!truth) throw new Error(message);
  };
  for (const call of state.calls.values()) {
    const agent = call.agentId === null ? undefined : state.agents.get(call.agentId);
    if (call.phase !== 'ENDING' && agent) must(agent.line === call.id, `line and agent disagree on ${call.id}`);
    must(!call.personal || (agent !== undefined && call.uncovered === null), `${call.id} personal and nobody's`);
    if (call.personal) must(!agent!.index.answerable && !agent!.index.counted, `${call.id} personal, its agent free`);
    must(
      !(call.agentId === null && call.uncovered === null && call.index.line),
      `${call.id} neither pledged nor uncovered`,
    );
  }
  for (const agent of state.agents.values()) {
    if (agent.line !== null) must(state.calls.get(agent.line)?.agentId === agent.id, `${agent.id} holds a lost line`);
    must(!(agent.line !== null && agent.slot !== null), `${agent.id} pledged to line and slot`);
    must(agent.state !== 'IDLE' || agent.reservation === null, `${agent.id} idle with a reservation`);
    must(agent.line === null || agent.reservation !== null, `${agent.id} with a line and no reservation`);
  }
  for (const campaign of state.campaigns.values()) {
    const id = campaign.config.id;
    const calls = [...state.calls.values()].filter((call) => call.campaignId === id);
    const members = [...state.agents.values()].filter((agent) => agent.reservation?.campaignId === id);
    must(campaign.calls === calls.length, 'calls');
    must(campaign.members === members.length, 'members');
    const ports = members.filter((agent) => agent.port !== null);
    const wanted = campaign.removed ? 0 : (campaign.config.ivr?.ports ?? 0);
    must(ports.filter((port) => port.port! <= wanted).length === wanted, 'ports');
    must(
      ports.every((port) => port.port! <= wanted || port.line !== null || port.slot !== null),
      'a port too many with nothing on it',
    );
    must(
      wanted === 0 || members.every((agent) => agent.port !== null || !agent.index.free),
      'a free agent beside ports',
    );
    must(campaign.lines === calls.filter((call) => call.index.line).length, 'lines');
    must(campaign.atRisk === calls.filter((call) => call.index.risk).length, 'atRisk');
    must(campaign.counted === members.filter((agent) => agent.index.counted).length, 'counted');
    for (const set of ['free', 'unpledged', 'answerable'] as const) {
      const expected = members.filter((agent) => agent.index[set]).map((agent) => agent.availableSeq);
      must(`${campaign[set].map((entry) => entry.seq)}` === `${expected.sort((a, b) => a - b)}`, set);
    }
    const uncovered = calls.filter((call) => call.index.uncovered).length;
    must(uncovered === campaign.uncovered.length, 'uncovered');
    must(calls.filter((call) => call.phase === 'WAITING').length === campaign.waiting.length, 'waiting');
    must(campaign.free.length === 0 || campaign.waiting.length === 0, 'a free agent beside a person without one');
    const dialling = state.originating && campaign.dialling && !campaign.removed;
    const may = dialling && !state.stopped.has(campaign.config.organisationId);
    const promised = campaign.free.filter((agent) => may && (campaign.personal.get(agent.id) ?? 0) > 0);
    const risked = campaign.uncovered.filter((line) => state.calls.get(line.id)!.uncovered === 'OVERDIAL');
    must(
      campaign.free.length === 0 ||
        uncovered === 0 ||
        (promised.length === campaign.free.length && risked.length === uncovered),
      'a free agent beside a line without one',
    );
  }
}

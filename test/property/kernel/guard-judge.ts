import type { KernelState } from '../../../src/dialer/kernel/kernel';
import type {
  AbandonCause,
  AbandonPolicy,
  AbandonWindow,
  Command,
  Counted,
  LedgerMinute,
} from '../../../src/dialer/kernel/messages';

/** When something counted, by the monotonic clock and as the wall clock dated it. */
interface Stamp {
  at: number;
  wall: number;
}

interface Abandon extends Stamp {
  id: string;
  cause: string;
}

interface Risk {
  at: number;
  policy: AbandonPolicy;
}

/**
 * Judges every window at every abandon by overdialling, from its own books. The limit is the one in force when the last
 * line was risked before it; abandons of other causes that came after that moment are not overdialling's doing.
 */
export class GuardJudge {
  overdial = 0;
  /** Abandons of other causes. */
  others = 0;
  /** Told of every abandon, once. */
  onAbandon: ((id: string, at: number, cause: string) => void) | undefined;
  private readonly lives: (Stamp & { id: string | null })[] = [];
  private readonly abandons: Abandon[] = [];
  private readonly served: Stamp[] = [];
  private readonly written = new Map<string, Counted>();
  private readonly seen = new Set<string>();
  private risk: Risk | null = null;
  private stepped = false;
  private steppedAt = Number.NEGATIVE_INFINITY;
  private died = false;

  live(at: number, wall: number, id: string | null = null): void {
    this.lives.push({ at, wall, id });
  }

  answered(id: string, at: number, wall: number): void {
    this.live(at, wall, id);
  }

  /** In a bridge in time. */
  bridged(at: number, wall: number): void {
    this.served.push({ at, wall });
  }

  clockStepped(at: number): void {
    this.stepped = true;
    this.steppedAt = at;
  }

  restarted(): void {
    this.died = true;
  }

  outcome(command: Extract<Command, { type: 'outcome' }>): void {
    this.written.set(command.attemptId, command.counted);
  }

  after(state: KernelState, at: number, wall: number, commands: Command[]): void {
    const campaign = state.campaigns.get('spring');
    if (!campaign) return;
    for (const call of state.calls.values()) {
      if (!call.counted || this.seen.has(call.id)) continue;
      this.count({ id: call.id, at, wall, cause: call.cause ?? 'FAULT' });
    }
    for (const command of commands) {
      if (command.type === 'outcome' && command.abandonCause !== null && !this.seen.has(command.attemptId)) {
        this.count({ id: command.attemptId, at, wall, cause: command.abandonCause });
      }
    }
    if (campaign.atRisk > 0 && commands.some((command) => command.type === 'place')) {
      this.risk = { at, policy: campaign.config.abandon };
    }
    if (commands.some((command) => command.type === 'claim' && command.slots.some((slot) => slot.pledge === null))) {
      this.risk = { at, policy: campaign.config.abandon };
    }
  }

  private count(abandon: Abandon): void {
    this.seen.add(abandon.id);
    this.abandons.push(abandon);
    this.onAbandon?.(abandon.id, abandon.at, abandon.cause);
    if (abandon.cause !== 'OVERDIAL') {
      this.others += 1;
      return;
    }
    this.overdial += 1;
    const { risk } = this;
    if (!risk) throw new Error('an abandon by overdialling without a line risked');
    const { limitPercent, windowsMs } = risk.policy;
    for (const ms of windowsMs) this.window(abandon, risk, { kind: 'ROLLING', ms }, limitPercent);
    for (const window of risk.policy.windows ?? []) {
      if (window.numerator && !window.numerator.includes('OVERDIAL')) continue;
      const limit = Math.min(limitPercent, window.limitPercent ?? 100);
      if (window.kind === 'ROLLING') this.window(abandon, risk, window, limit);
      else if (this.isDated(risk)) {
        const start = window.starts.filter((one) => one <= abandon.wall).at(-1);
        if (start === undefined) throw new Error('a line risked where the calendar says nothing');
        this.compare(abandon, risk, window, 'calendar', limit, (stamp) => stamp.wall >= start);
      }
    }
  }

  /** A step takes answers out of a window at once, under lines already risked: by its date nothing can be said of those. */
  private isDated(risk: Risk): boolean {
    return risk.at > this.steppedAt;
  }

  private window(abandon: Abandon, risk: Risk, rule: Extract<AbandonWindow, { kind: 'ROLLING' }>, limit: number): void {
    const { ms } = rule;
    // As dated; what is dated ahead of now counts as now.
    if (this.isDated(risk))
      this.compare(abandon, risk, rule, `${ms} ms as dated`, limit, (stamp) => stamp.wall > abandon.wall - ms);
    // By a clock that was never stepped; a process that is new cannot know what clock dated the ledger.
    if (this.stepped && this.died) return;
    this.compare(abandon, risk, rule, `${ms} ms as passed`, limit, (stamp) => stamp.at > abandon.at - ms);
  }

  private compare(
    abandon: Abandon,
    risk: Risk,
    rule: AbandonWindow,
    name: string,
    limit: number,
    inside: (stamp: Stamp) => boolean,
  ): void {
    const within = this.abandons.filter(inside);
    const counted = within.filter(
      ({ cause, at }) =>
        (rule.numerator?.includes(cause as AbandonCause) ?? true) && (cause === 'OVERDIAL' || at <= risk.at),
    ).length;
    const answers =
      rule.denominator === 'SERVED_OR_ABANDONED'
        ? this.served.filter(inside).length + within.length
        : this.lives.filter(inside).length;
    if (counted * 100 <= limit * answers + 1e-6) return;
    throw new Error(`${abandon.id}: ${counted} of ${answers} in ${name}, limit ${limit} %, risked at ${risk.at}`);
  }

  /** The ledger as written: attempts that have ended, each as its outcome dates it. */
  minutes(): LedgerMinute[] {
    const minutes: LedgerMinute[] = [];
    const add = (at: number, what: Partial<LedgerMinute>) =>
      minutes.push({ minute: Math.floor(at / 60_000) * 60_000, liveAnswers: 0, abandons: 0, ...what });
    for (const { id, wall } of this.lives) {
      const live = id === null ? wall : (this.written.get(id)?.live ?? null);
      if (live !== null) add(live, { liveAnswers: 1 });
    }
    for (const { id, cause } of this.abandons) {
      const abandoned = this.written.get(id)?.abandoned ?? null;
      if (abandoned !== null) add(abandoned, { abandons: 1, causes: { [cause]: 1 } });
    }
    for (const { served } of this.written.values()) if (served !== null) add(served, { served: 1 });
    return minutes;
  }
}

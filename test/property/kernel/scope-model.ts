import { linesLeft } from '../../../src/compliance/abandon/windows-in-force';
import type { Command, Counted } from '../../../src/dialer/kernel/messages';

type Written = Extract<Command, { type: 'atRisk' | 'outcome' }>;

interface Attempt {
  dialer: string;
  atRisk: boolean;
}

interface Abandon {
  id: string;
  at: number;
  dialer: string;
  cause: string;
}

/**
 * The tables behind a guard scope as claims and outcomes change them: attempts that are open with their standing, and what
 * the scope's ledger counts. Beside them the truth, which no dialer's delay or death keeps back.
 */
export class ScopeModel {
  overdial = 0;
  granted = 0;
  refused = 0;
  private readonly open = new Map<string, Attempt>();
  private readonly lives: number[] = [];
  private readonly abandons: Abandon[] = [];
  private readonly unwritten = new Map<string, Written[]>();
  private readonly trueLives: number[] = [];
  private readonly trueAbandons: Abandon[] = [];
  private riskedAt = Number.NEGATIVE_INFINITY;
  private attempts = 0;

  constructor(
    private readonly limitPercent: number,
    private readonly windowMs: number,
    private readonly horizonMs: number,
  ) {}

  history(count: number, at: number): void {
    for (let each = 0; each < count; each += 1) {
      this.lives.push(at);
      this.trueLives.push(at);
    }
  }

  /** The claim's transaction: pledged slots are filled, others while the scope bears them. */
  claim<S extends { slot: number; pledge: string | null }>(
    dialer: string,
    slots: S[],
    at: number,
  ): { slot: number; attemptId: string }[] {
    const inside = (one: number) => one > at - this.windowMs;
    let left = linesLeft(
      {
        abandons: this.abandons.filter((one) => inside(one.at)).length,
        laterAnswers: this.lives.filter((one) => one > at + this.horizonMs - this.windowMs).length,
        atRisk: [...this.open.values()].filter((one) => one.atRisk).length,
      },
      this.limitPercent,
    );
    return slots.flatMap(({ slot, pledge }) => {
      if (pledge === null && left <= 0) {
        this.refused += 1;
        return [];
      }
      this.attempts += 1;
      const attemptId = `${dialer}-call-${this.attempts}`;
      this.open.set(attemptId, { dialer, atRisk: pledge === null });
      if (pledge === null) {
        left -= 1;
        this.granted += 1;
        this.riskedAt = at;
      }
      return [{ slot, attemptId }];
    });
  }

  // The write-behind: in order, in batches that may end anywhere, lost with the process.

  push(dialer: string, command: Written): void {
    const queue = this.unwritten.get(dialer) ?? [];
    queue.push(command);
    this.unwritten.set(dialer, queue);
  }

  waiting(dialer: string): number {
    return this.unwritten.get(dialer)?.length ?? 0;
  }

  write(dialer: string, count: number): void {
    for (const command of this.unwritten.get(dialer)?.splice(0, count) ?? []) {
      const attempt = this.open.get(command.attemptId);
      if (!attempt) continue;
      if (command.type === 'atRisk') attempt.atRisk = command.atRisk;
      else this.end(command.attemptId, command.counted, command.abandonCause);
    }
  }

  lose(dialer: string): void {
    this.unwritten.delete(dialer);
  }

  end(attemptId: string, counted: Counted, cause: string | null): void {
    const attempt = this.open.get(attemptId);
    if (!attempt) return;
    this.open.delete(attemptId);
    if (counted.live !== null) this.lives.push(counted.live);
    if (counted.abandoned !== null) {
      const { dialer } = attempt;
      this.abandons.push({ id: attemptId, at: counted.abandoned, dialer, cause: cause ?? 'FAULT' });
    }
  }

  openOf(dialer: string): string[] {
    return [...this.open].flatMap(([id, attempt]) => (attempt.dialer === dialer ? [id] : []));
  }

  // The truth, and what must hold of it.

  live(at: number): void {
    this.trueLives.push(at);
  }

  abandoned(id: string, dialer: string, at: number, cause: string): void {
    this.trueAbandons.push({ id, at, dialer, cause });
    if (cause !== 'OVERDIAL') return;
    this.overdial += 1;
    const inside = (one: number) => one > at - this.windowMs && one <= at;
    const counted = this.trueAbandons.filter(
      (one) => inside(one.at) && (one.cause === 'OVERDIAL' || one.at <= this.riskedAt),
    ).length;
    const answers = this.trueLives.filter(inside).length;
    if (counted * 100 > this.limitPercent * answers + 1e-6) {
      throw new Error(`${counted} of ${answers} abandoned over all dialers, limit ${this.limitPercent} %`);
    }
  }

  /** What is written is never less than what has been abandoned by overdialling or yet may be. */
  compare(dialer: string, atRiskNow: number): void {
    const overdial = this.trueAbandons.filter((one) => one.dialer === dialer && one.cause === 'OVERDIAL');
    const ids = new Set(overdial.map(({ id }) => id));
    const atRisk = [...this.open.values()].filter((one) => one.dialer === dialer && one.atRisk).length;
    const written = this.abandons.filter(({ id }) => ids.has(id)).length + atRisk;
    const truth = overdial.length + atRiskNow;
    if (written < truth) throw new Error(`${dialer}: ${written} written of ${truth} abandoned or at risk`);
  }
}

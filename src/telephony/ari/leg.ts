import type { HangupReason, LegMark, TelephonyEvent } from '../port';
import { classifyUnanswered, type Ending } from './causes';
import { readVerdict } from './cpa';
import { agentChannel } from './names';

type Events = Extract<TelephonyEvent, { seq: number }>;
type WithoutStamp<T> = T extends Events ? Omit<T, 'linkEpoch' | 'leg' | 'seq' | 'at' | 'receivedAt'> : never;
export type LegFact = WithoutStamp<Events>;

export interface Moment {
  /** The switch's clock. */
  at: number;
  /** Ours, monotonic. */
  receivedAt: number;
  /** Ours: the earliest moment at which it can have happened, when it was heard of late. */
  since?: number;
}

/** A file that is missing is told to begin all the same, and to have failed in the same moment. */
export const SETTLED_MS = 100;

export type LegEmit = (leg: Leg, fact: LegFact, moment: Moment) => void;

/**
 * One customer leg as its events tell it. It keeps the port's promises whatever order the switch speaks in: `answered` and
 * `classified` at most once, `ended` exactly once and last.
 */
export class Leg {
  seq = 0;
  answeredAt: number | undefined;
  ended = false;
  /** The bridge it is in, as far as the events said. */
  bridge: string | undefined;
  /** The agent session whose bridge it is in, once that was told. */
  connectedTo: string | undefined;
  /** A connect was given up: entering this bridge after all is taken back. */
  takenBack: string | undefined;
  /** The application may act on it: Stasis was entered and not left. */
  inStasis = false;
  /** The application ever had it. */
  wasInStasis = false;
  /** The link epoch in which it was placed or found. */
  bornInEpoch = 0;
  /** Whether the originate was accepted, refused, or nobody knows. */
  placement: 'sending' | 'accepted' | 'unknown' = 'sending';
  /** The run of the switch under which it was placed or found. */
  placedUnder: string | undefined;
  /** Something of it was seen on the stream. */
  seen = false;
  /** What was played to it, by id, as far as the events said. */
  readonly playbacks = new Map<string, { state: 'playing' | 'done' | 'failed'; at: number }>();
  hangupReason: HangupReason | undefined;
  guardFired = false;
  /** Our clock; when the switch's own ring timeout is due. */
  ringEndsAt = Number.POSITIVE_INFINITY;
  guard: NodeJS.Timeout | undefined;
  private dialling = false;
  private ringing = false;
  private early = false;
  private classified = false;
  private dialstatus: string | undefined;
  private readonly waiters = new Set<() => void>();

  constructor(
    readonly id: string,
    private readonly emit: LegEmit,
    /** How long after the answer a verdict must have come; undefined without analysis. */
    private readonly verdictWithinMs?: number,
  ) {}

  /** Waits until `holds`, looked at after every change of the leg; false after `ms`. */
  waitFor(holds: () => boolean, ms: number): Promise<boolean> {
    if (holds()) return Promise.resolve(true);
    if (ms <= 0) return Promise.resolve(false);
    return new Promise((resolve) => {
      const settle = (held: boolean): void => {
        clearTimeout(timer);
        this.waiters.delete(look);
        resolve(held);
      };
      const look = (): void => {
        if (holds()) settle(true);
      };
      const timer = setTimeout(() => settle(false), ms);
      this.waiters.add(look);
    });
  }

  /** Something that its waiters may wait for has changed. */
  wake(): void {
    for (const look of [...this.waiters]) look();
  }

  dial(dialstatus: string, moment: Moment): void {
    if (this.ended) return;
    if (dialstatus !== '' && dialstatus !== 'ANSWER') this.dialstatus = dialstatus;
    switch (dialstatus) {
      case '':
        if (!this.dialling) {
          this.dialling = true;
          this.emit(this, { type: 'progress', kind: 'dialing' }, moment);
        }
        return;
      case 'RINGING':
        this.ring(moment);
        return;
      case 'PROGRESS':
        if (!this.early) {
          this.early = true;
          this.emit(this, { type: 'progress', kind: 'earlyMedia' }, moment);
        }
        return;
      case 'ANSWER':
        this.answer(moment);
        return;
    }
  }

  /** `held`: the dialplan has it and plays the message. */
  state(state: string, moment: Moment, held = false): void {
    if (state === 'Ringing') this.ring(moment);
    else if (state === 'Up') this.answer(moment, held && !this.wasInStasis);
  }

  stasisStart(args: readonly string[], moment: Moment): void {
    if (this.ended) return;
    this.answer(moment);
    this.inStasis = true;
    this.wasInStasis = true;
    const verdict = readVerdict(args);
    if (verdict) this.classify(verdict.result, verdict.cause, verdict.silenceMs, moment);
    else if (args[0] === 'beep') this.emit(this, { type: 'beep' }, moment);
    this.wake();
  }

  /** Not a hang-up: a leg leaves the application for the dialplan and comes back. */
  stasisEnd(): void {
    this.inStasis = false;
    this.wake();
  }

  enteredBridge(bridge: string, agent: string | undefined, moment: Moment): void {
    if (this.ended || this.bridge === bridge) return;
    this.bridge = bridge;
    if (agent !== undefined && this.takenBack !== bridge) {
      this.connectedTo = agent;
      this.emit(this, { type: 'connected', agent }, moment);
    }
    this.wake();
  }

  leftBridge(bridge: string, moment: Moment): void {
    if (this.bridge !== bridge) return;
    this.bridge = undefined;
    const agent = this.connectedTo;
    this.connectedTo = undefined;
    if (agent !== undefined && !this.ended) this.emit(this, { type: 'disconnected', agent }, moment);
    this.wake();
  }

  /** Takes over a leg that another process placed, as a snapshot shows it: what is past is not told again. */
  restore(state: string, args: readonly string[] | undefined, agent: string | undefined, moment: Moment): void {
    this.placement = 'accepted';
    this.seen = true;
    this.dialling = true;
    this.ringing = state !== 'Down';
    if (state === 'Up') this.answeredAt = moment.receivedAt;
    this.inStasis = args !== undefined;
    this.wasInStasis = this.inStasis;
    this.classified = args?.[0] === 'amd';
    this.connectedTo = agent;
    this.bridge = agent === undefined ? undefined : agentChannel(agent);
  }

  destroyed(cause: number, sip: number | undefined, moment: Moment): void {
    this.end({ cause, sip, dialstatus: this.dialstatus }, undefined, moment);
  }

  /**
   * A snapshot shows that it is gone, and no event told why. The mark that it left says whether it was answered after the
   * last event that was heard of it.
   */
  vanished(moment: Moment, mark: LegMark, unheardMs?: number): void {
    if (mark === 'answered' || mark === 'served') this.answer(moment, true);
    this.end(undefined, mark, moment, unheardMs);
  }

  playback(playId: string, state: 'playing' | 'done' | 'failed', moment: Moment): void {
    const before = this.playbacks.get(playId);
    const since = before?.state === 'playing' ? before.at : moment.at;
    this.playbacks.set(playId, { state, at: moment.at });
    if (state !== 'playing') {
      if (state === 'done' || moment.at - since >= SETTLED_MS) this.report({ type: 'heard', playId }, moment);
      this.report({ type: 'playFinished', playId, ok: state === 'done' }, moment);
    }
    this.wake();
  }

  report(fact: LegFact, moment: Moment): void {
    if (!this.ended) this.emit(this, fact, moment);
  }

  private ring(moment: Moment): void {
    if (this.ended || this.ringing || this.answeredAt !== undefined) return;
    this.ringing = true;
    this.emit(this, { type: 'progress', kind: 'ringing' }, moment);
  }

  private answer(moment: Moment, held = false): void {
    if (this.ended || this.answeredAt !== undefined) return;
    this.answeredAt = moment.receivedAt;
    clearTimeout(this.guard);
    const late = moment.since === undefined ? {} : { since: moment.since };
    this.emit(this, { type: 'answered', ...late, ...(held ? { heldByDialplan: true as const } : {}) }, moment);
    if (this.verdictWithinMs === undefined || this.ended || this.classified) return;
    this.guard = setTimeout(() => {
      const overdue = { at: moment.at + this.verdictWithinMs!, receivedAt: moment.receivedAt + this.verdictWithinMs! };
      this.classify('unsure', 'GUARD', undefined, overdue);
    }, this.verdictWithinMs);
  }

  private classify(
    result: 'human' | 'machine' | 'fax' | 'unsure',
    cause: string,
    silenceMs: number | undefined,
    moment: Moment,
  ): void {
    if (this.classified || this.ended) return;
    this.classified = true;
    clearTimeout(this.guard);
    const answeredAt = this.answeredAt ?? moment.receivedAt;
    const ended = silenceMs === undefined ? undefined : Math.max(answeredAt, moment.receivedAt - silenceMs);
    this.emit(
      this,
      {
        type: 'classified',
        result,
        cause,
        tookMs: moment.receivedAt - answeredAt,
        ...(ended === undefined ? {} : { greetingEndedAt: ended }),
      },
      moment,
    );
  }

  /** `mark` is given when the end is inferred and not told. */
  private end(ending: Ending | undefined, mark: LegMark | undefined, moment: Moment, unheardMs?: number): void {
    if (this.ended) return;
    const inferred = mark !== undefined;
    this.ended = true;
    clearTimeout(this.guard);
    const ringTimedOut = this.guardFired || moment.receivedAt >= this.ringEndsAt - 150;
    const details = {
      inferred,
      ...(mark === undefined ? {} : { mark }),
      ...(unheardMs === undefined ? {} : { unheardMs }),
      ...(ending && ending.cause !== 0 ? { q850: ending.cause } : {}),
      ...(ending?.sip === undefined ? {} : { sip: ending.sip }),
    };
    const byUs = this.hangupReason !== undefined || this.guardFired;
    if (this.answeredAt !== undefined) {
      const by = inferred ? 'unknown' : this.hangupReason !== undefined ? 'us' : 'far';
      this.emit(this, { type: 'ended', cause: 'answered', by, ...details }, moment);
    } else if (this.hangupReason !== undefined) {
      this.emit(this, { type: 'ended', cause: 'cancelled', by: 'us', ...details }, moment);
    } else if (inferred) {
      this.emit(this, { type: 'ended', cause: 'network_failure', by: 'unknown', ...details }, moment);
    } else {
      const cause = classifyUnanswered(ending ?? { cause: 0, sip: undefined, dialstatus: undefined }, ringTimedOut);
      const local = byUs || (ringTimedOut && cause === 'no_answer');
      const network = cause === 'congestion' || cause === 'network_failure' || cause === 'config_error';
      this.emit(this, { type: 'ended', cause, by: local ? 'us' : network ? 'network' : 'far', ...details }, moment);
    }
    this.wake();
  }
}

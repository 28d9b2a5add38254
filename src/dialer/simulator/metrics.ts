import { RateSeries, type Rates, type Recovery } from './rate-series';

/** What comes of a simulated run, seen from the world: the truth, whichever dialer made it. Times in milliseconds. */

export type Activity = 'OUT' | 'AWAY' | 'WAITING' | 'TALK' | 'MACHINE' | 'WRAP_UP';
/** AMD_FALSE: a person hung up as a machine. HUNG_UP: gone before the limit. */
export type PersonFate = 'CONNECTED' | 'ABANDONED' | 'AMD_FALSE' | 'HUNG_UP';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
export const INTERVAL_MS = 300_000;

export interface Interval {
  /** Of the day. */
  atHour: number;
  day: number;
  occupancyPercent: number | null;
  abandonPercent: number | null;
  dials: number;
  liveAnswers: number;
  agents: number;
}

export interface Figures {
  occupancyPercent: number;
  /** Persons only: the truth. */
  persons: Rates & { connected: number; hungUp: number; rejectedByAmd: number };
  /** What the dialer's own ledger says: machines taken for persons count too. */
  recorded: Rates;
  talkMinutesPerHour: number;
  connectsPerAgentHour: number;
  callsPerHour: number;
  answersPerHour: number;
  /** Mean from a person's answer to the bridge with an agent. */
  answerToConnectSeconds: number;
  dials: number;
  recoveries: Recovery[];
  intervals: Interval[];
}

interface AgentTrack {
  activity: Activity;
  since: number;
}

interface Bin {
  dials: number;
  live: number;
  abandons: number;
  busy: number;
  worked: number;
}

export class Metrics {
  private readonly agents: AgentTrack[];
  private readonly spent: Record<Activity, number> = { OUT: 0, AWAY: 0, WAITING: 0, TALK: 0, MACHINE: 0, WRAP_UP: 0 };
  private readonly truth = new RateSeries();
  private readonly ledger = new RateSeries();
  private readonly fates: Record<PersonFate, number> = { CONNECTED: 0, ABANDONED: 0, AMD_FALSE: 0, HUNG_UP: 0 };
  private connectsAfterWarmUp = 0;
  private dials = 0;
  private answers = 0;
  private readonly connected = { count: 0, waitedMs: 0 };
  private readonly bins = new Map<number, Bin>();

  constructor(
    agents: number,
    private readonly shift: { hours: number; days: number; warmUpHours: number },
  ) {
    this.agents = Array.from({ length: agents }, () => ({ activity: 'OUT', since: 0 }));
  }

  activity(at: number, agent: number, activity: Activity): void {
    const track = this.agents[agent]!;
    if (track.activity === activity) return;
    this.spend(track, at);
    track.activity = activity;
    track.since = at;
  }

  dial(at: number): void {
    this.dials += 1;
    this.bin(at).dials += 1;
  }

  answer(): void {
    this.answers += 1;
  }

  /** A person is in the bridge, so long after the answer. */
  connect(waitedMs: number): void {
    this.connected.count += 1;
    this.connected.waitedMs += waitedMs;
  }

  /** Once for each person who answered. */
  person(at: number, fate: PersonFate): void {
    this.fates[fate] += 1;
    if (fate === 'HUNG_UP') return;
    if (fate === 'CONNECTED' && this.isMeasured(at)) this.connectsAfterWarmUp += 1;
    this.truth.live(at);
    if (fate !== 'CONNECTED') this.truth.abandon(at);
    const bin = this.bin(at);
    bin.live += 1;
    if (fate !== 'CONNECTED') bin.abandons += 1;
  }

  /** What a dialer writes down, machines taken for persons included: the answer when it is known, then the abandon. */
  recordedLive(at: number): void {
    this.ledger.live(at);
  }

  recordedAbandon(at: number): void {
    this.ledger.abandon(at);
  }

  /** `steps`: hours of the day at which the world changes. */
  figures(until: number, steps: readonly number[]): Figures {
    for (const track of this.agents) {
      this.spend(track, until);
      track.since = until;
    }
    const { spent, shift } = this;
    const paid = spent.WAITING + spent.TALK + spent.MACHINE + spent.WRAP_UP;
    const open = spent.WAITING + spent.TALK + spent.MACHINE;
    const worked = Math.min(until, (shift.days - 1) * DAY + shift.hours * HOUR);
    const hours = Math.max(1e-9, Math.floor(worked / DAY) * shift.hours + Math.min(shift.hours, (worked % DAY) / HOUR));
    const recoveries: Recovery[] = [];
    for (let day = 0; day < shift.days; day += 1) {
      for (const step of steps) if (step < shift.hours) recoveries.push(this.truth.recovery(day * DAY + step * HOUR));
    }
    return {
      occupancyPercent: open === 0 ? 0 : (100 * spent.TALK) / open,
      persons: {
        ...this.truth.rates(shift.days),
        connected: this.fates.CONNECTED,
        hungUp: this.fates.HUNG_UP,
        rejectedByAmd: this.fates.AMD_FALSE,
      },
      recorded: this.ledger.rates(shift.days),
      talkMinutesPerHour: paid === 0 ? 0 : (60 * spent.TALK) / paid,
      connectsPerAgentHour: paid === 0 ? 0 : (this.connectsAfterWarmUp * HOUR) / paid,
      callsPerHour: this.dials / hours,
      answersPerHour: this.answers / hours,
      answerToConnectSeconds: this.connected.waitedMs / 1000 / Math.max(1, this.connected.count),
      dials: this.dials,
      recoveries,
      intervals: this.intervals(),
    };
  }

  private isMeasured(at: number): boolean {
    const inDay = at % DAY;
    return inDay >= this.shift.warmUpHours * HOUR && inDay < this.shift.hours * HOUR;
  }

  private spend(track: AgentTrack, until: number): void {
    const { activity } = track;
    if (activity === 'OUT') return;
    const day = Math.floor(track.since / DAY) * DAY;
    const from = Math.max(track.since, day + this.shift.warmUpHours * HOUR);
    const to = Math.min(until, day + this.shift.hours * HOUR);
    if (to > from) this.spent[activity] += to - from;
    if (activity === 'AWAY' || activity === 'WRAP_UP') return;
    const end = Math.min(until, day + this.shift.hours * HOUR);
    for (let at = track.since; at < end; ) {
      const next = Math.min(end, (Math.floor(at / INTERVAL_MS) + 1) * INTERVAL_MS);
      const bin = this.bin(at);
      bin.worked += next - at;
      if (activity === 'TALK') bin.busy += next - at;
      at = next;
    }
  }

  private bin(at: number): Bin {
    const index = Math.floor(at / INTERVAL_MS);
    let bin = this.bins.get(index);
    if (!bin) {
      bin = { dials: 0, live: 0, abandons: 0, busy: 0, worked: 0 };
      this.bins.set(index, bin);
    }
    return bin;
  }

  private intervals(): Interval[] {
    return [...this.bins]
      .sort(([a], [b]) => a - b)
      .map(([index, bin]) => {
        const at = index * INTERVAL_MS;
        return {
          atHour: (at % DAY) / HOUR,
          day: Math.floor(at / DAY),
          occupancyPercent: bin.worked === 0 ? null : (100 * bin.busy) / bin.worked,
          abandonPercent: bin.live === 0 ? null : (100 * bin.abandons) / bin.live,
          dials: bin.dials,
          liveAnswers: bin.live,
          agents: bin.worked / INTERVAL_MS,
        };
      });
  }
}

import { readFileSync } from 'node:fs';
import type { EndedBy, TruthEntry } from './truth-log';

export interface Span {
  from: number;
  to: number;
}

/** One leg as the switch saw it. Times are real epoch milliseconds. */
export interface LegTruth {
  leg: string;
  kind: 'customer' | 'agent';
  to: string;
  app: string;
  callerId: string;
  trunk: string;
  originatedAt: number;
  ringingAt?: number;
  answeredAt?: number;
  voice?: string;
  /** A living person answered. */
  live: boolean;
  verdict?: string;
  /** When a cancel for it arrived while it was not answered. */
  cancelledAt?: number;
  /** Stretches in one bridge with an agent's leg. */
  withAgent: (Span & { agentLeg: string })[];
  messages: (Span & { by: 'app' | 'fallback'; media: string; completed: boolean })[];
  /** Of a live person: answered, but neither with an agent nor hearing a message. */
  silences: Span[];
  endedAt?: number;
  endedBy?: EndedBy;
  cause?: number;
  sip?: number;
}

export interface TruthSummary {
  entries: TruthEntry[];
  legs: LegTruth[];
  customers: LegTruth[];
  byNumber: Map<string, LegTruth[]>;
  /** Pairs of legs to one number that were alive at the same time. */
  overlaps: { number: string; first: string; second: string; at: number }[];
  /** Live persons left in one stretch of silence longer than `limitMs`. */
  silentLivePersons(limitMs: number): LegTruth[];
}

/** A kill -9 may tear the last line that a switch wrote: the end of the log, or what stands before the next `start`. */
const parse = (path: string): TruthEntry[] => {
  const entries: TruthEntry[] = [];
  let torn: unknown;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    let entry: TruthEntry;
    try {
      entry = JSON.parse(line) as TruthEntry;
    } catch (error) {
      if (torn !== undefined) throw torn;
      torn = error;
      continue;
    }
    if (torn !== undefined && entry.e !== 'start') throw torn;
    torn = undefined;
    entries.push(entry);
  }
  return entries;
};

class Reader {
  readonly legs = new Map<string, LegTruth[]>();
  private readonly open = new Map<string, LegTruth>();
  private readonly bridges = new Map<string, Set<string>>();
  private readonly playing = new Map<string, LegTruth['messages'][number]>();
  private lastAt = 0;

  read(entry: TruthEntry): void {
    switch (entry.e) {
      case 'start':
        // What is still open died with the previous instance, at the latest when its last line was written.
        for (const leg of [...this.open.values()]) this.end(leg, this.lastAt, 'restart');
        this.bridges.clear();
        break;
      case 'originate': {
        const leg: LegTruth = {
          leg: entry.leg,
          kind: entry.kind,
          to: entry.to,
          app: entry.app,
          callerId: entry.callerId,
          trunk: entry.trunk,
          originatedAt: entry.t,
          live: false,
          withAgent: [],
          messages: [],
          silences: [],
        };
        this.legs.set(entry.leg, [...(this.legs.get(entry.leg) ?? []), leg]);
        this.open.set(entry.leg, leg);
        break;
      }
      case 'stop':
      case 'app':
      case 'refused':
        break;
      default: {
        const leg = this.open.get(entry.leg);
        if (leg) this.readLeg(leg, entry);
      }
    }
    this.lastAt = entry.t;
  }

  finish(): void {
    for (const leg of this.open.values()) this.closeSpans(leg, this.lastAt);
    for (const legs of this.legs.values())
      for (const leg of legs) if (leg.live) leg.silences = silences(leg, this.lastAt);
  }

  private readLeg(
    leg: LegTruth,
    entry: Exclude<TruthEntry, { e: 'start' | 'stop' | 'app' | 'refused' | 'originate' }>,
  ): void {
    switch (entry.e) {
      case 'ringing':
        leg.ringingAt = entry.t;
        break;
      case 'answered':
        leg.answeredAt = entry.t;
        leg.voice = entry.voice;
        leg.live = entry.live;
        break;
      case 'verdict':
        leg.verdict = entry.status;
        break;
      case 'cancelled':
        leg.cancelledAt = entry.t;
        break;
      case 'bridged': {
        const members = this.bridges.get(entry.bridge) ?? new Set();
        members.add(leg.leg);
        this.bridges.set(entry.bridge, members);
        this.companies(members, entry.t);
        break;
      }
      case 'unbridged': {
        const members = this.bridges.get(entry.bridge);
        members?.delete(leg.leg);
        this.part(leg, entry.t);
        break;
      }
      case 'message': {
        const message = {
          from: entry.t,
          to: Number.POSITIVE_INFINITY,
          by: entry.by,
          media: entry.media,
          completed: false,
        };
        leg.messages.push(message);
        this.playing.set(entry.play, message);
        break;
      }
      case 'messageEnd': {
        const message = this.playing.get(entry.play);
        if (message) Object.assign(message, { to: entry.t, completed: entry.completed });
        this.playing.delete(entry.play);
        break;
      }
      case 'ended':
        leg.cause = entry.cause;
        if (entry.sip !== undefined) leg.sip = entry.sip;
        this.end(leg, entry.t, entry.by);
        break;
    }
  }

  /** Every customer in the bridge is with every agent's leg in it. */
  private companies(members: Set<string>, at: number): void {
    const present = [...members].flatMap((id) => this.open.get(id) ?? []);
    const agents = present.filter((leg) => leg.kind === 'agent');
    for (const customer of present.filter((leg) => leg.kind === 'customer')) {
      for (const agent of agents) {
        const together = customer.withAgent.some((span) => span.agentLeg === agent.leg && !Number.isFinite(span.to));
        if (!together) customer.withAgent.push({ from: at, to: Number.POSITIVE_INFINITY, agentLeg: agent.leg });
      }
    }
  }

  private part(leg: LegTruth, at: number): void {
    for (const span of leg.withAgent) if (!Number.isFinite(span.to)) span.to = at;
    if (leg.kind !== 'agent') return;
    for (const other of this.open.values()) {
      for (const span of other.withAgent) if (span.agentLeg === leg.leg && !Number.isFinite(span.to)) span.to = at;
    }
  }

  private closeSpans(leg: LegTruth, at: number): void {
    for (const span of [...leg.withAgent, ...leg.messages]) if (!Number.isFinite(span.to)) span.to = at;
  }

  private end(leg: LegTruth, at: number, by: EndedBy): void {
    leg.endedAt = at;
    leg.endedBy = by;
    this.part(leg, at);
    this.closeSpans(leg, at);
    this.open.delete(leg.leg);
    for (const members of this.bridges.values()) members.delete(leg.leg);
  }
}

const silences = (leg: LegTruth, lastAt: number): Span[] => {
  if (leg.answeredAt === undefined) return [];
  const end = leg.endedAt ?? lastAt;
  const heard = [...leg.withAgent, ...leg.messages].sort((a, b) => a.from - b.from);
  const gaps: Span[] = [];
  let from = leg.answeredAt;
  for (const span of heard) {
    if (span.from > from) gaps.push({ from, to: span.from });
    from = Math.max(from, span.to);
  }
  if (end > from) gaps.push({ from, to: end });
  return gaps;
};

/** Reads a truth log into one summary per leg, attempts by number, and what must never be: overlaps and silence. */
export const readTruthLog = (path: string): TruthSummary => {
  const entries = parse(path);
  const reader = new Reader();
  for (const entry of entries) reader.read(entry);
  reader.finish();
  const legs = [...reader.legs.values()].flat().sort((a, b) => a.originatedAt - b.originatedAt);
  const customers = legs.filter((leg) => leg.kind === 'customer');
  const byNumber = new Map<string, LegTruth[]>();
  for (const leg of customers) byNumber.set(leg.to, [...(byNumber.get(leg.to) ?? []), leg]);
  const overlaps: TruthSummary['overlaps'] = [];
  for (const [number, attempts] of byNumber) {
    for (const [index, attempt] of attempts.entries()) {
      for (const earlier of attempts.slice(0, index)) {
        if ((earlier.endedAt ?? Number.POSITIVE_INFINITY) > attempt.originatedAt) {
          overlaps.push({ number, first: earlier.leg, second: attempt.leg, at: attempt.originatedAt });
        }
      }
    }
  }
  return {
    entries,
    legs,
    customers,
    byNumber,
    overlaps,
    silentLivePersons: (limitMs) =>
      customers.filter((leg) => leg.silences.some((silence) => silence.to - silence.from > limitMs)),
  };
};

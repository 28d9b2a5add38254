import type { TelephonyEvent } from '../../src/telephony/port';

type Of<T extends TelephonyEvent['type']> = Extract<TelephonyEvent, { type: T }>;
type LegEvent = Extract<TelephonyEvent, { seq: number }>;

const WAIT_MS = 8000;

/** Keeps what a port tells, lets tests wait for it, and checks what must hold of every stream. */
export class Recorder {
  readonly events: TelephonyEvent[] = [];
  private readonly looks = new Set<() => void>();

  readonly sink = (event: TelephonyEvent): void => {
    this.events.push(event);
    for (const look of [...this.looks]) look();
  };

  ofLeg(leg: string): LegEvent[] {
    return this.events.filter((event): event is LegEvent => 'seq' in event && event.leg === leg);
  }

  /** The events of a leg as short words, e.g. `dialing ringing answered ended:busy`. */
  story(leg: string): string[] {
    return this.ofLeg(leg).map((event) => {
      if (event.type === 'progress') return event.kind;
      if (event.type === 'ended') return `ended:${event.cause}:${event.by}`;
      if (event.type === 'classified') return `classified:${event.result}`;
      return event.type;
    });
  }

  of<T extends TelephonyEvent['type']>(type: T, leg?: string): Of<T>[] {
    return this.events.filter(
      (event): event is Of<T> => event.type === type && (leg === undefined || ('leg' in event && event.leg === leg)),
    );
  }

  async next<T>(what: string, find: () => T | undefined, ms = WAIT_MS): Promise<T> {
    const first = find();
    if (first !== undefined) return first;
    return new Promise<T>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.looks.delete(look);
        const heard = this.events.filter((event) => event.type !== 'alive').slice(-20);
        reject(
          new Error(`waited ${ms} ms for ${what}; heard last:\n${heard.map((e) => JSON.stringify(e)).join('\n')}`),
        );
      }, ms);
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        clearTimeout(timer);
        this.looks.delete(look);
        resolve(found);
      };
      this.looks.add(look);
    });
  }

  event<T extends TelephonyEvent['type']>(type: T, leg: string): Promise<Of<T>> {
    return this.next(`${type} of ${leg}`, () => this.of(type, leg)[0]);
  }

  ended(leg: string): Promise<Of<'ended'>> {
    return this.event('ended', leg);
  }

  agent(id: string, state: 'ringing' | 'up' | 'down'): Promise<Of<'agentSession'>> {
    return this.next(`agent session ${id} ${state}`, () =>
      this.of('agentSession').find((event) => event.agent === id && event.state === state),
    );
  }

  link(state: 'up' | 'down', after = 0): Promise<Of<'link'>> {
    return this.next(`link ${state}`, () => this.of('link').filter((event) => event.state === state)[after]);
  }

  /** Of every leg: 1, 2, 3 …; answered, classified and ended at most once; nothing after the end. */
  check(): void {
    const legs = new Set(this.events.flatMap((event) => ('seq' in event ? [event.leg] : [])));
    for (const leg of legs) {
      const events = this.ofLeg(leg);
      expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => index + 1));
      for (const once of ['answered', 'classified', 'ended']) {
        expect(events.filter((event) => event.type === once).length).toBeLessThanOrEqual(1);
      }
      const end = events.findIndex((event) => event.type === 'ended');
      if (end >= 0) expect(end).toBe(events.length - 1);
      const epochs = events.map((event) => event.linkEpoch);
      expect(epochs).toEqual([...epochs].sort((a, b) => a - b));
    }
  }
}

import type { TelephonyEvent } from '../port';
import { Leg, type LegFact, type Moment } from './leg';

const REMEMBERED = 20_000;

/** Every leg of this application that is alive, and the ids of the latest that are not: an id is never used twice. */
export class LegBook {
  readonly live = new Map<string, Leg>();
  /** Value: the end was inferred, so the switch may still show the leg. */
  private readonly over = new Map<string, boolean>();

  constructor(
    private readonly sink: (event: TelephonyEvent) => void,
    private readonly linkEpoch: () => number,
  ) {}

  create(id: string, verdictWithinMs?: number): Leg {
    const leg = new Leg(id, (from, fact, moment) => this.tell(from, fact, moment), verdictWithinMs);
    leg.bornInEpoch = this.linkEpoch();
    this.live.set(id, leg);
    return leg;
  }

  /** The originate had no effect: the id is free again and nothing was told. */
  forget(leg: Leg): void {
    clearTimeout(leg.guard);
    this.live.delete(leg.id);
  }

  isOver(id: string): boolean {
    return this.over.has(id);
  }

  endWasInferred(id: string): boolean {
    return this.over.get(id) ?? false;
  }

  wakeAll(): void {
    for (const leg of this.live.values()) leg.wake();
  }

  clear(): void {
    for (const leg of this.live.values()) clearTimeout(leg.guard);
    this.wakeAll();
    this.live.clear();
  }

  private tell(leg: Leg, fact: LegFact, moment: Moment): void {
    leg.seen = true;
    if (fact.type === 'ended') {
      this.live.delete(leg.id);
      this.over.set(leg.id, fact.inferred);
      if (this.over.size > REMEMBERED)
        for (const oldest of this.over.keys()) {
          this.over.delete(oldest);
          break;
        }
    }
    leg.seq += 1;
    const linkEpoch = this.linkEpoch();
    const lost =
      fact.type === 'ended' && fact.cause === 'answered' && !leg.wasInStasis && leg.bornInEpoch !== linkEpoch;
    const { at, receivedAt } = moment;
    this.sink({
      ...fact,
      ...(lost ? { heldByDialplan: true } : {}),
      linkEpoch,
      leg: leg.id,
      seq: leg.seq,
      at,
      receivedAt,
    });
  }
}

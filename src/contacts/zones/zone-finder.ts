import { joinZones, knownZone } from './candidate-zones';
import type { ZoneTable } from './zone-table';

export interface FoundZones {
  /** How many leading digits decided: 1 for a number whose area nobody knows. */
  prefix: string;
  /** IANA zones joined by '|'. */
  zones: string;
}

/** Answers which zones a number or a column value means; remembers every distinct answer. */
export class ZoneFinder {
  private readonly joined = new Map<string, string>();
  private readonly places = new Map<string, string | undefined>();
  private readonly named = new Map<string, string | undefined>();

  constructor(
    private readonly table: ZoneTable,
    /** Zones are told apart by their clocks from this moment on. */
    private readonly now: number,
  ) {}

  /** `number` in E.164. Undefined when the number's country has no known zone. */
  ofNumber(number: string): FoundZones | undefined {
    const found = this.table.find(number.slice(1));
    if (!found) return undefined;
    let zones = this.joined.get(found.zones);
    if (zones === undefined) {
      zones = joinZones(
        found.zones.split('&').filter((zone) => knownZone(zone) !== undefined),
        this.now,
      );
      this.joined.set(found.zones, zones);
    }
    return zones === '' ? undefined : { prefix: found.prefix, zones };
  }

  /** Zones that a place may lie in, joined; undefined when there is none. The places are few: they are not a file's values. */
  ofPlace(zones: readonly string[]): string | undefined {
    const key = zones.join();
    if (!this.places.has(key)) this.places.set(key, joinZones(zones, this.now) || undefined);
    return this.places.get(key);
  }

  /** A time zone as a column names it. */
  ofName(name: string): string | undefined {
    if (name.length > 64) return undefined;
    if (!this.named.has(name)) {
      // Bounded, since a bad column could hold a million different values.
      if (this.named.size > 2000) this.named.clear();
      this.named.set(name, knownZone(name));
    }
    return this.named.get(name);
  }
}

import { OutdialError } from '../../errors';
import { datedVersions, FOREVER } from './check-profile';
import type { Law } from './law';
import type { LawOverride } from './override';
import type { Profile, RuleName, Rules } from './profile';

/** What holds on one day by one profile. */
export interface RulesInForce {
  /** `US@2024-10-15`; an organisation's own profile is `OWN:US-NV@2026-01-01`. */
  label: string;
  own: boolean;
  rules: Rules;
  /** Overrides that took the place of a rule. */
  overrides: string[];
}

interface Entry {
  code: string;
  own: boolean;
  versions: ReturnType<typeof datedVersions>;
  overrides: LawOverride[];
  zones: string[];
}

/** Days as they follow each other: YYYY-MM-DD compares as text. */
const dayAfter = (day: string): string =>
  day === FOREVER ? FOREVER : new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

/**
 * All profiles of one organisation: those shipped, its own and its overrides. It never changes: a change makes a new one.
 * What it works out it remembers, so one registry is kept for as long as it holds.
 */
export class LawRegistry {
  /** Made by `lawOf`; see there. */
  readonly laws = new Map<string, Law>();
  private readonly shipped = new Map<string, Entry>();
  private readonly own = new Map<string, Entry>();
  private readonly eras = new Map<string, string[]>();

  constructor(shipped: readonly Profile[], own: readonly Profile[] = [], overrides: readonly LawOverride[] = []) {
    for (const profile of shipped) {
      const entry: Entry = {
        code: profile.jurisdiction,
        own: false,
        versions: datedVersions(profile.versions),
        overrides: overrides.filter((override) => override.profile === profile.jurisdiction),
        zones: profile.zones,
      };
      for (const code of [profile.jurisdiction, ...profile.covers]) this.shipped.set(code, entry);
    }
    for (const { jurisdiction: code, zones, versions } of own) {
      this.own.set(code, { code, own: true, versions: datedVersions(versions), overrides: [], zones });
    }
  }

  /** Days on which something of these codes' law begins or ends, in order. */
  boundaries(codes: string): string[] {
    let days = this.eras.get(codes);
    if (!days) {
      const entries = [...this.entries(codes), this.fallback()];
      days = entries.flatMap(({ versions, overrides }) =>
        [...versions, ...overrides].flatMap(({ from, to }) => [from, dayAfter(to)]),
      );
      days = [...new Set(days)].filter((day) => day !== FOREVER).sort();
      this.eras.set(codes, days);
    }
    return days;
  }

  /** What holds on a day by every profile that the codes fall under, the default's apart. */
  inForce(codes: string, day: string): RulesInForce[] {
    return this.entries(codes)
      .map((entry) => rulesOn(entry, day))
      .filter((rules) => rules !== undefined);
  }

  /** What holds on a day where no profile says anything. */
  defaultOn(day: string): RulesInForce {
    const rules = rulesOn(this.fallback(), day);
    if (!rules) throw new OutdialError('INTERNAL', `no default profile is in force on ${day}`);
    return rules;
  }

  /** All zones of the countries among the codes. */
  zonesOf(codes: string): string[] {
    const countries = this.entries(codes).filter(({ code }) => !code.includes('-'));
    return [...new Set(countries.flatMap(({ zones }) => zones))];
  }

  private entries(codes: string): Entry[] {
    const found = new Set<Entry>();
    for (const code of codes.split('|')) {
      for (const entry of [this.shipped.get(code), this.own.get(code)]) if (entry) found.add(entry);
    }
    return [...found];
  }

  private fallback(): Entry {
    const entry = this.shipped.get('DEFAULT');
    if (!entry) throw new OutdialError('INTERNAL', 'the default profile is missing');
    return entry;
  }
}

const rulesOn = ({ code, own, versions, overrides }: Entry, day: string): RulesInForce | undefined => {
  const version = versions.find(({ from, to }) => from <= day && day <= to);
  if (!version) return undefined;
  const { from, to: _, ...rules } = version;
  const applied = overrides.filter((override) => override.from <= day && day <= override.to);
  const replaced = Object.fromEntries(applied.map(({ rule, value }) => [rule, value])) as Pick<Rules, RuleName>;
  return {
    label: `${own ? 'OWN:' : ''}${code}@${from}`,
    own,
    rules: { ...rules, ...replaced },
    overrides: applied.map(({ id }) => id),
  };
};

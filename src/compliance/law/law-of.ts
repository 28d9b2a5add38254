import { CallingHours } from './hours';
import { type AbandonRule, type Cap, type Law, MESSAGE_ELEMENTS } from './law';
import type { AbandonLimit, CapRule, HoursRule, RuleName, Rules } from './profile';
import type { LawRegistry, RulesInForce } from './registry';

const HOUR_MS = 3_600_000;

/**
 * The law of a called person: the strictest of every profile that one of the codes (joined by '|') falls under. Where the
 * shipped profiles of a country say nothing about a rule, the default's holds too: so neither a further country nor an
 * organisation's own profile ever loosens anything.
 *
 * Laws are kept by codes and by the dates between which nothing changes, since a claim asks for hundreds. Calling hours go by
 * the local day of the called person, all other rules by the day in UTC.
 */
export const lawOf = (codes: string, at: number, registry: LawRegistry): Law => {
  const day = new Date(at).toISOString().slice(0, 10);
  const key = `${codes}@${eraOf(registry.boundaries(codes), day)}`;
  let law = registry.laws.get(key);
  if (!law) {
    law = makeLaw(codes, day, registry);
    registry.laws.set(key, law);
  }
  return law;
};

/** How many of the boundaries have been passed. */
const eraOf = (boundaries: readonly string[], day: string): number => {
  let era = 0;
  while (era < boundaries.length && (boundaries[era] as string) <= day) era += 1;
  return era;
};

/** The codes of each country and its regions; `X-` codes belong to none. */
const byCountry = (codes: string): string[] => {
  const groups = new Map<string, string[]>();
  for (const code of codes.split('|')) {
    const [country = ''] = code.split('-');
    if (country !== 'X') groups.set(country, [...(groups.get(country) ?? []), code]);
  }
  return groups.size === 0 ? [''] : [...groups.values()].map((group) => group.join('|'));
};

const withDefault = (codes: string, day: string, registry: LawRegistry): RulesInForce[] => {
  const fallback = registry.defaultOn(day);
  const groups = byCountry(codes).map((group) => registry.inForce(group, day));
  const missing = Object.entries(fallback.rules).filter(([name]) =>
    groups.some((group) => !group.some(({ own, rules }) => !own && (rules[name as RuleName] ?? null) !== null)),
  );
  const inForce = registry.inForce(codes, day);
  return missing.length === 0 ? inForce : [...inForce, { ...fallback, rules: Object.fromEntries(missing) as Rules }];
};

/** What each profile that the codes fall under says at a moment, and the default where those of a country say nothing. */
export const rulesInForce = (codes: string, at: number, registry: LawRegistry): RulesInForce[] =>
  withDefault(codes, new Date(at).toISOString().slice(0, 10), registry);

/** Hours of every local day, by the dates between which nothing changes. */
const hoursOf = (codes: string, registry: LawRegistry): CallingHours => {
  const boundaries = registry.boundaries(codes);
  const eras = new Map<number, HoursRule[]>();
  const rulesOn = (day: string): HoursRule[] => {
    const era = eraOf(boundaries, day);
    let rules = eras.get(era);
    if (!rules) {
      rules = withDefault(codes, day, registry).flatMap(({ rules: { hours } }) => hours ?? []);
      eras.set(era, rules);
    }
    return rules;
  };
  return new CallingHours(rulesOn);
};

const makeLaw = (codes: string, day: string, registry: LawRegistry): Law => {
  const inForce = withDefault(codes, day, registry);
  const all = <K extends RuleName>(name: K): NonNullable<Rules[K]>[] =>
    inForce.map(({ rules }) => rules[name]).filter((rule): rule is NonNullable<Rules[K]> => (rule ?? null) !== null);
  const hours = hoursOf(codes, registry);
  const locks = all('lockAfterAbandon');
  const messages = all('message');
  const elements = new Set(messages.flatMap((message) => message.elements));
  return {
    codes,
    profiles: inForce.map(({ label }) => label),
    overrides: inForce.flatMap(({ overrides }) => overrides),
    callingHours: (at, zones, within) => hours.at(at, zones, within),
    hoursInWords: (at, zones, within) => hours.describe(at, zones, within),
    caps: all('caps').flat().map(toCap),
    minimumRingMs: most(all('minimumRing').map(({ seconds }) => seconds * 1000)),
    abandon: inForce.flatMap(({ label, rules }) => (rules.abandon ?? []).map((limit) => toAbandonRule(label, limit))),
    // The exception holds only where every law that locks has it.
    lockAfterAbandon:
      locks.length === 0
        ? null
        : {
            ms: most(locks.map((lock) => lock.hours)) * HOUR_MS,
            unlessAgentGuaranteed: locks.every(({ unlessAgentGuaranteed }) => unlessAgentGuaranteed),
          },
    message: {
      withinMs: Math.min(...messages.map(({ withinMs }) => withinMs)),
      elements: MESSAGE_ELEMENTS.filter((element) => elements.has(element)),
    },
    retentionDays: most(all('retention').map(({ days }) => days)),
    unknownZone: all('unknownZone').some(({ rule }) => rule === 'NOT_DIALLED') ? 'NOT_DIALLED' : 'STRICTEST',
    zones: registry.zonesOf(codes),
  };
};

const most = (values: readonly number[]): number => Math.max(0, ...values);

const toCap = ({ id, scope, perSubject, maximum, withinHours, source }: CapRule): Cap => ({
  id,
  scope,
  perSubject,
  max: maximum,
  within: withinHours ? { rollingMs: withinHours * HOUR_MS } : { calendarDay: true },
  source: source.cite,
});

const toAbandonRule = (profile: string, limit: AbandonLimit): AbandonRule => ({
  profile,
  limitPercent: limit.limitPercent,
  window: limit.windowHours
    ? { rollingMs: limit.windowHours * HOUR_MS }
    : { calendarMonth: true, timeZone: limit.monthZone ?? 'UTC' },
  numerator: limit.causes ?? 'ALL',
  denominator: limit.denominator,
  clockStart: limit.clockStart,
  withinMs: limit.withinMs,
  scope: limit.scope,
  source: limit.source.cite,
});

import { WEEKDAYS } from '../shifts';
import { type LocalTime, localTime, turns } from './local-clock';
import { type Condition, isTime, type SuppressionRule } from './rule-input';
import { datesOf, hoursOf, inHours } from './time-values';

/** What rules may look at of one person and number. */
export interface SuppressionFacts {
  attributes: Readonly<Record<string, unknown>>;
  mode: string;
  /** Countries the number may belong to. */
  countries: readonly string[];
  /** IANA zones joined by '|': a rule that holds in one of them holds. */
  zones: string;
  listId: string;
}

export type SuppressionVerdict =
  | { suppressed: false }
  | {
      suppressed: true;
      rule: string;
      consequence: SuppressionRule['consequence'];
      /** Of DELAY: the first moment at which no rule holds; absent when there is none within a year. */
      nextAt?: number;
    };

/** A rule set made ready: pure, whatever it remembers. */
export interface SuppressionRules {
  at(facts: SuppressionFacts, moment: number): SuppressionVerdict;
}

type Test = (local: LocalTime) => boolean;

interface Alternative {
  fixed: readonly Condition[];
  timed: readonly Test[];
}

interface Rule {
  name: string;
  skips: boolean;
  alternatives: readonly Alternative[];
}

/** What is left of a rule for one person: the times, of each alternative that holds otherwise. */
interface Left {
  rule: Rule;
  times: readonly (readonly Test[])[];
}

const DAY_MS = 86_400_000;
const HORIZON_DAYS = 370;
const MINUTE_MS = 60_000;

const oneOf = ({ values, operator }: Condition, having: readonly string[]): boolean =>
  having.some((value) => values.includes(value)) === (operator === 'IS_ONE_OF');

const ofAttribute = (condition: Condition, facts: SuppressionFacts): boolean => {
  const { attribute = '', operator, values } = condition;
  const stored = Object.hasOwn(facts.attributes, attribute) ? facts.attributes[attribute] : undefined;
  const value = stored === undefined || stored === null ? '' : String(stored);
  switch (operator) {
    case 'IS_EMPTY':
      return value === '';
    case 'IS_NOT_EMPTY':
      return value !== '';
    case 'AT_LEAST':
      return value.trim() !== '' && Number(value) >= Number(values[0]);
    case 'AT_MOST':
      return value.trim() !== '' && Number(value) <= Number(values[0]);
    default:
      return oneOf(condition, [value]);
  }
};

/** Of what time does not change. */
const holds = (condition: Condition, facts: SuppressionFacts): boolean => {
  switch (condition.subject) {
    case 'ATTRIBUTE':
      return ofAttribute(condition, facts);
    case 'MODE':
      return oneOf(condition, [facts.mode]);
    case 'COUNTRY':
      return oneOf(condition, facts.countries);
    case 'ZONE':
      return oneOf(condition, facts.zones.split('|'));
    case 'LIST':
      return oneOf(condition, [facts.listId]);
    default:
      return true;
  }
};

const testOf = ({ subject, operator, values }: Condition): Test => {
  const wanted = operator === 'IS_ONE_OF';
  if (subject === 'WEEKDAY') {
    const days = WEEKDAYS.map((day) => values.includes(day.toUpperCase()) === wanted);
    return ({ weekday }) => days[weekday] ?? false;
  }
  if (subject === 'TIME') {
    const spans = values.flatMap((value) => hoursOf(value) ?? []);
    return ({ minute }) => spans.some((span) => inHours(span, minute)) === wanted;
  }
  const spans = values.flatMap((value) => datesOf(value) ?? []);
  return ({ date }) => spans.some(({ from, to }) => from <= date && date <= to) === wanted;
};

/** Minutes of the day at which a condition on time may turn; midnight always. */
const minutesOf = (rules: readonly SuppressionRule[]): number[] => {
  const minutes = new Set([0]);
  for (const { subject, values } of rules.flatMap(({ anyOf }) => anyOf.flatMap(({ allOf }) => allOf))) {
    if (subject !== 'TIME') continue;
    for (const { from, to } of values.flatMap((value) => hoursOf(value) ?? [])) minutes.add(from).add(to % 1440);
  }
  return [...minutes];
};

const firstHolding = (left: readonly Left[], zones: readonly string[], moment: number): Rule | undefined => {
  if (left.length === 0) return undefined;
  const locals = zones.map((zone) => localTime(moment, zone));
  // A zone that does not exist shows no time at which the rule would not hold.
  const inForce = ({ times }: Left): boolean =>
    times.some((tests) => locals.some((local) => !local || tests.every((test) => test(local))));
  const found = left.filter(inForce);
  return (found.find(({ rule }) => rule.skips) ?? found[0])?.rule;
};

const nextOpening = (
  left: readonly Left[],
  zones: readonly string[],
  minutes: readonly number[],
  moment: number,
): number | undefined => {
  if (left.some(({ times }) => times.some((tests) => tests.length === 0))) return undefined;
  const first = Math.floor(moment / MINUTE_MS) * MINUTE_MS;
  for (let day = 0; day < HORIZON_DAYS; day += 1) {
    const from = first + day * DAY_MS;
    const moments = new Set(zones.flatMap((zone) => turns(zone, minutes, from, from + DAY_MS)));
    for (const at of [...moments].sort((a, b) => a - b)) {
      if (at > moment && !firstHolding(left, zones, at)) return at;
    }
  }
  return undefined;
};

/** Rules as they were stored, by `ruleInput`. */
export const compileRules = (rules: readonly SuppressionRule[]): SuppressionRules => {
  const compiled: Rule[] = rules.map(({ name, consequence, anyOf }) => ({
    name,
    skips: consequence === 'SKIP',
    alternatives: anyOf.map(({ allOf }) => ({
      fixed: allOf.filter(({ subject }) => !isTime(subject)),
      timed: allOf.filter(({ subject }) => isTime(subject)).map(testOf),
    })),
  }));
  const minutes = minutesOf(rules);
  /** Of people alike: a thousand contacts of one zone that wait wait for the same moment. */
  const openings = new Map<string, { from: number; nextAt: number | undefined }>();

  return {
    at(facts, moment) {
      let alike = facts.zones;
      const left = compiled.flatMap((rule): Left[] => {
        const times = rule.alternatives.flatMap(({ fixed, timed }) => {
          const its = fixed.every((condition) => holds(condition, facts));
          alike += its ? '1' : '0';
          return its ? [timed] : [];
        });
        return times.length > 0 ? [{ rule, times }] : [];
      });
      const zones = facts.zones.split('|');
      const rule = firstHolding(left, zones, moment);
      if (!rule) return { suppressed: false };
      if (rule.skips) return { suppressed: true, rule: rule.name, consequence: 'SKIP' };
      const known = openings.get(alike);
      const same = known && known.from <= moment && (known.nextAt === undefined || moment < known.nextAt);
      const nextAt = same ? known.nextAt : nextOpening(left, zones, minutes, moment);
      if (!same) openings.set(alike, { from: moment, nextAt });
      return { suppressed: true, rule: rule.name, consequence: 'DELAY', ...(nextAt !== undefined && { nextAt }) };
    },
  };
};

import * as fc from 'fast-check';
import { DateTime } from 'luxon';
import { compileRules, type SuppressionFacts } from '../../src/compliance/suppression/evaluate';
import { type Condition, rulesInput, type SuppressionRule } from '../../src/compliance/suppression/rule-input';
import { propertyRuns } from '../setup/property-runs';

const MINUTE = 60_000;
const DAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'];

/** The rules' meaning said again, slowly and with another library for the clock. */
const holds = (
  { subject, attribute, operator, values }: Condition,
  facts: SuppressionFacts,
  local: DateTime,
): boolean => {
  const among = (having: readonly string[]): boolean => {
    const found = having.some((value) => values.includes(value));
    return operator === 'IS_ONE_OF' ? found : !found;
  };
  switch (subject) {
    case 'WEEKDAY':
      return among([local.toFormat('cccc', { locale: 'en' }).toUpperCase()]);
    case 'TIME': {
      const now = local.toFormat('HH:mm');
      const inside = values.some((value) => {
        const [from = '', to = ''] = value.split('-');
        return from < to ? from <= now && now < to : now >= from || now < to;
      });
      return inside === (operator === 'IS_ONE_OF');
    }
    case 'DATE': {
      const today = local.toISODate() ?? '';
      const inside = values.some((value) => {
        const [from = '', to = from] = value.split('/');
        return from <= today && today <= to;
      });
      return inside === (operator === 'IS_ONE_OF');
    }
    case 'ATTRIBUTE':
      return among([String(facts.attributes[attribute ?? ''] ?? '')]);
    default:
      return among([facts.mode]);
  }
};

const suppressed = (
  rules: readonly SuppressionRule[],
  facts: SuppressionFacts,
  at: number,
): 'SKIP' | 'DELAY' | null => {
  const found = rules.filter(({ anyOf }) =>
    facts.zones.split('|').some((zone) => {
      const local = DateTime.fromMillis(at, { zone });
      return anyOf.some(({ allOf }) => allOf.every((condition) => holds(condition, facts, local)));
    }),
  );
  if (found.length === 0) return null;
  return found.some(({ consequence }) => consequence === 'SKIP') ? 'SKIP' : 'DELAY';
};

const two = (value: number): string => String(value).padStart(2, '0');
const clockTime = fc.tuple(fc.nat(23), fc.constantFrom(0, 1, 15, 30, 59)).map(([h, m]) => `${two(h)}:${two(m)}`);
const hours = fc
  .tuple(clockTime, fc.oneof(clockTime, fc.constant('24:00')))
  .filter(([from, to]) => from !== to)
  .map(([from, to]) => `${from}-${to}`);
const date = fc.integer({ min: 20, max: 31 }).map((day) => `2026-03-${day}`);
const dates = fc.oneof(
  date,
  fc.tuple(date, date).map(([a, b]) => (a < b ? `${a}/${b}` : `${b}/${a}`)),
);
const listed = fc.constantFrom('IS_ONE_OF' as const, 'IS_NONE_OF' as const);
const some = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: 1, maxLength: 3 });

const timed: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ subject: fc.constant('TIME' as const), operator: listed, values: some(hours) }),
  fc.record({ subject: fc.constant('WEEKDAY' as const), operator: listed, values: some(fc.constantFrom(...DAYS)) }),
  fc.record({ subject: fc.constant('DATE' as const), operator: listed, values: some(dates) }),
);
const fixed: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({
    subject: fc.constant('ATTRIBUTE' as const),
    attribute: fc.constant('plan'),
    operator: listed,
    values: some(fc.constantFrom('gold', 'silver')),
  }),
  fc.record({
    subject: fc.constant('MODE' as const),
    operator: listed,
    values: some(fc.constantFrom('Home', 'Mobile')),
  }),
);
const rule: fc.Arbitrary<SuppressionRule> = fc.record({
  name: fc.constantFrom('a', 'b'),
  consequence: fc.constantFrom('DELAY' as const, 'DELAY' as const, 'SKIP' as const),
  anyOf: fc.array(
    fc.record({
      allOf: fc
        .tuple(timed, fc.array(fc.oneof(timed, fixed), { maxLength: 2 }))
        .map(([one, more]) => [one, ...more] as Condition[]),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});
const facts: fc.Arbitrary<SuppressionFacts> = fc.record({
  attributes: fc.record({ plan: fc.constantFrom('gold', 'silver', '') }),
  mode: fc.constantFrom('Home', 'Mobile'),
  countries: fc.constant(['US']),
  zones: fc.constantFrom(
    'America/New_York',
    'Europe/London',
    'Asia/Kolkata',
    'America/New_York|America/Los_Angeles',
    'Australia/Lord_Howe',
  ),
  listId: fc.constant('list'),
});
/** Around the days on which the clocks of both continents are changed, by the second. */
const moment = fc
  .integer({ min: Date.parse('2026-03-06T00:00:00Z') / 1000, max: Date.parse('2026-04-06T00:00:00Z') / 1000 })
  .map((seconds) => seconds * 1000);

const SEARCHED_DAYS = 2;

test('a rule set says of any moment whether it may be called, and of a wait its end to the minute', () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), facts, moment, (rules, person, at) => {
      const parsed = rulesInput.parse(rules);
      const verdict = compileRules(parsed).at(person, at);
      const expected = suppressed(parsed, person, at);
      expect(verdict.suppressed ? verdict.consequence : null).toBe(expected);
      if (!verdict.suppressed || verdict.consequence === 'SKIP') return;
      const { nextAt } = verdict;
      const end = Math.min(nextAt ?? Number.POSITIVE_INFINITY, at + SEARCHED_DAYS * 1440 * MINUTE);
      for (let minute = Math.floor(at / MINUTE) * MINUTE + MINUTE; minute < end; minute += MINUTE) {
        if (suppressed(parsed, person, minute) === null) throw new Error(`open at ${new Date(minute).toISOString()}`);
      }
      if (nextAt === undefined) return;
      expect(nextAt % MINUTE).toBe(0);
      expect(suppressed(parsed, person, nextAt)).toBeNull();
    }),
    { numRuns: propertyRuns(40), interruptAfterTimeLimit: 60_000 },
  );
}, 120_000);

test('a person of the same kind gets the remembered moment, one of another kind their own', () => {
  const rules = rulesInput.parse([
    { name: 'night', consequence: 'DELAY', anyOf: [{ allOf: [{ subject: 'TIME', values: ['21:00-08:00'] }] }] },
    {
      name: 'gold sleeps longer',
      consequence: 'DELAY',
      anyOf: [
        {
          allOf: [
            { subject: 'ATTRIBUTE', attribute: 'plan', values: ['gold'] },
            { subject: 'TIME', values: ['08:00-10:00'] },
          ],
        },
      ],
    },
  ]);
  const compiled = compileRules(rules);
  const person = { attributes: {}, mode: 'Home', countries: ['US'], zones: 'Etc/UTC', listId: 'list' };
  const gold = { ...person, attributes: { plan: 'gold' } };
  const at = Date.parse('2026-06-01T23:30:00Z');
  const next = (who: SuppressionFacts, moment: number) => {
    const verdict = compiled.at(who, moment);
    return verdict.suppressed && verdict.nextAt ? new Date(verdict.nextAt).toISOString() : null;
  };
  expect(next(person, at)).toBe('2026-06-02T08:00:00.000Z');
  expect(next(gold, at)).toBe('2026-06-02T10:00:00.000Z');
  expect(next(person, at + 60 * MINUTE)).toBe('2026-06-02T08:00:00.000Z');
  expect(next(person, at - 120 * MINUTE)).toBe('2026-06-02T08:00:00.000Z');
  expect(next(person, at + 24 * 60 * MINUTE)).toBe('2026-06-03T08:00:00.000Z');
});

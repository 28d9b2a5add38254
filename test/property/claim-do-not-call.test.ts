import * as fc from 'fast-check';
import { compileRules } from '../../src/compliance/suppression/evaluate';
import { rulesInput } from '../../src/compliance/suppression/rule-input';
import type { Listing } from '../../src/contacts/dnc/listed';
import type { ModePlan } from '../../src/contacts/strategy/contact-strategy';
import { Plan, type TriedModes } from '../../src/contacts/strategy/plan';
import { UncoveredBudget } from '../../src/dialer/shell/claim/guard-scopes';
import { Judge } from '../../src/dialer/shell/claim/judge';
import { PastAttempts } from '../../src/dialer/shell/claim/past-attempts';
import type { Batch } from '../../src/dialer/shell/claim/read-batch';
import { Verdicts } from '../../src/dialer/shell/claim/verdicts';
import { LAW } from '../setup/gate-facts';
import { propertyRuns } from '../setup/property-runs';

const AT = Date.parse('2026-03-04T18:00:00Z');
const HOUR = 3_600_000;
const MODES = ['Home', 'Mobile', 'Work', 'Other'];

type Stands = readonly { kind: Listing['kind']; hours: number | null }[];

interface Given {
  /** Modes of the contact's numbers, in the order of the list. */
  modes: string[];
  /** What stands against each of them: hours until it ends; null: for good. */
  listed: Stands[];
  customer: Stands;
  /** Rules of the organisation's own, by mode: those of DELAY hold from noon to eight in the evening. */
  ruled: Partial<Record<string, 'DELAY' | 'SKIP'>>;
  plan: ModePlan[] | null;
  tried: TriedModes | null;
  place: number;
}

const listing = fc.record({
  kind: fc.constantFrom('INTERNAL' as const, 'NDNC' as const, 'OPT_OUT' as const, 'CUSTOM' as const),
  hours: fc.oneof(fc.constant(null), fc.integer({ min: -5, max: 50 })),
});
const listings: fc.Arbitrary<Stands> = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.array(listing, { minLength: 1, maxLength: 2 }) },
);
const given: fc.Arbitrary<Given> = fc.integer({ min: 1, max: 5 }).chain((count) =>
  fc.record({
    modes: fc.array(fc.constantFrom(...MODES), { minLength: count, maxLength: count }),
    listed: fc.array(listings, { minLength: count, maxLength: count }),
    customer: fc.oneof({ weight: 4, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: listings }),
    ruled: fc.oneof(
      fc.constant({}),
      fc.dictionary(fc.constantFrom(...MODES), fc.constantFrom('DELAY' as const, 'SKIP' as const)),
    ),
    plan: fc.option(
      fc
        .tuple(fc.shuffledSubarray(MODES, { minLength: 1 }), fc.integer({ min: 1, max: 2 }))
        .map(([names, attempts]) =>
          names.map((mode, index) => ({ mode, attempts, gapMinutes: index * 30, weekly: null })),
        ),
    ),
    tried: fc.option(
      fc
        .array(fc.tuple(fc.constantFrom(...MODES), fc.integer({ min: 0, max: 2 })))
        .map((all) => Object.fromEntries(all.map(([mode, n]) => [mode, { n, at: AT - HOUR }]))),
    ),
    place: fc.integer({ min: 0, max: count - 1 }),
  }),
);

const numberOf = (index: number): string => `+1212555010${index}`;

const listingOf = (by: Listing['by'], { kind, hours }: Stands[number]): Listing => ({
  kind,
  by,
  listId: kind === 'CUSTOM' ? 'chosen' : 'a list',
  // An opt-out has no end.
  expiresAt: hours === null || kind === 'OPT_OUT' ? null : new Date(AT + hours * HOUR),
});

const EVENING = 20;

const rulesOf = (ruled: Given['ruled']) =>
  Object.entries(ruled).map(([mode, consequence = 'SKIP']) => {
    const whose = { subject: 'MODE', values: [mode] };
    const when = { subject: 'TIME', values: [`12:00-${EVENING}:00`] };
    return { name: mode, consequence, anyOf: [{ allOf: consequence === 'SKIP' ? [whose] : [whose, when] }] };
  });

const batchAt = ({ modes, listed, customer, ruled, plan, tried }: Given, place: number, at: number): Batch => {
  const rules = rulesOf(ruled);
  const numbers = modes.map((mode, index) => ({ mode, number: numberOf(index), zone: 'UTC', law: '' }));
  const campaign = {
    ...{ id: 'c', state: 'RUNNING', subject: 'c', maxAttempts: 9, startMinute: 0, endMinute: 1440, schedule: null },
    ...{ caps: [], ndnc: true, dncListIds: ['chosen'], cpa: {} },
    suppression: rules.length > 0 ? { name: 'own', version: 1, rules: compileRules(rulesInput.parse(rules)) } : null,
    plan:
      plan &&
      new Plan({
        modes: plan,
        sequentialDialling: false,
        windowRule: 'PER_NUMBER',
        maxAttemptsPerDay: null,
        limits: [],
      }),
    ...{ groupCallerId: null, entryCallerId: '+12025550100', allowedCallerIds: [] },
  };
  const contact = {
    tid: '(0,1)',
    ...{ campaignId: 'c', contactId: 1, listId: 'l', state: 'READY', dueAt: at, attempts: 0, person: 'p' },
    ...{
      callerId: null,
      callbackUntil: null,
      callbackAgentId: null,
      callbackAnyoneAt: null,
      tried,
      numbers,
      listStopped: false,
      listExpiresAt: null,
    },
    ...{ place, wanted: true, next: true, zone: 'UTC', law: '' },
    number: numberOf(place),
    mode: modes[place] as string,
  };
  return {
    at,
    lawOf: () => LAW,
    organisation: { diallingStopped: false, lawVersion: 0 },
    campaigns: new Map([['c', campaign]]),
    contacts: [contact],
    numbers: new Map([[contact.number, { open: null, abandonedAt: null }]]),
    doNotCall: {
      ofNumber: new Map(listed.map((all, index) => [numberOf(index), all.map((one) => listingOf('NUMBER', one))])),
      ofCustomer: new Map([['p', customer.map((one) => listingOf('CUSTOMER_ID', one))]]),
    },
    attributes: new Map(),
    attempts: new PastAttempts(),
    uncovered: new UncoveredBudget(),
    wanted: [{ campaignId: 'c', contactId: 1 }],
  };
};

/** From when lists and rules let a number be dialled; undefined: never. */
const freeFrom = ({ modes, listed, customer, ruled }: Given, index: number): number | undefined => {
  // The person's own word is about all of them.
  if ([...listed.flat(), ...customer].some(({ kind }) => kind === 'OPT_OUT')) return undefined;
  const all = [...(listed[index] ?? []), ...customer];
  const rule = ruled[modes[index] as string];
  if (rule === 'SKIP' || all.some(({ hours }) => hours === null)) return undefined;
  const unlisted = Math.max(AT, ...all.map(({ hours }) => AT + (hours ?? 0) * HOUR));
  const hour = new Date(unlisted).getUTCHours();
  return rule && hour >= 12 && hour < EVENING ? unlisted + (EVENING - hour) * HOUR : unlisted;
};

/** Numbers that the strategy, or without one the list, may still try. */
const inPlay = ({ modes, plan, tried }: Given): number[] =>
  modes.flatMap((mode, index) => {
    const own = plan?.find((entry) => entry.mode === mode);
    return plan && (!own || (tried?.[mode]?.n ?? 0) >= own.attempts) ? [] : [index];
  });

interface Played {
  end: { dialled: number; at: number } | { closed: string };
  /** Claims that it took. */
  rounds: number;
}

/** One claim after another, each at the moment to which the one before it put the contact off. */
const play = (one: Given): Played => {
  let { place } = one;
  let at = AT;
  for (let rounds = 1; rounds <= 20; rounds += 1) {
    const part = { claimId: 'x', campaignId: 'c', slots: [{ slot: 0, pledge: 'agent' }], contactIds: [1] };
    const judge = new Judge([part], {
      guardOf: () => ({ knows: () => true, scopes: [] }),
      verdicts: new Verdicts(),
      newAttemptId: () => 'a',
    });
    const { attempts, refused: refusals } = judge.judge(batchAt(one, place, at));
    const [attempt] = attempts;
    if (attempt) return { end: { dialled: Number(attempt.number.at(-1)), at }, rounds };
    const [refused] = refusals;
    if (!refused) throw new Error('neither dialled nor refused');
    const { consequence } = refused;
    if (consequence.kind === 'CLOSE') return { end: { closed: consequence.reason }, rounds };
    if (consequence.kind === 'LEAVE_OUT') throw new Error('there is no filter that could leave it out');
    place = consequence.numberIndex ?? place;
    at = Math.max(at, consequence.dueAt);
  }
  throw new Error('the contact goes round and round');
};

test('no listed or suppressed number is dialled, none of a person who has opted out, and no contact is closed while one of its numbers may be', () => {
  const seen = { dialled: 0, moved: 0, waited: 0, closed: 0 };
  fc.assert(
    fc.property(given, (one) => {
      const { end, rounds } = play(one);
      const free = inPlay(one).flatMap((index) => freeFrom(one, index) ?? []);
      // From number to number once, once more for what has ended or opened meanwhile, and there.
      expect(rounds).toBeLessThanOrEqual(4);
      if ('closed' in end) {
        expect(free).toEqual([]);
        expect(['DNC', 'OPTED_OUT', 'SUPPRESSED', 'NO_NUMBER', 'MODES_EXHAUSTED']).toContain(end.closed);
        seen.closed += 1;
        return;
      }
      expect(freeFrom(one, end.dialled)).toBeLessThanOrEqual(end.at);
      expect(inPlay(one)).toContain(end.dialled);
      seen.dialled += 1;
      if (end.dialled !== one.place) seen.moved += 1;
      if (end.at > AT) seen.waited += 1;
      if (one.plan) return;
      // In the order of the list, from the number whose turn it was; if all are listed, the first to be free.
      expect(end.at).toBe(Math.min(...free));
      const turns = one.modes.map((_, step) => (one.place + step) % one.modes.length);
      expect(end.dialled).toBe(turns.find((index) => freeFrom(one, index) === end.at));
    }),
    { numRuns: propertyRuns(500) },
  );
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});

describe('a contact whose number has no attempts left', () => {
  const stands: Stands = [{ kind: 'INTERNAL', hours: null }];
  it.each<[string, Partial<Given>]>([
    ['DNC', { listed: [[], stands] }],
    ['SUPPRESSED', { ruled: { Work: 'SKIP' } }],
    ['DNC', { listed: [[], stands], ruled: { Work: 'SKIP' } }],
  ])('is closed with %s by what stands against the other', (reason, change) => {
    const { end } = play({
      modes: ['Home', 'Work'],
      listed: [[], []],
      customer: [],
      ruled: {},
      plan: ['Home', 'Work'].map((mode) => ({ mode, attempts: 1, gapMinutes: 0, weekly: null })),
      tried: { Home: { n: 1, at: AT - HOUR } },
      place: 0,
      ...change,
    });
    expect(end).toEqual({ closed: reason });
  });
});

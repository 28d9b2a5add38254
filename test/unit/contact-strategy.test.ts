import type { GateFacts } from '../../src/compliance/gates';
import { listActive, modeWindow } from '../../src/compliance/gates/strategy-gates';
import { nextStep, type RetryQuestion } from '../../src/contacts/retry/next-step';
import { type OutcomeRule, PRIMARY_OUTCOME_SET, type RetryRule } from '../../src/contacts/retry/outcome-set';
import { capsOf } from '../../src/contacts/strategy/caps';
import type { ModePlan, StrategySettings } from '../../src/contacts/strategy/contact-strategy';
import { ModeWindows } from '../../src/contacts/strategy/mode-windows';
import { Plan } from '../../src/contacts/strategy/plan';
import { type PreviewQuestion, previewAttempts } from '../../src/contacts/strategy/preview';

const numbers = [
  { mode: 'Home', number: '+12125550101', zone: 'America/New_York' },
  { mode: 'Mobile', number: '+12125550102', zone: 'America/New_York' },
  { mode: 'Work', number: '+13125550103', zone: 'America/Chicago' },
];
const mode = (name: string, over: Partial<ModePlan> = {}): ModePlan => ({
  mode: name,
  attempts: 2,
  gapMinutes: 0,
  weekly: null,
  ...over,
});
const strategy = (modes: ModePlan[], over: Partial<StrategySettings> = {}): StrategySettings => ({
  modes,
  sequentialDialling: false,
  windowRule: 'PER_NUMBER',
  maxAttemptsPerDay: null,
  limits: [],
  ...over,
});
const daily = (start: string, end: string) =>
  Object.fromEntries(
    ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'].map((day) => [day, [{ start, end }]]),
  ) as ModePlan['weekly'];

// A Monday, 12:00 in New York and 11:00 in Chicago.
const noon = Date.parse('2026-03-02T17:00:00Z');
const at = (time: string) => Date.parse(`2026-03-02T${time}:00-05:00`);
const next = (settings: StrategySettings, from: number, over: Partial<Parameters<Plan['next']>[0]> = {}) =>
  new Plan(settings).next({ numbers, tried: {}, preferred: null, from: () => from, ...over });

describe('the number that is next', () => {
  const two = strategy([mode('Mobile'), mode('Home')]);

  test('is of the first mode, whatever the order of the list', () => {
    expect(next(two, noon)).toEqual({ numberIndex: 1, at: noon });
  });

  test('a mode the strategy does not name is never dialled', () => {
    expect(next(strategy([mode('Fax')]), noon)).toBe('NO_NUMBER');
    expect(next(two, noon, { numbers: numbers.slice(2) })).toBe('NO_NUMBER');
  });

  test('a mode whose attempts are used up is left out', () => {
    const tried = { Mobile: { n: 2, at: noon } };
    expect(next(two, noon, { tried, preferred: 1 })).toEqual({ numberIndex: 0, at: noon });
    expect(next(two, noon, { tried: { ...tried, Home: { n: 2, at: noon } }, preferred: 1 })).toBe('MODES_EXHAUSTED');
  });

  test('a gap holds for its mode, others come meanwhile', () => {
    const gapped = strategy([mode('Mobile', { gapMinutes: 90 }), mode('Home')]);
    const tried = { Mobile: { n: 1, at: noon } };
    expect(next(gapped, noon + 60_000, { tried, preferred: 1 })).toEqual({ numberIndex: 0, at: noon + 60_000 });
    const only = strategy([mode('Mobile', { gapMinutes: 90 })]);
    expect(next(only, noon + 60_000, { tried, preferred: 1 })).toEqual({ numberIndex: 1, at: noon + 90 * 60_000 });
  });

  const evenings = strategy([
    mode('Home', { weekly: daily('18:00', '20:00') }),
    mode('Work', { weekly: daily('10:00', '12:00') }),
  ]);

  test('per number: each in its own window and zone', () => {
    // 11:00 in Chicago: Work is open until noon there.
    expect(next(evenings, noon)).toEqual({ numberIndex: 2, at: noon });
    expect(next(evenings, at('13:00'))).toEqual({ numberIndex: 0, at: at('18:00') });
    expect(next(evenings, at('20:00'))).toEqual({ numberIndex: 2, at: Date.parse('2026-03-03T10:00:00-06:00') });
  });

  test('all numbers: only while all are in theirs', () => {
    const all = strategy(
      [mode('Home', { weekly: daily('09:00', '18:00') }), mode('Work', { weekly: daily('11:00', '16:00') })],
      { windowRule: 'ALL_NUMBERS' },
    );
    expect(next(all, at('09:30'))).toEqual({ numberIndex: 0, at: noon });
    // 17:30 in New York is 16:30 in Chicago: not until both are open on Tuesday.
    expect(next(all, at('17:30'))).toEqual({ numberIndex: 0, at: Date.parse('2026-03-03T12:00:00-05:00') });
    expect(next({ ...evenings, windowRule: 'ALL_NUMBERS' }, noon)).toBe('NO_WINDOW');
  });

  test('lawful hours of each number are looked at with its window', () => {
    const hours = (index: number) => (index === 1 ? { open: false, nextAt: noon + 5 * 60_000 } : { open: true });
    expect(next(two, noon, { hours })).toEqual({ numberIndex: 0, at: noon });
    const never = () => ({ open: false });
    expect(next(two, noon, { hours: never })).toBe('NO_WINDOW');
  });

  test('windows follow the clock of the person over a change of it', () => {
    const weekly = { sunday: [{ start: '09:00', end: '10:00' }] };
    const windows = new ModeWindows();
    const saturday = Date.parse('2026-03-07T17:00:00Z');
    // Clocks go forward that night: 9:00 is 13:00 UTC, no longer 14:00.
    expect(windows.opensAt([{ weekly, zone: 'America/New_York' }], saturday)).toBe(Date.parse('2026-03-08T13:00:00Z'));
    expect(windows.opensAt([{ weekly, zone: 'America/New_York|America/Phoenix' }], saturday)).toBeUndefined();
  });
});

describe('the next step with a strategy', () => {
  const busy: RetryRule = { ...(PRIMARY_OUTCOME_SET.BUSY as RetryRule), delayMinutes: 60 };
  const step = (settings: StrategySettings, over: Partial<RetryQuestion> = {}, rule: OutcomeRule = busy) =>
    nextStep({
      rule,
      reason: 'BUSY',
      attempts: 0,
      uncounted: 0,
      maxAttempts: 9,
      numberIndex: 1,
      numbers,
      endedAt: new Date(noon),
      plan: new Plan(settings),
      tried: {},
      ...over,
    });
  const three = strategy([mode('Mobile'), mode('Home'), mode('Work')]);
  const later = (minutes: number) => new Date(noon + minutes * 60_000);

  test('SAME stays with the mode, NEXT goes on in the order of the strategy', () => {
    expect(step(three)).toMatchObject({ numberIndex: 1, dueAt: later(60), tried: { Mobile: { n: 1, at: noon } } });
    expect(step(three, {}, { ...busy, nextMode: 'NEXT' })).toMatchObject({ numberIndex: 0, dueAt: later(60) });
    expect(step(three, { numberIndex: 2 }, { ...busy, nextMode: 'NEXT' })).toMatchObject({ numberIndex: 1 });
  });

  test('in sequence: all modes at once, then the delay', () => {
    const sequence = { ...three, sequentialDialling: true };
    expect(step(sequence)).toMatchObject({ numberIndex: 0, dueAt: later(0) });
    expect(step(sequence, { numberIndex: 0, tried: { Mobile: { n: 1, at: noon } } })).toMatchObject({ numberIndex: 2 });
    expect(step(sequence, { numberIndex: 2 })).toMatchObject({ numberIndex: 1, dueAt: later(60) });
    // What does not count does not use up the turn of its mode.
    expect(step(sequence, {}, PRIMARY_OUTCOME_SET.CONGESTION)).toMatchObject({ numberIndex: 1, dueAt: later(5) });
  });

  test('it ends when all modes are used up', () => {
    const once = strategy([mode('Mobile', { attempts: 1 })]);
    expect(step(once)).toMatchObject({ state: 'CLOSED', reason: 'MODES_EXHAUSTED', attempts: 1 });
  });
});

describe('the gates', () => {
  const facts = (over: Partial<GateFacts>): GateFacts => ({ at: noon, ...over }) as GateFacts;

  test('a list that is stopped or has expired is not dialled', () => {
    const list = (stopped: boolean, expiresAt: number | null) => listActive(facts({ list: { stopped, expiresAt } }));
    expect(list(false, null)).toMatchObject({ allowed: true });
    expect(list(false, noon + 1)).toMatchObject({ allowed: true });
    expect(list(false, noon)).toMatchObject({ allowed: false, closeReason: 'LIST_EXPIRED' });
    expect(list(true, noon)).toMatchObject({ allowed: false, closeReason: 'LIST_STOPPED' });
  });

  test('the number must be the one that is next, and in its window', () => {
    const modes = (answer: ReturnType<Plan['next']>) =>
      modeWindow(facts({ modes: { numberIndex: 1, next: () => answer } }));
    expect(modeWindow(facts({ modes: null }))).toMatchObject({ allowed: true });
    expect(modes({ numberIndex: 1, at: noon })).toMatchObject({ allowed: true });
    expect(modes({ numberIndex: 1, at: noon + 1 })).toMatchObject({ allowed: false, nextAt: noon + 1 });
    expect(modes({ numberIndex: 0, at: noon })).toMatchObject({ allowed: false, other: { numberIndex: 0, at: noon } });
    expect(modes('MODES_EXHAUSTED')).toMatchObject({ allowed: false, closeReason: 'MODES_EXHAUSTED' });
  });
});

describe('a preview', () => {
  const ask = (over: Partial<PreviewQuestion>) =>
    previewAttempts({
      policy: { outcomes: PRIMARY_OUTCOME_SET, codes: null },
      plan: null,
      maxAttempts: 3,
      numbers,
      from: noon,
      assumed: [{ outcome: 'NO_ANSWER', wrapUpCode: null }],
      attemptMs: 0,
      hours: () => ({ open: true }),
      capsAt: () => [],
      ...over,
    });
  const minutes = (preview: ReturnType<typeof ask>) => preview.attempts.map((one) => (one.at - noon) / 60_000);

  test('goes on with the last outcome until the contact is closed', () => {
    const preview = ask({});
    expect(minutes(preview)).toEqual([0, 60, 120]);
    expect(preview.closed).toBe('MAX_ATTEMPTS');
  });

  test('each outcome as assumed', () => {
    const assumed = [
      { outcome: 'CONGESTION' as const, wrapUpCode: null },
      { outcome: 'BLOCKED' as const, wrapUpCode: null },
      { outcome: 'LIVE_VOICE' as const, wrapUpCode: null },
    ] as const;
    const preview = ask({ assumed: [...assumed] });
    expect(minutes(preview)).toEqual([0, 5, 5 + 1440]);
    expect(preview.attempts.map(({ attemptNo }) => attemptNo)).toEqual([1, 1, 2]);
    expect(preview.closed).toBe('LIVE_VOICE');
  });

  test('waits for lawful hours and for limits', () => {
    const hours = (moment: number) =>
      moment < noon + 30 * 60_000 ? { open: false, nextAt: noon + 30 * 60_000 } : { open: true };
    expect(minutes(ask({ hours }))).toEqual([30, 90, 150]);
    const caps = capsOf(strategy([], { limits: [{ scope: 'PERSON', max: 2, hours: 24 }] }));
    expect(minutes(ask({ capsAt: () => caps }))).toEqual([0, 60, 1440]);
    const daylong = capsOf(strategy([], { maxAttemptsPerDay: 1 }));
    // From midnight to midnight of the person's zone.
    expect(minutes(ask({ capsAt: () => daylong }))).toEqual([0, 12 * 60, 36 * 60]);
    expect(ask({ hours: () => ({ open: false }) })).toEqual({ attempts: [], closed: 'NO_LAWFUL_HOURS' });
  });
});

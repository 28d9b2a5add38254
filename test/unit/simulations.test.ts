import { draw } from '../../src/dialer/simulator/distribution';
import { Simulation } from '../../src/dialer/simulator/engine';
import { Random } from '../../src/dialer/simulator/random';
import { parseWorld } from '../../src/dialer/simulator/world';
import { type History, worldOfHistory } from '../../src/simulations/history';
import { simulateCampaignInput } from '../../src/simulations/input';
import { checkRequest, planOf } from '../../src/simulations/plan';

const hour = (at: number, attempts: number, persons: number, agents: number) => ({
  hour: at,
  attempts,
  persons,
  machines: Math.round(attempts * 0.2),
  failures: Math.round(attempts * 0.1),
  agents,
});

const HISTORY: History = {
  hours: [hour(3, 5, 5, 1), hour(9, 1000, 200, 3), hour(10, 1000, 400, 5), hour(12, 1000, 200, 3)],
  setUp: [1, 2, 3],
  personRing: [4, 8, 20],
  machineRing: null,
  failure: [1, 2],
  verdict: [1.2, 1.6, 2],
  machineVerdict: [2, 3],
  talk: [5, 60, 600],
  wrapUp: [1, 5, 20],
  ringLimitSeconds: 32,
  silenceSeconds: 0.608,
};

const given = (fields: object) => simulateCampaignInput.parse(fields);

describe('the empirical shape', () => {
  test('is drawn between its quantiles, each step as often', () => {
    const random = new Random(7, 1);
    const values = Array.from({ length: 4000 }, () => draw({ shape: 'empirical', quantiles: [0, 10, 100] }, random));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThanOrEqual(100);
    expect(values.filter((value) => value < 10).length / 4000).toBeCloseTo(0.5, 1);
    expect(values.filter((value) => value < 55).length / 4000).toBeCloseTo(0.75, 1);
  });

  test.each([
    [{ shape: 'empirical', quantiles: [3, 2] }],
    [{ shape: 'empirical', quantiles: [3] }],
    [{ shape: 'empirical', quantiles: [-1, 2] }],
  ])('is refused with its field: %j', (talk) => {
    expect(() => parseWorld({ talk })).toThrow(/talk/);
  });
});

describe('a world from a history', () => {
  const base = worldOfHistory(HISTORY);
  const world = parseWorld(base.world);

  test('begins with the first hour that counts and has no gaps', () => {
    expect(base.hours).toBe(4);
    expect((world.hitRate as { fromHour: number }[]).map(({ fromHour }) => fromHour)).toEqual([0, 1, 2, 3]);
  });

  test('has the shares of each hour, and those of all in an hour without attempts', () => {
    const values = (world.hitRate as { value: number }[]).map(({ value }) => value);
    expect(values[0]).toBeCloseTo(0.2, 1);
    expect(values[1]).toBeGreaterThan(0.38);
    expect(values[2]).toBeCloseTo(800 / 3000, 3);
    expect(world.machineShare).toEqual(expect.arrayContaining([{ fromHour: 0, value: expect.closeTo(0.2, 2) }]));
  });

  test('has the agents at work of each hour', () => {
    expect(base.agents).toBe(8);
    expect(world.agents.shifts).toEqual([
      { agents: 3, fromHour: 0, toHour: 2 },
      { agents: 3, fromHour: 3, toHour: 4 },
      { agents: 2, fromHour: 1, toHour: 2 },
    ]);
  });

  test('has its measured times as empirical shapes, and the usual one where nothing was seen', () => {
    expect(world.talk).toEqual({ shape: 'empirical', quantiles: [5, 60, 600] });
    expect(world.machineRing.shape).toBe('normal');
    const greeting = world.greeting as { quantiles: number[] };
    expect(greeting.quantiles[1]).toBeCloseTo(1.6 - 0.608);
    expect(world.amd.machinesPassed).toBe(0);
  });

  test('without analysis counts a person from the answer', () => {
    const plain = parseWorld(worldOfHistory({ ...HISTORY, silenceSeconds: null }).world);
    expect(plain.amd.enabled).toBe(false);
    expect(plain.greeting).toEqual({ shape: 'constant', value: 0 });
  });

  test('runs, and gives back the figures it was made from', () => {
    const plan = planOf(given({ campaignId: '0190a000-0000-7000-8000-000000000001', seeds: 1 }), {
      ...base,
      contacts: null,
      mode: 'PREDICTIVE',
      pacing: { maxDialingRate: 4, predictiveCorrectionPace: 50, predictiveGain: 2 },
      abandonRate: 2.5,
    });
    expect(plan.pacing).toEqual({ mode: 'PREDICTIVE', maxDialingRate: 4, correctionPace: 50, gain: 2 });
    expect(plan.abandon).toEqual({ limitPercent: 2.5 });
    const result = new Simulation(plan).run();
    const busy = result.intervals.filter(({ atHour }) => atHour >= 1 && atHour < 2);
    const answered = busy.reduce((sum, { liveAnswers }) => sum + liveAnswers, 0);
    const dialled = busy.reduce((sum, { dials }) => sum + dials, 0);
    expect(answered / dialled).toBeGreaterThan(0.3);
    expect(answered / dialled).toBeLessThan(0.5);
    expect(result.intervals.some(({ atHour }) => atHour >= 2 && atHour < 3 && result.dials === 0)).toBe(false);
  });
});

describe('a plan from stated figures', () => {
  test('has them, and the defaults for the rest', () => {
    const plan = planOf(
      given({
        mode: 'PREDICTIVE',
        maxDialingRate: 10,
        hitRate: 0.3,
        talkMeanSeconds: 60,
        talkCv: 0.5,
        contacts: 900,
        hours: 2,
      }),
    );
    expect(plan).toMatchObject({
      agents: 20,
      hours: 2,
      days: 1,
      seeds: 5,
      pacing: { mode: 'PREDICTIVE', maxDialingRate: 10, correctionPace: 70, gain: 1 },
      abandon: { limitPercent: 3 },
      world: { hitRate: 0.3, talk: { shape: 'lognormal', mean: 60, cv: 0.5 }, campaigns: [{ rank: 1, contacts: 900 }] },
    });
  });

  test('has ports in place of agents in an IVR mode', () => {
    const plan = planOf(given({ mode: 'PROGRESSIVE_IVR', ivrPorts: 6, dialingRate: 1.5, hours: 0.2, seeds: 1 }));
    expect(plan).toMatchObject({ agents: 0, ports: 6, pacing: { mode: 'PROGRESSIVE', dialingRate: 1.5 } });
    expect(new Simulation(plan).run().persons.connected).toBeGreaterThan(0);
  });

  test('takes agents that are stated instead of those of the history', () => {
    const base = {
      ...worldOfHistory(HISTORY),
      contacts: null,
      mode: 'PROGRESSIVE' as const,
      pacing: {},
      abandonRate: 3,
    };
    const plan = planOf(given({ campaignId: '0190a000-0000-7000-8000-000000000001', agents: 12 }), base);
    expect([plan.agents, plan.world.agents.shifts]).toEqual([12, []]);
  });

  test.each([
    [{ mode: 'PROGRESSIVE', maxDialingRate: 3 }, 'maxDialingRate'],
    [{ world: '{"talk": {"shape": "lognormal", "mean": -1, "cv": 1}}' }, 'world.talk'],
    [{ world: '{' }, 'world'],
    [{ world: '{"talks": 1}' }, 'world'],
    [{ hitRate: 0.9, machineShare: 0.5 }, 'hitRate'],
    [{ mode: 'PREDICTIVE_IVR', agents: 5 }, 'agents'],
    [{ mode: 'PREDICTIVE', ivrPorts: 5 }, 'ivrPorts'],
    [{ agents: 1000, hours: 24, days: 30, seeds: 20 }, 'seeds'],
  ])('refuses %j by its field', (fields, field) => {
    expect(() => planOf(given(fields))).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field: expect.stringContaining(field) }),
    );
  });

  test.each([
    [{ talkCv: 1 }, 'talkCv'],
    [{ from: new Date() }, 'from'],
    [{ campaignId: '0190a000-0000-7000-8000-000000000001', world: '{}' }, 'world'],
  ])('refuses what contradicts itself: %j', (fields, field) => {
    expect(() => checkRequest(given(fields))).toThrow(expect.objectContaining({ code: 'INVALID_INPUT', field }));
  });
});

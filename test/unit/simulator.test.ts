import { chart } from '../../src/dialer/simulator/chart';
import { type SimulationOptions, simulate } from '../../src/dialer/simulator/engine';
import { forecast } from '../../src/dialer/simulator/forecast';
import { parseWorld, WorldError } from '../../src/dialer/simulator/world';

const options = (world: unknown, changes: Partial<SimulationOptions> = {}): SimulationOptions => ({
  world: parseWorld(world),
  agents: 10,
  hours: 3,
  days: 1,
  seed: 7,
  pacing: { mode: 'PROGRESSIVE', dialingRate: 1 },
  ...changes,
});

const withoutTimes = (found: ReturnType<typeof simulate>) => {
  const { steps, tookSeconds, ...figures } = found;
  return figures;
};

test('the same seed gives the same figures, another seed others', () => {
  const run = (seed: number) => withoutTimes(simulate(options({}, { seed })));
  expect(run(7)).toEqual(run(7));
  expect(run(8).dials).not.toEqual(run(7).dials);
});

test('one line for each agent: nobody is abandoned, and occupancy is what the world makes of it', () => {
  const found = simulate(options({ hitRate: 0.2 }, { agents: 50, hours: 6 }));
  expect(found.persons.abandons).toBe(0);
  // Talk of 180 s, against five dials of 20.5 s on average until a person answers.
  expect(found.occupancyPercent).toBeGreaterThan(61.5);
  expect(found.occupancyPercent).toBeLessThan(65.5);
  expect(found.answersPerHour / found.callsPerHour).toBeCloseTo(0.2, 1);
});

test('more lines than agents: the guard of the production kernel keeps its ledger within the limit', () => {
  const found = simulate(options({ hitRate: 0.3 }, { hours: 9, pacing: { mode: 'PROGRESSIVE', dialingRate: 3 } }));
  expect(found.recorded.abandons).toBeGreaterThan(0);
  expect(found.recorded.worst24HoursPercent).toBeLessThanOrEqual(3);
});

test('ports in place of agents: the same world, nothing to wrap up, machines heard out', () => {
  const ivr = (changes: Partial<SimulationOptions> = {}) =>
    simulate(options({}, { agents: 0, ports: 10, hours: 2, ...changes }));
  const ports = ivr();
  expect(withoutTimes(ports)).toEqual(withoutTimes(ivr()));
  expect(ports.persons.abandons).toBe(0);
  const agents = simulate(options({}, { hours: 2 }));
  expect(ports.dials).not.toBe(agents.dials);
  // Without machines that pass for persons only the wrap-up is spared.
  const clean = { amd: { machinesPassed: 0 } };
  const spared = ivr({ world: parseWorld(clean) });
  const wrapped = simulate(options(clean, { hours: 2 }));
  expect(spared.talkMinutesPerHour).toBeGreaterThan(wrapped.talkMinutesPerHour);
  expect(spared.occupancyPercent).toBeGreaterThan(ports.occupancyPercent);
});

test('ports dialled ahead for keep the ledger within the limit, and a list ends', () => {
  const pacing = { mode: 'PREDICTIVE', maxDialingRate: 3, correctionPace: 70, gain: 1 } as const;
  const found = simulate(
    options({ hitRate: 0.3, campaigns: [{ contacts: 1_200 }] }, { agents: 0, ports: 20, hours: 9, pacing }),
  );
  const one = simulate(options({ hitRate: 0.3, campaigns: [{ contacts: 1_200 }] }, { agents: 0, ports: 20, hours: 9 }));
  expect(found.recorded.worst24HoursPercent).toBeLessThanOrEqual(3);
  expect(found.dials).toBe(1_200);
  expect(found.finishHours).toBeLessThan(one.finishHours ?? 0);
});

test('late answers after slow set-ups are answers, not cut off', () => {
  const setUp = { shape: 'uniform', min: 2, max: 8 };
  const personRing = { shape: 'uniform', min: 1, max: 25 };
  const found = simulate(options({ hitRate: 0.5, setUp, personRing }, { agents: 20 }));
  expect(found.persons.abandons).toBe(0);
  expect(found.answersPerHour / found.callsPerHour).toBeCloseTo(0.5, 1);
});

test('a list ends, and the campaign with it', () => {
  const found = simulate(options({ hitRate: 0.3, campaigns: [{ contacts: 400 }] }, { hours: 9 }));
  expect(found.dials).toBe(400);
  expect(found.finishHours).toBeGreaterThan(0.5);
  expect(found.finishHours).toBeLessThan(9);
});

test('campaigns share the agents by rank', () => {
  const world = { hitRate: 0.3, campaigns: [{ rank: 2 }, { rank: 1, contacts: 300 }] };
  const alone = simulate(options({ hitRate: 0.3, campaigns: [{ contacts: 300 }] }, { hours: 9 }));
  const shared = simulate(options(world, { hours: 9 }));
  // What the better campaign dials, it dials as if it were alone; the other has the agents for the rest of the day.
  expect(alone.finishHours).toBeLessThan(2);
  expect(shared.finishHours).toBeNull();
  expect(shared.dials).toBeGreaterThan(3 * alone.dials);
});

test('shifts, breaks and inbound calls take agents away', () => {
  const full = simulate(options({}));
  const half = simulate(options({ agents: { shifts: [{ agents: 5, fromHour: 0, toHour: 1 }] } }));
  const breaks = simulate(options({ agents: { breaks: { perShift: 4 } } }));
  const inbound = simulate(options({ agents: { inbound: { callsPerHour: 60 } } }));
  const agentsAt = (found: typeof full, hour: number) => found.intervals.find(({ atHour }) => atHour === hour)?.agents;
  expect(agentsAt(half, 2)).toBeLessThan(6);
  for (const less of [half, breaks, inbound]) expect(less.dials).toBeLessThan(0.9 * full.dials);
});

test('machine detection that errs costs persons, and the ledger does not see them', () => {
  const found = simulate(options({ amd: { personsRejected: 0.1 } }, { agents: 30 }));
  expect(found.persons.rejectedByAmd).toBeGreaterThan(0);
  expect(found.persons.percent).toBeGreaterThan(5);
  expect(found.recorded.abandons).toBe(0);
});

test('a congested carrier fails calls', () => {
  const run = (world: unknown) => simulate(options(world, { hours: 1 }));
  const free = run({});
  const congested = run({ carrier: { congestion: 0.5 } });
  const narrow = run({ carrier: { lines: 3 } });
  expect(congested.answersPerHour / congested.callsPerHour).toBeLessThan(
    0.7 * (free.answersPerHour / free.callsPerHour),
  );
  expect(narrow.answersPerHour).toBeLessThan(0.6 * free.answersPerHour);
});

test('a hit rate in steps: the recovery after each is told', () => {
  const hitRate = [
    { fromHour: 0, value: 0.2 },
    { fromHour: 2, value: 0.4 },
  ];
  const found = simulate(options({ hitRate }));
  expect(found.recoveries).toMatchObject([{ atHour: 2, minutesToRecover: 0 }]);
  const share = (hour: number) => {
    const within = found.intervals.filter(({ atHour }) => Math.floor(atHour) === hour);
    const sum = (of: (each: (typeof within)[number]) => number) => within.reduce((total, each) => total + of(each), 0);
    return sum((each) => each.liveAnswers) / sum((each) => each.dials);
  };
  expect(share(2)).toBeGreaterThan(1.5 * share(1));
});

test('several days: agents come back, learning and ledger stay', () => {
  const found = simulate(options({}, { hours: 2, days: 3 }));
  expect(found.persons.dayPercents).toHaveLength(3);
  expect(new Set(found.intervals.map(({ day }) => day))).toEqual(new Set([0, 1, 2]));
});

test('predictive pacing is above progressive, within the limit', () => {
  const pacing = { mode: 'PREDICTIVE', maxDialingRate: 10, correctionPace: 70, gain: 1 } as const;
  const found = simulate(options({}, { agents: 12, hours: 1.5, pacing }));
  const progressive = simulate(options({}, { agents: 12, hours: 1.5 }));
  expect(found.occupancyPercent).toBeGreaterThan(progressive.occupancyPercent + 3);
  expect(found.recorded.percent).toBeLessThanOrEqual(3);
});

test('a forecast gives the spread over seeds, and a chart', () => {
  const found = forecast({ ...options({}, { hours: 1 }), seeds: 3 });
  expect(found.runs.map((run) => run.seed)).toEqual([7, 8, 9]);
  expect(found.occupancyPercent.standardError).toBeGreaterThan(0);
  expect(found.occupancyPercent.least).toBeLessThanOrEqual(found.occupancyPercent.mean);
  const svg = chart('10 agents <&>', found.runs[0]!.intervals, 3);
  expect(svg).toContain('10 agents &lt;&amp;&gt;');
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

test.each([
  [{ hitRate: 2 }, 'hitRate'],
  [{ talk: { shape: 'lognormal', mean: -1, cv: 1 } }, 'talk'],
  [{ agents: { shifts: [{ agents: 1, fromHour: 3, toHour: 2 }] } }, 'agents.shifts.0'],
  [{ unheardOf: 1 }, 'unheardOf'],
  [{ hitRate: 0.9 }, 'at most 1'],
])('a world that is none is refused by name: %j', (value, name) => {
  expect(() => parseWorld(value)).toThrow(WorldError);
  expect(() => parseWorld(value)).toThrow(name);
});

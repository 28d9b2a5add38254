import { simulate } from '../../src/dialer/simulator/engine';
import { type BenchRow, round } from '../lib/bench';
import { type BenchWorld, benchmarkWorld, HELD_OUT, stepWorld } from './worlds';

/**
 * Many days in a row, learning and ledgers kept: how often the balanced guard lets a window pass its limit. Small groups
 * are most of it, for the fewer answers a window holds, the less it takes to break it.
 */

const LIMIT_PERCENT = 3;
/** Each run begins cold and is long enough for windows of thirty days to fill and move. */
const RUN_DAYS = 50;
const CONFIDENCE = 0.95;
/** Time passes in whole seconds between events, which makes a day a third cheaper and a fraction of a point less busy. */
const TICK_EVERY_MS = 1_000;

const heldOut = (name: string): BenchWorld => {
  const found = HELD_OUT.find((world) => world.name === name);
  if (!found) throw new Error(`there is no held-out world '${name}'`);
  return found;
};

const THROUGHOUT = benchmarkWorld(0.2);
const BETTER = benchmarkWorld(0.35);

/** One round of runs, again with other seeds until the days are done. */
const ROUND: readonly { agents: number; world: BenchWorld }[] = [
  { agents: 5, world: THROUGHOUT },
  { agents: 5, world: heldOut('slow answers') },
  { agents: 5, world: heldOut('short talks') },
  { agents: 10, world: heldOut('slow answers') },
  { agents: 5, world: stepWorld },
  { agents: 5, world: heldOut('long talks, long wrap-ups') },
  { agents: 20, world: heldOut('slow answers') },
  { agents: 5, world: heldOut('hit rate by the hour') },
  { agents: 5, world: heldOut('two kinds of talk') },
  { agents: 10, world: THROUGHOUT },
  { agents: 5, world: heldOut('shifts and breaks') },
  { agents: 5, world: heldOut('blended with inbound') },
  { agents: 10, world: heldOut('hit rate by the hour') },
  { agents: 5, world: heldOut('machine detection errs') },
  { agents: 20, world: THROUGHOUT },
  { agents: 5, world: BETTER },
  { agents: 10, world: heldOut('shifts and breaks') },
  { agents: 5, world: THROUGHOUT },
  { agents: 5, world: heldOut('slow answers') },
  { agents: 100, world: THROUGHOUT },
];

export interface LongRun {
  days: number;
  /** Length of each day's shift. */
  hours: number;
  /** How many runs of the rounds to leave out, so that several processes share the days. */
  skip: number;
  /** Only groups of these sizes. */
  agents: readonly number[] | undefined;
  say: (line: string) => void;
}

/** The highest chance per day with which so few days, or fewer, would be over the limit once in twenty times. */
export const upperBound = (over: number, days: number): number => {
  if (over >= days) return 1;
  let low = over / days;
  let high = 1;
  for (let halving = 0; halving < 60; halving += 1) {
    const chance = (low + high) / 2;
    let mass = (1 - chance) ** days;
    let atMost = 0;
    for (let count = 0; count <= over; count += 1) {
      atMost += mass;
      mass *= ((days - count) / (count + 1)) * (chance / (1 - chance));
    }
    if (atMost > 1 - CONFIDENCE) low = chance;
    else high = chance;
  }
  return high;
};

interface Tally {
  runs: number;
  days: number;
  over: number;
  worstDay: number;
  worst24: number;
  worst30: number;
  occupancy: number;
  live: number;
  abandons: number;
}

const empty = (): Tally => ({
  runs: 0,
  days: 0,
  over: 0,
  worstDay: 0,
  worst24: 0,
  worst30: 0,
  occupancy: 0,
  live: 0,
  abandons: 0,
});

const runOnce = (world: BenchWorld, agents: number, hours: number, days: number, seed: number): Tally => {
  const found = simulate({
    world: world.make(agents),
    agents,
    hours,
    days,
    seed,
    tickEveryMs: TICK_EVERY_MS,
    pacing: { mode: 'PREDICTIVE', maxDialingRate: 10, correctionPace: 70, gain: 1 },
    abandon: { guard: 'BALANCED' },
  });
  const { recorded } = found;
  let over = 0;
  for (let day = 0; day < days; day += 1) {
    const worst = Math.max(
      recorded.dayPercents[day]!,
      recorded.rolling24HoursPercents[day]!,
      recorded.rolling30DaysPercents[day]!,
    );
    if (worst > LIMIT_PERCENT) over += 1;
  }
  return {
    runs: 1,
    days,
    over,
    worstDay: recorded.worstDayPercent,
    worst24: recorded.worst24HoursPercent,
    worst30: recorded.worst30DaysPercent,
    occupancy: found.occupancyPercent,
    live: recorded.liveAnswers,
    abandons: recorded.abandons,
  };
};

const join = (a: Tally, b: Tally): Tally => ({
  runs: a.runs + b.runs,
  days: a.days + b.days,
  over: a.over + b.over,
  worstDay: Math.max(a.worstDay, b.worstDay),
  worst24: Math.max(a.worst24, b.worst24),
  worst30: Math.max(a.worst30, b.worst30),
  occupancy: (a.occupancy * a.days + b.occupancy * b.days) / (a.days + b.days),
  live: a.live + b.live,
  abandons: a.abandons + b.abandons,
});

const percentOf = ({ live, abandons }: Tally): number => (100 * abandons) / Math.max(1, live);

const lineOf = (name: string, tally: Tally): string =>
  `${name}: ${tally.days} days, ${tally.over} above ${LIMIT_PERCENT} %; worst day ${tally.worstDay.toFixed(2)}, ` +
  `rolling 24 h ${tally.worst24.toFixed(2)}, 30 days ${tally.worst30.toFixed(2)}; ` +
  `abandoned ${percentOf(tally).toFixed(2)} of ${tally.live}, occupancy ${tally.occupancy.toFixed(1)}`;

const rowsOf = (tally: Tally, params: BenchRow['params']): BenchRow[] => {
  const row = (name: string, value: number, unit: string): BenchRow => ({
    name,
    params: { ...params, days: tally.days, runs: tally.runs, contender: 'Outdial BALANCED' },
    value: round(value),
    unit,
  });
  return [
    row('days with any window above the limit, ledger', tally.over, 'days'),
    row('chance of such a day, 95 % bound', 100 * upperBound(tally.over, tally.days), '%'),
    row('worst day, ledger', tally.worstDay, '%'),
    row('worst rolling 24 h, ledger, judged at each abandon', tally.worst24, '%'),
    row('worst rolling 30 days, ledger, judged at each abandon', tally.worst30, '%'),
    row('abandoned in the ledger', percentOf(tally), '%'),
    row('occupancy', tally.occupancy, '%'),
  ];
};

export const longRun = ({ days, hours, skip, agents, say }: LongRun): BenchRow[] => {
  const round = ROUND.filter((run) => agents?.includes(run.agents) ?? true);
  if (round.length === 0) {
    throw new Error(`--agents is '${agents}': the part long has ${[...new Set(ROUND.map((run) => run.agents))]}`);
  }
  const byGroup = new Map<string, Tally>();
  let all = empty();
  for (let index = skip; all.days < days; index += 1) {
    const run = round[index % round.length]!;
    const seed = 1_000 + index;
    const tally = runOnce(run.world, run.agents, hours, Math.min(RUN_DAYS, days - all.days), seed);
    const name = `${run.agents} agents, ${run.world.name}`;
    say(lineOf(`${name}, seed ${seed}`, tally));
    byGroup.set(name, join(byGroup.get(name) ?? empty(), tally));
    all = join(all, tally);
    say(lineOf('  so far', all));
  }
  say(`chance of a day above the limit: at most ${(100 * upperBound(all.over, all.days)).toFixed(3)} % (95 % bound)`);
  return [
    ...[...byGroup].flatMap(([name, tally]) => rowsOf(tally, { group: name, hours })),
    ...rowsOf(all, { group: 'all', hours }),
  ];
};

import { writeFileSync } from 'node:fs';
import { type Bench, type BenchRow, type BenchRun, round } from './lib/bench';
import { type Cell, lineOf, rowsOf, runCell } from './pacing/cell';
import { CONTENDERS, type Contender } from './pacing/contenders';
import { longRun } from './pacing/long-run';
import { markdownOf } from './pacing/markdown';
import { tunedRatios } from './pacing/tune';
import { type BenchWorld, benchmarkWorld, HELD_OUT, steadyWorld, stepWorld } from './pacing/worlds';
import { yardstickMicros } from './pacing/yardstick';

const PARTS = ['main', 'step', 'held-out', 'long'];
const DAY_HOURS = 9;
/** Days of half a thousand agents are cut short: they hold as many calls. */
const LARGE_AGENTS = 300;
const LARGE_HOURS = 4;
const LARGE_STEP_HOURS = 6;
const LONG_DAYS = 1_000;

interface Plan {
  agents: number[];
  hits: number[];
  parts: string[];
  seeds: (agents: number) => number[];
  days: number;
  longHours: number;
  longSkip: number;
  longAgents: number[] | undefined;
  markdown: string | undefined;
  wanted: (name: string) => boolean;
  heldOut: readonly BenchWorld[];
  say: (line: string) => void;
}

const numbers = (field: string, text: string, least: number, most: number): number[] =>
  text.split(',').map((part) => {
    const value = Number(part);
    if (part.trim() === '' || !(value >= least && value <= most)) {
      throw new Error(`--${field} is '${part}': from ${least} to ${most} is allowed`);
    }
    return value;
  });

const seedsFor = (agents: number, quick: boolean): number => {
  if (quick) return 2;
  if (agents <= 10) return 16;
  if (agents <= 50) return 6;
  return agents < LARGE_AGENTS ? 3 : 2;
};

/** Contenders with one of the texts in their name; with `!` before them, those without any. */
const filterOf = (only: string): ((name: string) => boolean) => {
  const excluding = only.startsWith('!');
  const texts = only
    .slice(excluding ? 1 : 0)
    .toLowerCase()
    .split(',');
  return (name) => texts.some((text) => name.toLowerCase().includes(text)) !== excluding;
};

const planOf = ({ quick, given, say }: BenchRun): Plan => {
  const parts = given.part?.split(',') ?? (quick ? ['main', 'step'] : ['main', 'step', 'held-out']);
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new Error(`--part is '${unknown}': of ${PARTS.join(', ')} is allowed`);
  const seeds = given.seeds === undefined ? undefined : numbers('seeds', given.seeds, 1, 10_000)[0];
  return {
    agents: numbers('agents', given.agents ?? (quick ? '20' : '5,20,100,500'), 1, 5_000),
    hits: numbers('hit', given.hit ?? (quick ? '0.2' : '0.2,0.35'), 0.01, 0.65),
    parts,
    seeds: (agents) => Array.from({ length: seeds ?? seedsFor(agents, quick) }, (_, index) => index + 1),
    days: given.days === undefined ? LONG_DAYS : (numbers('days', given.days, 1, 100_000)[0] ?? LONG_DAYS),
    longHours: given.hours === undefined ? DAY_HOURS : (numbers('hours', given.hours, 1, 24)[0] ?? DAY_HOURS),
    longSkip: given.skip === undefined ? 0 : (numbers('skip', given.skip, 0, 100_000)[0] ?? 0),
    longAgents: given.agents === undefined ? undefined : numbers('agents', given.agents, 1, 5_000),
    markdown: given.markdown,
    wanted: filterOf(given.only ?? ''),
    heldOut: HELD_OUT.filter(({ name }) => name.includes(given.world ?? '')),
    say,
  };
};

const hoursFor = (agents: number): number => (agents >= LARGE_AGENTS ? LARGE_HOURS : DAY_HOURS);

const runAll = (
  plan: Plan,
  world: BenchWorld,
  agents: number,
  hours: number,
  contenders: readonly Contender[],
): Cell[] => {
  const seeds = plan.seeds(agents);
  plan.say(
    `\n${world.name}, ${agents} agents, ${hours} h, ${seeds.length} days from a cold start: occupancy %, abandoned %`,
  );
  return contenders
    .filter(({ name }) => plan.wanted(name))
    .map((contender) => {
      const cell = runCell(world, contender, agents, hours, seeds);
      plan.say(lineOf(cell));
      return cell;
    });
};

const run = (plan: Plan): BenchRow[] => {
  const cells: Cell[] = [];
  const long: BenchRow[] = [];
  const ratiosOf = new Map<string, Contender[]>();
  /** For a held-out world the ratios are those of the benchmark's: a dialer set up by hand stays as it is. */
  const everybody = (agents: number, hit: number): Contender[] => {
    if (!plan.wanted('ratio on idle agents') && !plan.wanted('ratio on all agents')) return [...CONTENDERS];
    const key = `${agents} ${hit}`;
    let found = ratiosOf.get(key);
    if (!found) {
      const world = benchmarkWorld(hit).make(agents);
      found = tunedRatios({ world, agents, hours: hoursFor(agents), seeds: plan.seeds(agents) });
      ratiosOf.set(key, found);
    }
    return [...CONTENDERS, ...found];
  };
  const firstHit = plan.hits[0] ?? 0.2;
  for (const part of plan.parts) {
    for (const agents of plan.agents) {
      const hours = hoursFor(agents);
      // Half a thousand agents on each of the other worlds take hours: only when nothing else is asked for.
      if (part !== 'main' && part !== 'long' && agents >= LARGE_AGENTS && plan.agents.length > 1) continue;
      if (part === 'main') {
        for (const hit of plan.hits) {
          cells.push(...runAll(plan, benchmarkWorld(hit), agents, hours, everybody(agents, hit)));
        }
      } else if (part === 'step') {
        const stepHours = agents >= LARGE_AGENTS ? LARGE_STEP_HOURS : DAY_HOURS;
        cells.push(...runAll(plan, stepWorld, agents, stepHours, everybody(agents, firstHit)));
        const ours = CONTENDERS.filter((contender) => contender.ours);
        cells.push(...runAll(plan, steadyWorld, agents, stepHours, ours));
      } else if (part === 'held-out') {
        for (const world of plan.heldOut) {
          cells.push(...runAll(plan, world, agents, DAY_HOURS, everybody(agents, firstHit)));
        }
      }
    }
    if (part === 'long')
      long.push(...longRun({ ...plan, hours: plan.longHours, skip: plan.longSkip, agents: plan.longAgents }));
  }
  if (plan.markdown !== undefined) writeFileSync(plan.markdown, markdownOf(cells));
  const yardstick = { name: 'yardstick: 1000 exponentials', params: {}, value: round(yardstickMicros()), unit: 'us' };
  return [...cells.flatMap(rowsOf), ...long, yardstick];
};

export const pacingBench: Bench = {
  description: 'occupancy and abandons of every dialer on the same worlds, in virtual time',
  run: (options) => Promise.resolve(run(planOf(options))),
};

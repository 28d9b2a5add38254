import { type Spread, spreadOf } from '../../src/dialer/simulator/spread';
import type { BenchRow } from '../lib/bench';
import { round, withBaseline } from '../lib/bench';
import type { Contender, DayResult } from './contenders';
import { type StepFigures, stepFigures } from './recovery';
import type { BenchWorld } from './worlds';
import { yardstickMicros } from './yardstick';

/** One contender on one world with so many agents, over all seeds. */
export interface Cell {
  world: string;
  heldOut: boolean;
  agents: number;
  hours: number;
  contender: string;
  ours: boolean;
  seeds: number;
  occupancy: Spread;
  /** Of all days together. */
  abandonedPercent: number;
  recordedPercent: number;
  worstDayPercent: number;
  /** As the law sees it: by the dialer's own count. */
  worstRecordedDayPercent: number;
  worstRolling24HoursPercent: number;
  worstHourPercent: number;
  connectsPerAgentHour: number;
  decisionMicros: number;
  /** What the machine needs for its yardstick at that time. */
  yardstickMicros: number;
  recovery: StepFigures | null;
}

/** Stands in a row of figures for what did not come within two hours. */
const NEVER = 120;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const most = (values: readonly number[]): number => Math.max(0, ...values);

export const runCell = (
  world: BenchWorld,
  contender: Contender,
  agents: number,
  hours: number,
  seeds: readonly number[],
): Cell => {
  const days: DayResult[] = seeds.map((seed) => contender.run({ world: world.make(agents), agents, hours, seed }));
  const sum = (figure: (day: DayResult) => number): number => days.reduce((total, day) => total + figure(day), 0);
  return {
    world: world.name,
    heldOut: world.heldOut,
    agents,
    hours,
    contender: contender.name,
    ours: contender.ours,
    seeds: seeds.length,
    occupancy: spreadOf(days.map((day) => day.occupancyPercent)),
    abandonedPercent:
      (100 * sum((day) => day.persons.abandons)) /
      Math.max(
        1,
        sum((day) => day.persons.liveAnswers),
      ),
    recordedPercent:
      (100 * sum((day) => day.recorded.abandons)) /
      Math.max(
        1,
        sum((day) => day.recorded.liveAnswers),
      ),
    worstDayPercent: most(days.map((day) => day.persons.worstDayPercent)),
    worstRecordedDayPercent: most(days.map((day) => day.recorded.worstDayPercent)),
    worstRolling24HoursPercent: most(days.map((day) => day.recorded.worst24HoursPercent)),
    worstHourPercent: most(days.map((day) => day.persons.worstHourPercent)),
    connectsPerAgentHour: mean(days.map((day) => day.connectsPerAgentHour)),
    decisionMicros: mean(days.map((day) => day.decisionMicros)),
    yardstickMicros: yardstickMicros(),
    recovery: stepFigures(days.flatMap((day) => day.recoveries.slice(0, 1))),
  };
};

export const rowsOf = (cell: Cell): BenchRow[] => {
  const params = {
    world: cell.world,
    heldOut: cell.heldOut,
    agents: cell.agents,
    hours: cell.hours,
    seeds: cell.seeds,
    contender: cell.contender,
  };
  const row = (name: string, value: number, unit: string): BenchRow => ({ name, params, value: round(value), unit });
  return [
    row('occupancy', cell.occupancy.mean, '%'),
    ...(cell.occupancy.standardError === null
      ? []
      : [row('occupancy standard error', cell.occupancy.standardError, '%')]),
    row('abandoned persons', cell.abandonedPercent, '%'),
    row('abandoned in the ledger', cell.recordedPercent, '%'),
    row('worst day, persons', cell.worstDayPercent, '%'),
    row('worst day, ledger', cell.worstRecordedDayPercent, '%'),
    row('worst rolling 24 h, ledger, judged at each abandon', cell.worstRolling24HoursPercent, '%'),
    row('worst rolling hour, persons', cell.worstHourPercent, '%'),
    row('connects per agent-hour', cell.connectsPerAgentHour, ''),
    withBaseline(row('decision', cell.decisionMicros, 'us'), cell.yardstickMicros),
    ...(cell.recovery
      ? [
          row('abandoned in 5 min after the step', cell.recovery.first5, '%'),
          row('abandoned in 15 min after the step', cell.recovery.first15, '%'),
          row('abandoned in 1 h after the step', cell.recovery.firstHour, '%'),
          row('back under 4 %, all days together', cell.recovery.pooledMinutes ?? NEVER, 'min'),
          row('back under 4 %, mean of days', cell.recovery.dayMinutes.mean, 'min'),
          row('back under 4 %, slowest day', cell.recovery.dayMinutes.worst, 'min'),
          row('no longer above 4 % with certainty, slowest day', cell.recovery.worstCertainMinutes ?? NEVER, 'min'),
        ]
      : []),
  ];
};

const stepLineOf = ({
  first5,
  first15,
  firstHour,
  pooledMinutes,
  dayMinutes,
  worstCertainMinutes,
}: StepFigures): string =>
  `step ${first5.toFixed(1)}/${first15.toFixed(1)}/${firstHour.toFixed(1)} % calm after ${pooledMinutes ?? 'over 120'} min, ` +
  `days ${dayMinutes.mean.toFixed(1)} to ${dayMinutes.worst}, surely ${worstCertainMinutes ?? 'over 120'}`;

/** One line for the person at the terminal. */
export const lineOf = (cell: Cell): string => {
  const error = cell.occupancy.standardError === null ? '' : ` ±${cell.occupancy.standardError.toFixed(2)}`;
  const recovery = cell.recovery ? `  ${stepLineOf(cell.recovery)}` : '';
  return [
    cell.contender.padEnd(30),
    `${cell.occupancy.mean.toFixed(2)}${error}`.padEnd(13),
    `abandoned ${cell.abandonedPercent.toFixed(2)}`.padEnd(16),
    `worst day ${cell.worstDayPercent.toFixed(2)}`.padEnd(16),
    `rolling 24 h ${cell.worstRolling24HoursPercent.toFixed(2)}`.padEnd(20),
    `hour ${cell.worstHourPercent.toFixed(1)}`.padEnd(10),
    `${cell.decisionMicros.toFixed(1)} us`,
    recovery,
  ].join(' ');
};

import { type Spread, spreadOf } from '../../src/dialer/simulator/spread';
import type { BenchRow } from '../lib/bench';
import { round } from '../lib/bench';
import type { Contender, DayResult } from './contenders';
import type { BenchWorld } from './worlds';

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
  recovery: { first5: number; first15: number; firstHour: number; minutes: Spread | null; never: number } | null;
}

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
  const steps = days.flatMap((day) => day.recoveries.slice(0, 1));
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
    recovery:
      steps.length === 0
        ? null
        : {
            first5: mean(steps.map((step) => step.first5MinutesPercent)),
            first15: mean(steps.map((step) => step.first15MinutesPercent)),
            firstHour: mean(steps.map((step) => step.firstHourPercent)),
            minutes: spreadOf(steps.map((step) => step.minutesToRecover ?? 120)),
            never: steps.filter((step) => step.minutesToRecover === null).length,
          },
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
    row('decision', cell.decisionMicros, 'us'),
    ...(cell.recovery
      ? [
          row('abandoned in 5 min after the step', cell.recovery.first5, '%'),
          row('abandoned in 15 min after the step', cell.recovery.first15, '%'),
          row('abandoned in 1 h after the step', cell.recovery.firstHour, '%'),
          row('recovery after the step', cell.recovery.minutes?.mean ?? 120, 'min'),
        ]
      : []),
  ];
};

/** One line for the person at the terminal. */
export const lineOf = (cell: Cell): string => {
  const error = cell.occupancy.standardError === null ? '' : ` ±${cell.occupancy.standardError.toFixed(2)}`;
  const recovery = cell.recovery
    ? `  step ${cell.recovery.first5.toFixed(1)}/${cell.recovery.first15.toFixed(1)}/${cell.recovery.firstHour.toFixed(1)} % calm after ${cell.recovery.minutes?.mean.toFixed(0)} min`
    : '';
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

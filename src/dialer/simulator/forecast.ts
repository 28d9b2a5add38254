import { type SimulationOptions, type SimulationResult, simulate } from './engine';
import { type Spread, spreadOf } from './spread';

/** What to expect of a campaign: the same run with several seeds. */
export interface Forecast {
  seeds: number;
  occupancyPercent: Spread;
  /** Persons abandoned, of persons who answered and did not hang up first. */
  abandonPercent: Spread;
  /** As the dialer's own ledger has it. */
  recordedAbandonPercent: Spread;
  worstDayPercent: Spread;
  worst24HoursPercent: Spread;
  worst30DaysPercent: Spread;
  worstHourPercent: Spread;
  callsPerHour: Spread;
  answersPerHour: Spread;
  answerToConnectSeconds: Spread;
  /** Persons brought to an agent, in the whole run. */
  connects: Spread;
  connectsPerAgentHour: Spread;
  talkMinutesPerHour: Spread;
  /** Over the seeds in which the lists ended; null when none did. */
  finishHours: Spread | null;
  runs: SimulationResult[];
}

export interface ForecastOptions extends Omit<SimulationOptions, 'onProgress'> {
  seeds: number;
  /** Share of all seeds done, in [0, 1]. */
  onProgress?: (done: number) => void;
}

export function summarise(runs: SimulationResult[]): Forecast {
  const over = (figure: (run: SimulationResult) => number): Spread => spreadOf(runs.map(figure));
  const finished = runs.flatMap((run) => run.finishHours ?? []);
  return {
    seeds: runs.length,
    occupancyPercent: over((run) => run.occupancyPercent),
    abandonPercent: over((run) => run.persons.percent),
    recordedAbandonPercent: over((run) => run.recorded.percent),
    worstDayPercent: over((run) => run.persons.worstDayPercent),
    worst24HoursPercent: over((run) => run.persons.worst24HoursPercent),
    worst30DaysPercent: over((run) => run.persons.worst30DaysPercent),
    worstHourPercent: over((run) => run.persons.worstHourPercent),
    callsPerHour: over((run) => run.callsPerHour),
    answersPerHour: over((run) => run.answersPerHour),
    answerToConnectSeconds: over((run) => run.answerToConnectSeconds),
    connects: over((run) => run.persons.connected),
    connectsPerAgentHour: over((run) => run.connectsPerAgentHour),
    talkMinutesPerHour: over((run) => run.talkMinutesPerHour),
    finishHours: finished.length === 0 ? null : spreadOf(finished),
    runs,
  };
}

export function forecast({ seeds, onProgress, ...options }: ForecastOptions): Forecast {
  const runs: SimulationResult[] = [];
  for (let index = 0; index < seeds; index += 1) {
    const seed = options.seed + index;
    runs.push(simulate({ ...options, seed, onProgress: (done) => onProgress?.((index + done) / seeds) }));
  }
  return summarise(runs);
}

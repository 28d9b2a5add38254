import { simulate } from '../../src/dialer/simulator/engine';
import { parseWorld } from '../../src/dialer/simulator/world';
import { type BenchRow, round } from '../lib/bench';

/** Many days in a row, learning and ledgers kept: how often the balanced guard lets a window pass its limit. */

const LIMIT_PERCENT = 3;
/** Each run begins cold and is long enough for windows of thirty days to fill and move. */
const RUN_DAYS = 50;
const CONFIDENCE = 0.95;

export interface LongRun {
  agents: number;
  hitRate: number;
  days: number;
  say: (line: string) => void;
}

/** Highest chance per day that is compatible with so many days without an event. */
const boundWithout = (days: number): number => 1 - (1 - CONFIDENCE) ** (1 / days);

export const longRun = ({ agents, hitRate, days, say }: LongRun): BenchRow[] => {
  const world = parseWorld({ hitRate });
  let over = 0;
  let overInLedger = 0;
  let done = 0;
  let worstDay = 0;
  let worst24 = 0;
  let worst30 = 0;
  let occupancy = 0;
  let runs = 0;
  for (let seed = 1; done < days; seed += 1) {
    const found = simulate({
      world,
      agents,
      hours: 9,
      days: Math.min(RUN_DAYS, days - done),
      seed,
      pacing: { mode: 'PREDICTIVE', maxDialingRate: 10, correctionPace: 70, gain: 1 },
      abandon: { guard: 'BALANCED' },
    });
    done += found.days;
    runs += 1;
    occupancy += found.occupancyPercent * found.days;
    over += found.persons.dayPercents.filter((percent) => percent > LIMIT_PERCENT).length;
    overInLedger += found.recorded.dayPercents.filter((percent) => percent > LIMIT_PERCENT).length;
    worstDay = Math.max(worstDay, found.persons.worstDayPercent);
    worst24 = Math.max(worst24, found.recorded.worst24HoursPercent);
    worst30 = Math.max(worst30, found.recorded.worst30DaysPercent);
    say(
      `${agents} agents: ${done} of ${days} days, ${over} above ${LIMIT_PERCENT} % (ledger ${overInLedger}), worst day ${worstDay.toFixed(2)}, rolling 24 h ${worst24.toFixed(2)}, 30 days ${worst30.toFixed(2)}`,
    );
  }
  const params = { agents, hit: hitRate, days: done, runs, contender: 'Outdial BALANCED' };
  const row = (name: string, value: number, unit: string): BenchRow => ({ name, params, value: round(value), unit });
  return [
    row('days above the limit, persons', over, 'days'),
    row('days above the limit, ledger', overInLedger, 'days'),
    ...(over === 0 ? [row('chance of such a day, 95 % bound', 100 * boundWithout(done), '%')] : []),
    row('worst day, persons', worstDay, '%'),
    row('worst rolling 24 h, ledger, judged at each abandon', worst24, '%'),
    row('worst rolling 30 days, ledger, judged at each abandon', worst30, '%'),
    row('occupancy', occupancy / done, '%'),
  ];
};

import type { Cell } from './cell';

/** The tables of docs/pacing.md, as they stand there. */

const groupBy = (cells: readonly Cell[]): Map<string, Cell[]> => {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) {
    const days = `${cell.seeds} ${cell.seeds === 1 ? 'day' : 'days'} of ${cell.hours} h`;
    const title = `${cell.heldOut ? 'Held out: ' : ''}${cell.world}, ${cell.agents} agents, ${days}`;
    groups.set(title, [...(groups.get(title) ?? []), cell]);
  }
  return groups;
};

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const occupancyOf = ({ occupancy }: Cell): string =>
  occupancy.standardError === null
    ? occupancy.mean.toFixed(1)
    : `${occupancy.mean.toFixed(1)} ± ${occupancy.standardError.toFixed(1)}`;

const minutesOf = (minutes: number | null): string => (minutes === null ? 'over 120' : minutes.toFixed(0));

const stepOf = ({ recovery }: Cell): string[] =>
  recovery
    ? [
        `${recovery.first5.toFixed(1)} / ${recovery.first15.toFixed(1)} / ${recovery.firstHour.toFixed(1)}`,
        minutesOf(recovery.pooledMinutes),
        `${minutesOf(recovery.dayMinutes.mean)} / ${recovery.dayMinutes.never > 0 ? 'never' : minutesOf(recovery.dayMinutes.worst)}`,
        minutesOf(recovery.worstCertainMinutes),
      ]
    : [];

export const markdownOf = (cells: readonly Cell[]): string => {
  const parts: string[] = [];
  for (const [title, group] of groupBy(cells)) {
    const steps = group.some((cell) => cell.recovery !== null && cell.world.includes('step'));
    const head = [
      'dialer',
      'occupancy %',
      'abandoned %',
      'worst day %',
      'worst 24 h %',
      'worst hour %',
      'µs',
      ...(steps ? ['5 / 15 / 60 min after the step, %', 'back after, min', 'mean / slowest day', 'surely'] : []),
    ];
    parts.push(`#### ${title}`, '', row(head), row(head.map((_, index) => (index === 0 ? '---' : '---:'))));
    for (const cell of group) {
      parts.push(
        row([
          cell.ours ? `**${cell.contender}**` : cell.contender,
          occupancyOf(cell),
          cell.abandonedPercent.toFixed(2),
          Math.max(cell.worstDayPercent, cell.worstRecordedDayPercent).toFixed(2),
          cell.worstRolling24HoursPercent.toFixed(2),
          cell.worstHourPercent.toFixed(1),
          `${cell.decisionMicros.toFixed(1)} / ${cell.yardstickMicros.toFixed(0)}`,
          ...(steps ? stepOf(cell) : []),
        ]),
      );
    }
    parts.push('');
  }
  return parts.join('\n');
};

import { Command } from 'commander';
import { type Difference, type ReplayReport, replay } from '../dialer/replay/replay';

const describe = (difference: Difference): string =>
  [
    `${difference.file}, input ${difference.number}: ${difference.input}`,
    `  written   ${difference.written}`,
    `  replayed  ${difference.replayed}`,
  ].join('\n');

const summary = (report: ReplayReport): string => {
  const snapshots = report.snapshotsReached + report.snapshotsMissed;
  return [
    `${report.segments} segments, ${report.inputs} inputs over ${Math.round(report.virtualSeconds)} s, ${report.commands} commands`,
    ...(report.dropped > 0 ? [`${report.dropped} inputs had not been written: the disk was too slow`] : []),
    `${report.snapshotsReached} of ${snapshots} snapshots were reached exactly`,
    report.different === 0
      ? 'Every command is as it was written.'
      : `After ${report.different} inputs the commands are not as they were written.`,
  ].join('\n');
};

export const replayCommand = (): Command =>
  new Command('replay')
    .description("does again what a dialer's input log holds and compares every command")
    .argument('<directory>', 'the log: .outdial/input-log/<dialer> by default')
    .option('--diff', 'also under another version of kernel or Node; shows the commands that differ', false)
    .option('--json', 'the report as JSON', false)
    .action((directory: string, { diff, json }: { diff: boolean; json: boolean }) => {
      const report = replay({ directory, diff });
      const shown = diff || report.different > 0 ? report.differences.map(describe) : [];
      const text = json ? JSON.stringify(report, null, 2) : [...shown, summary(report)].join('\n');
      process.stdout.write(`${text}\n`);
      if (report.different > 0 || report.snapshotsMissed > 0) process.exitCode = 1;
    });

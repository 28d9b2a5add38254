import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { arch, cpus, platform, totalmem } from 'node:os';
import { PROJECT_ROOT } from '../../src/infra/project-root';
import type { BenchRow } from './bench';

const git = (...args: string[]): string => {
  try {
    return execFileSync('git', args, {
      cwd: PROJECT_ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
};

/** With `-dirty` when the sources are not those of the commit: such figures prove nothing. */
const commit = (): string => {
  const head = git('rev-parse', 'HEAD');
  if (!head) return 'unknown';
  return git('status', '--porcelain') ? `${head}-dirty` : head;
};

const machine = (): string => {
  const processors = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${processors.length} x ${processors[0]?.model.trim() ?? 'cpu'}, ${memory} GB, ${platform()} ${arch()}, node ${process.versions.node}`;
};

export const writeJson = (file: string, bench: string, rows: readonly BenchRow[]): void => {
  writeFileSync(file, `${JSON.stringify({ bench, commit: commit(), machine: machine(), rows }, null, 2)}\n`);
};

const paramsOf = ({ params }: BenchRow): string =>
  Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

export const printTable = (rows: readonly BenchRow[]): void => {
  const cells = rows.map((row) => [
    row.name,
    paramsOf(row),
    `${row.value} ${row.unit}`,
    row.baseline === undefined ? '' : `${row.baseline} ${row.unit}`,
    row.ratio === undefined ? '' : String(row.ratio),
  ]);
  const table = [['name', 'params', 'value', 'baseline', 'ratio'], ...cells];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  for (const line of table) {
    process.stdout.write(
      `${line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
};

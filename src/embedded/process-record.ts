import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess, identify, isSameProcess, type ProcessIdentity } from './process-identity';

/** What a supervisor leaves on disk about each process it starts, so that a later one can find what a crash left running. */
export interface ProcessRecord extends ProcessIdentity {
  name: string;
  /** A path that stands in the command line of the process: its data, or its program. */
  marker: string;
  stopSignal: NodeJS.Signals;
}

export const writeRecord = (directory: string, record: ProcessRecord): void => {
  const file = join(directory, `${record.name}.json`);
  writeFileSync(`${file}.new`, `${JSON.stringify(record)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
};

export const removeRecord = (directory: string, name: string): void =>
  rmSync(join(directory, `${name}.json`), { force: true });

export const readRecord = (directory: string, name: string): ProcessRecord | undefined => {
  try {
    return JSON.parse(readFileSync(join(directory, `${name}.json`), 'utf8')) as ProcessRecord;
  } catch {
    // Missing, or cut off by a crash while the disk was full: either way it names nobody.
    return undefined;
  }
};

export const recordedNames = (directory: string): string[] =>
  readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));

/** True when the process of the record still runs, and is that process: pid, start time and marker agree. */
export const recordIsAlive = (record: ProcessRecord): boolean =>
  isSameProcess(record) && (identify(record.pid)?.command.includes(record.marker) ?? false);

/** Ends the process a crashed supervisor left behind. A foreign process under the same pid is never touched. */
export const endOrphan = async (directory: string, name: string, graceMs: number): Promise<boolean> => {
  const record = readRecord(directory, name);
  const alive = record !== undefined && recordIsAlive(record);
  if (alive) await endProcess(record, record.stopSignal, graceMs);
  removeRecord(directory, name);
  return alive;
};

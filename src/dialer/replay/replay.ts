import { deserialise, type KernelState, serialise, step } from '../kernel/kernel';
import { kernelVersion, nodeMajor } from './kernel-version';
import { commandsText, configurationHash, readSegment, type Segment, SegmentError, segmentFiles } from './segment';

/** One input after which the kernel of today commands something else than was written. */
export interface Difference {
  file: string;
  /** The input's place in its segment, from 1. */
  number: number;
  input: string;
  written: string;
  replayed: string;
}

export interface ReplayReport {
  segments: number;
  inputs: number;
  commands: number;
  /** Inputs whose commands differ. */
  different: number;
  /** The first of them. */
  differences: Difference[];
  /** Snapshots that the replay of the segment before arrived at exactly. */
  snapshotsReached: number;
  snapshotsMissed: number;
  /** Inputs that the writer had to leave out. */
  dropped: number;
  virtualSeconds: number;
}

export interface ReplayOptions {
  directory: string;
  /** Also under another kernel or Node version than the log was written by. */
  diff: boolean;
  /** How many differences are kept. */
  keep?: number;
  onProgress?: (done: number, of: number) => void;
}

export class ReplayRefused extends Error {}

const KEEP = 20;

/** Does again what was written down, segment by segment from each one's snapshot. */
export const replay = ({ directory, diff, keep = KEEP, onProgress }: ReplayOptions): ReplayReport => {
  const files = segmentFiles(directory);
  if (files.length === 0) throw new SegmentError(`${directory} holds no segment of an input log`);
  const version = kernelVersion();
  const report: ReplayReport = {
    segments: 0,
    inputs: 0,
    commands: 0,
    different: 0,
    differences: [],
    snapshotsReached: 0,
    snapshotsMissed: 0,
    dropped: 0,
    virtualSeconds: 0,
  };
  let before: { segment: Segment; reached: string } | undefined;
  for (const [index, file] of files.entries()) {
    const segment = readSegment(file);
    if (!diff) refuseOther(segment, version);
    if (before && follows(before.segment, segment)) {
      if (canonical(before.reached) === canonical(segment.snapshot)) report.snapshotsReached += 1;
      else report.snapshotsMissed += 1;
    }
    const state = deserialise(segment.snapshot);
    if (configurationHash(state) !== segment.header.configuration) {
      throw new SegmentError(`${file}: the snapshot is not of the configuration that the header names`);
    }
    run(segment, state, report, keep);
    before = { segment, reached: serialise(state) };
    onProgress?.(index + 1, files.length);
  }
  return report;
};

const refuseOther = ({ file, header }: Segment, version: string): void => {
  if (header.kernel !== version) {
    throw new ReplayRefused(
      `${file} was written by kernel ${header.kernel}, this is ${version}: the commands may differ. --diff replays it all the same and shows where`,
    );
  }
  if (header.node !== nodeMajor()) {
    throw new ReplayRefused(
      `${file} was written by Node ${header.node}, this is ${nodeMajor()}: the commands may differ. --diff replays it all the same and shows where`,
    );
  }
};

/** Without a hole between them. */
const follows = (a: Segment, b: Segment): boolean =>
  a.header.epoch === b.header.epoch && a.header.segment + 1 === b.header.segment && a.end?.dropped === 0;

/** The order of an object's fields depends on how it came about and means nothing; Maps are lists here and keep theirs. */
const canonical = (serialised: string): string =>
  JSON.stringify(JSON.parse(serialised), (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

const run = (segment: Segment, state: KernelState, report: ReplayReport, keep: number): void => {
  let last = segment.header.at;
  for (const [index, { input, commands: written }] of segment.steps.entries()) {
    const text = JSON.stringify(input);
    const commands = step(state, input);
    const replayed = commandsText(commands);
    report.inputs += 1;
    report.commands += commands.length;
    last = input.at;
    if (replayed === written) continue;
    report.different += 1;
    if (report.differences.length < keep) {
      report.differences.push({ file: segment.file, number: index + 1, input: text, written, replayed });
    }
  }
  report.segments += 1;
  report.dropped += segment.end?.dropped ?? 0;
  const first = segment.steps[0]?.input.at ?? last;
  report.virtualSeconds += (last - first) / 1000;
};

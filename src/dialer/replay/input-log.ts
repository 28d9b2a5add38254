import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type KernelState, serialise } from '../kernel/kernel';
import type { Command, Input } from '../kernel/messages';
import { kernelVersion, nodeMajor } from './kernel-version';
import {
  configurationHash,
  endLine,
  FORMAT,
  headerLine,
  isSegment,
  segmentName,
  snapshotLine,
  stepLine,
} from './segment';
import { backgroundWriter, blockingWriter } from './segment-writer';

/** Writes down every input of a kernel and what it commanded, so that `replay` can do it again. */
export interface InputLog {
  /** Before the step: the input as the kernel will see it. */
  before(input: Input): void;
  /** After the step, with the state that it left. */
  after(commands: readonly Command[], state: KernelState): void;
  /** Ends the segment in order; resolves when it is on disk. */
  close(): Promise<void>;
}

export interface InputLogOptions {
  /** One per dialer. */
  directory: string;
  dialerId: string;
  epoch: number;
  /** The kernel's state before its first input. */
  state: KernelState;
  /** A segment, with a new snapshot, begins this often (5 minutes). */
  segmentMs?: number;
  /** Kept on disk; the oldest segments go (1 GB). */
  maxBytes?: number;
  /** Inputs are left out, and the segment says so, while more than this waits for the disk (32 MB). */
  maxWaiting?: number;
  /** On the calling thread, for a run in virtual time that leaves no turn to anything else. */
  blocking?: boolean;
  onProblem?: (problem: string, error?: unknown) => void;
}

const SEGMENT_MS = 300_000;
const MAX_BYTES = 1024 ** 3;
const MAX_WAITING = 32 * 1024 ** 2;
const FLUSH_CHARACTERS = 64 * 1024;
const FLUSH_MS = 1_000;

export const createInputLog = (options: InputLogOptions): InputLog => {
  const { directory, dialerId, epoch, onProblem = () => undefined } = options;
  const segmentMs = options.segmentMs ?? SEGMENT_MS;
  const maxWaiting = options.maxWaiting ?? MAX_WAITING;
  const version = kernelVersion();
  let segment = 0;
  let file = '';
  let beganAt = 0;
  let lines: string[] = [];
  let characters = 0;
  let flushedAt = 0;
  let pending = '';
  let dropped = 0;
  let broken = false;
  let closed = false;

  const fail = (error: unknown): void => {
    // Nothing that depends on this may stop: a log with a hole begins anew at the next segment.
    if (!broken) onProblem('the input log cannot be written', error);
    broken = true;
  };
  const writer = options.blocking ? blockingWriter() : backgroundWriter(fail);

  const flush = (at: number): void => {
    flushedAt = at;
    if (lines.length === 0) return;
    if (!broken) writer.write(file, lines.join(''));
    lines = [];
    characters = 0;
  };
  const add = (line: string): void => {
    lines.push(line);
    characters += line.length;
  };

  const begin = (state: KernelState): void => {
    broken = false;
    dropped = 0;
    segment += 1;
    try {
      mkdirSync(directory, { recursive: true });
      // A process that had the same epoch before us is gone: its segments keep their names.
      while (readdirSync(directory).includes(segmentName(epoch, segment))) segment += 1;
      prune(directory, options.maxBytes ?? MAX_BYTES);
    } catch (error) {
      fail(error);
    }
    file = join(directory, segmentName(epoch, segment));
    const { at, wall } = state;
    beganAt = at;
    const configuration = configurationHash(state);
    add(
      headerLine({
        format: FORMAT,
        dialerId,
        epoch,
        segment,
        kernel: version,
        node: nodeMajor(),
        configuration,
        at,
        wall,
      }),
    );
    add(snapshotLine(serialise(state)));
  };

  begin(options.state);
  // The clock of a kernel that was just created stands at nought.
  let first = true;

  return {
    before(input) {
      if (!closed) pending = JSON.stringify(input);
    },
    after(commands, state) {
      if (closed) return;
      const { at } = state;
      if (first) {
        first = false;
        beganAt = at;
      }
      if (dropped > 0 || writer.waiting > maxWaiting) {
        if (dropped === 0) onProblem('the disk is too slow for the input log: inputs are left out');
        dropped += 1;
        if (writer.waiting > maxWaiting / 2) return;
        add(endLine(dropped));
        flush(at);
        begin(state);
        return;
      }
      add(stepLine(pending, commands));
      if (at - beganAt >= segmentMs) {
        add(endLine(0));
        flush(at);
        begin(state);
      } else if (characters >= FLUSH_CHARACTERS || at - flushedAt >= FLUSH_MS) flush(at);
    },
    async close() {
      if (!closed) {
        closed = true;
        add(endLine(dropped));
        flush(0);
      }
      await writer.settled();
    },
  };
};

/** Oldest first until the rest fits. */
const prune = (directory: string, maxBytes: number): void => {
  const names = readdirSync(directory).filter(isSegment).sort();
  const sizes = names.map((name) => statSync(join(directory, name)).size);
  let total = sizes.reduce((sum, size) => sum + size, 0);
  for (const [index, name] of names.entries()) {
    if (total <= maxBytes) return;
    rmSync(join(directory, name));
    total -= sizes[index] ?? 0;
  }
};

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { z } from 'zod';
import type { KernelState } from '../kernel/kernel';
import type { Command, Input } from '../kernel/messages';

/**
 * One segment is a file of JSON lines in gzip members, appended as they fill: a header, the kernel's state, then each
 * input with the commands that followed, and a last line when it was closed in order. A file that a crash cut off is
 * readable up to its last whole member.
 */

export const FORMAT = 1;
const SUFFIX = '.jsonl.gz';

const headerSchema = z.object({
  format: z.literal(FORMAT),
  dialerId: z.string(),
  epoch: z.number(),
  segment: z.number(),
  kernel: z.string(),
  node: z.number(),
  /** Of the campaigns' configurations at the beginning; later changes are inputs. */
  configuration: z.string(),
  at: z.number(),
  wall: z.number(),
});
export type SegmentHeader = z.infer<typeof headerSchema>;

export interface LoggedStep {
  input: Input;
  /** As they were written. */
  commands: string;
}

export interface Segment {
  file: string;
  header: SegmentHeader;
  /** As the kernel serialised it. */
  snapshot: string;
  steps: LoggedStep[];
  /** Null when the process ended without closing it. */
  end: { dropped: number } | null;
}

export const segmentName = (epoch: number, segment: number): string =>
  `${String(epoch).padStart(8, '0')}-${String(segment).padStart(8, '0')}${SUFFIX}`;

export const isSegment = (name: string): boolean => /^\d{8,}-\d{8,}\.jsonl\.gz$/.test(name);

export const configurationHash = (state: KernelState): string => {
  const configurations = [...state.campaigns.values()].map((campaign) => campaign.config);
  return createHash('sha256').update(JSON.stringify(configurations)).digest('hex').slice(0, 16);
};

const NO_COMMANDS = '[]';

export const headerLine = (header: SegmentHeader): string => `${JSON.stringify(header)}\n`;
export const snapshotLine = (serialised: string): string => `${serialised}\n`;
/** Commands come apart from their input, so that each can be compared as it was written. */
export const stepLine = (input: string, commands: readonly Command[]): string =>
  `i${input}\n${commands.length === 0 ? '' : `c${JSON.stringify(commands)}\n`}`;
export const endLine = (dropped: number): string => `e${JSON.stringify({ dropped })}\n`;

export const commandsText = (commands: readonly Command[]): string =>
  commands.length === 0 ? NO_COMMANDS : JSON.stringify(commands);

export class SegmentError extends Error {}

export const segmentFiles = (directory: string): string[] =>
  readdirSync(directory)
    .filter(isSegment)
    .sort()
    .map((name) => join(directory, name));

export const readSegment = (file: string): Segment => {
  // What a crash cut off is missing at the end, and is no fault of the rest.
  const text = gunzipSync(readFileSync(file), { finishFlush: constants.Z_SYNC_FLUSH }).toString('utf8');
  const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
  const [first, snapshot] = lines;
  let header: SegmentHeader;
  try {
    header = headerSchema.parse(JSON.parse(first ?? ''));
  } catch {
    throw new SegmentError(`${file} is no segment of an input log of format ${FORMAT}`);
  }
  if (snapshot === undefined) throw new SegmentError(`${file} ends before its snapshot`);
  const steps: LoggedStep[] = [];
  let end: Segment['end'] = null;
  for (const line of lines.slice(2)) {
    const body = line.slice(1);
    if (line.startsWith('i')) steps.push({ input: JSON.parse(body) as Input, commands: NO_COMMANDS });
    else if (line.startsWith('c')) steps[steps.length - 1]!.commands = body;
    else if (line.startsWith('e')) end = JSON.parse(body) as { dropped: number };
    else throw new SegmentError(`${file} holds a line that no input log has`);
  }
  // Of the last input of a cut file the commands may be missing: it proves nothing.
  if (end === null) steps.pop();
  return { file, header, snapshot, steps, end };
};

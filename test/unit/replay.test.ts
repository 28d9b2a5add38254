import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { agentView, campaignView, createState, pacingDecision, step } from '../../src/dialer/kernel/kernel';
import type { Input } from '../../src/dialer/kernel/messages';
import { createInputLog, type InputLog } from '../../src/dialer/replay/input-log';
import { kernelVersion } from '../../src/dialer/replay/kernel-version';
import { ReplayRefused, replay } from '../../src/dialer/replay/replay';
import { SegmentError } from '../../src/dialer/replay/segment';
import { simulate } from '../../src/dialer/simulator/engine';
import { parseWorld } from '../../src/dialer/simulator/world';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'outdial-replay-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** With `watched` the live figures are read between the steps, as a dialer's shell does. */
const logged = async (hours: number, mode: 'PROGRESSIVE' | 'PREDICTIVE', watched = false): Promise<void> => {
  let log: InputLog | undefined;
  let inputs = 0;
  simulate({
    world: parseWorld({ hitRate: 0.3, agents: { breaks: { perShift: 2 } } }),
    agents: 12,
    hours,
    days: 1,
    seed: 3,
    pacing:
      mode === 'PROGRESSIVE' ? { mode, dialingRate: 2 } : { mode, maxDialingRate: 10, correctionPace: 70, gain: 1 },
    openLog: (state) => {
      const opened = createInputLog({ directory, dialerId: state.dialerId, epoch: state.epoch, state, blocking: true });
      log = opened;
      if (!watched) return opened;
      return {
        before: opened.before,
        after(commands, after) {
          opened.after(commands, after);
          inputs += 1;
          if (inputs % 5 !== 0) return;
          for (const id of after.campaigns.keys()) campaignView(after, id);
          for (const id of after.campaigns.keys()) pacingDecision(after, id);
          for (const id of after.agents.keys()) agentView(after, id);
        },
      };
    },
  });
  await log?.close();
};

const files = (): string[] =>
  readdirSync(directory)
    .sort()
    .map((name) => join(directory, name));

const rewrite = (file: string, change: (text: string) => string): void =>
  writeFileSync(file, gzipSync(change(gunzipSync(readFileSync(file)).toString('utf8'))));

test.each(['PROGRESSIVE', 'PREDICTIVE'] as const)(
  '%s: reading the live figures leaves nothing behind that a replay would miss',
  async (mode) => {
    await logged(1, mode, true);
    const report = replay({ directory, diff: false });
    expect(report).toMatchObject({ different: 0, snapshotsMissed: 0 });
    expect(report.snapshotsReached).toBeGreaterThan(5);
  },
);

test.each(['PROGRESSIVE', 'PREDICTIVE'] as const)(
  '%s: what was written is done again, command by command',
  async (mode) => {
    await logged(1, mode);
    const report = replay({ directory, diff: false });
    expect(report.segments).toBeGreaterThanOrEqual(12);
    expect(report.inputs).toBeGreaterThan(1_000);
    expect(report.commands).toBeGreaterThan(1_000);
    expect(report).toMatchObject({ different: 0, snapshotsMissed: 0, dropped: 0 });
    expect(report.snapshotsReached).toBe(report.segments - 1);
  },
);

test('a kernel that commands something else is found out', async () => {
  await logged(0.3, 'PROGRESSIVE');
  rewrite(files()[1]!, (text) => text.replace('"type":"placed"', '"type":"tick"'));
  const report = replay({ directory, diff: false });
  expect(report.different).toBeGreaterThan(0);
  expect(report.differences[0]).toMatchObject({ file: files()[1], replayed: expect.any(String) });
  expect(report.differences[0]?.written).not.toBe(report.differences[0]?.replayed);
});

test('another version of the kernel is refused unless differences are asked for', async () => {
  await logged(0.1, 'PROGRESSIVE');
  rewrite(files()[0]!, (text) => text.replace(kernelVersion(), 'ffffffffffffffff'));
  expect(() => replay({ directory, diff: false })).toThrow(ReplayRefused);
  expect(replay({ directory, diff: true }).different).toBe(0);
});

test('another major of Node is refused too', async () => {
  await logged(0.1, 'PROGRESSIVE');
  rewrite(files()[0]!, (text) => text.replace(/"node":\d+/, '"node":8'));
  expect(() => replay({ directory, diff: false })).toThrow(/Node 8/);
});

test('a file that a crash cut off is replayed as far as it goes', async () => {
  await logged(0.3, 'PROGRESSIVE');
  const last = files().at(-1)!;
  const whole = replay({ directory, diff: false });
  truncateSync(last, readFileSync(last).length - 100);
  const cut = replay({ directory, diff: false });
  expect(cut.different).toBe(0);
  expect(cut.inputs).toBeLessThan(whole.inputs);
});

test('a directory without segments, and a file that is none', () => {
  expect(() => replay({ directory, diff: false })).toThrow(SegmentError);
  writeFileSync(join(directory, '00000001-00000001.jsonl.gz'), gzipSync('{}\n{}\n'));
  expect(() => replay({ directory, diff: false })).toThrow(/no segment/);
});

const ticks = (log: InputLog, count: number, everyMs: number): void => {
  for (let index = 1; index <= count; index += 1) {
    const input: Input = { type: 'tick', at: index * everyMs, wall: 1_700_000_000_000 + index * everyMs };
    log.before(input);
    log.after(step(state, input), state);
  }
};
let state = createState({ dialerId: 'dialer', epoch: 4 });

test('in the background: bounded, and a hole is told and ends with a new segment', async () => {
  state = createState({ dialerId: 'dialer', epoch: 4 });
  const problems: string[] = [];
  const log = createInputLog({
    directory,
    dialerId: 'dialer',
    epoch: 4,
    state,
    maxWaiting: 200,
    onProblem: (problem) => problems.push(problem),
  });
  // No turn is left to the disk: what does not fit is left out.
  ticks(log, 20, 1_000);
  expect(problems).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 100));
  ticks(log, 3, 1_000);
  await log.close();
  const report = replay({ directory, diff: false });
  expect(report.dropped).toBeGreaterThan(0);
  expect(report.different).toBe(0);
  expect(report.segments).toBeGreaterThanOrEqual(2);
});

test('a place that cannot be written is told once per segment and stops nothing', async () => {
  state = createState({ dialerId: 'dialer', epoch: 5 });
  const file = join(directory, 'a-file');
  writeFileSync(file, '');
  const problems: string[] = [];
  const log = createInputLog({
    directory: join(file, 'below'),
    dialerId: 'dialer',
    epoch: 5,
    state,
    onProblem: (problem) => problems.push(problem),
  });
  ticks(log, 5, 1_000);
  await log.close();
  expect(problems).toEqual(['the input log cannot be written']);
});

test('the oldest segments go when the room is used up', async () => {
  state = createState({ dialerId: 'dialer', epoch: 6 });
  const log = createInputLog({
    directory,
    dialerId: 'dialer',
    epoch: 6,
    state,
    segmentMs: 1_000,
    maxBytes: 2_000,
    blocking: true,
  });
  ticks(log, 200, 100);
  await log.close();
  const names = readdirSync(directory);
  expect(names).not.toContain('00000006-00000001.jsonl.gz');
  expect(names.length).toBeGreaterThan(1);
});

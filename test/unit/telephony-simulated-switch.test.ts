import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWorld, readTruthLog, WorldError } from '../../src/telephony/simulated-switch';
import { drawCallee } from '../../src/telephony/simulated-switch/callee';
import { Scheduler } from '../../src/telephony/simulated-switch/scheduler';
import { TruthLog } from '../../src/telephony/simulated-switch/truth-log';

describe('the world of the simulated switch', () => {
  test('every fault is named with its field', () => {
    const broken = { callees: { answerProbability: 2 }, limits: { maxLines: -1 }, typo: 1 };
    expect(() => parseWorld(broken)).toThrow(WorldError);
    expect(() => parseWorld(broken)).toThrow(/callees\.answerProbability.*limits\.maxLines.*typo/);
  });

  test('the same seed, number and call give the same callee; another call of the number another', () => {
    const world = parseWorld({ callees: { answerProbability: 0.5, ringMs: { min: 0, max: 1000 } } });
    const draw = (nth: number) => drawCallee(world, 3, '+12025550101', nth, undefined);
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1).talkMs).not.toBe(draw(2).talkMs);
  });

  test('shares come out as stated', () => {
    const world = parseWorld({
      callees: {
        answerProbability: 0.4,
        voices: { machine: 0.25 },
        failures: { busy: 0.5, invalid: 0.5, rejected: 0, networkFailure: 0 },
      },
      amdErrors: { humanAsMachine: 0.1 },
    });
    const callees = Array.from({ length: 4000 }, (_, n) => drawCallee(world, 1, `+1${n}`, 1, undefined));
    const share = (of: typeof callees, holds: (callee: (typeof callees)[number]) => boolean) =>
      of.filter(holds).length / of.length;
    const answered = callees.filter((callee) => callee.answers);
    expect(share(callees, (callee) => callee.answers)).toBeCloseTo(0.4, 1);
    expect(share(answered, (callee) => callee.voice === 'machine')).toBeCloseTo(0.25, 1);
    expect(
      share(
        answered.filter((callee) => callee.live),
        (callee) => callee.verdict === 'MACHINE',
      ),
    ).toBeCloseTo(0.1, 1);
    expect(
      share(
        callees.filter((callee) => !callee.answers),
        (callee) => callee.failure?.sip === 486,
      ),
    ).toBeCloseTo(0.5, 1);
  });

  test('a rule by suffix, and a script by number over it', () => {
    const world = parseWorld({ timeScale: 0.5, rules: [{ suffix: '99', script: { outcome: 486, ringMs: 100 } }] });
    expect(drawCallee(world, 1, '+12025550199', 1, undefined)).toMatchObject({
      answers: false,
      failure: { sip: 486 },
      ringMs: 50,
    });
    expect(drawCallee(world, 1, '+12025550199', 1, { outcome: 'answer' })).toMatchObject({ answers: true, ringMs: 50 });
  });
});

describe('the scheduler', () => {
  test('runs what is due in order of time, then of scheduling, and not what was cancelled', async () => {
    const scheduler = new Scheduler((error) => {
      throw error;
    });
    const ran: string[] = [];
    const last = new Promise<void>((resolve) => {
      scheduler.after(500, () => {
        ran.push('late');
        resolve();
      });
    });
    scheduler.after(5, () => ran.push('a'));
    scheduler.after(5, () => ran.push('b'));
    scheduler.after(5, () => ran.push('cancelled')).cancelled = true;
    for (let index = 0; index < 200; index++) scheduler.after(10 + (index % 7), () => ran.push('x'));
    await last;
    expect(ran.slice(0, 2)).toEqual(['a', 'b']);
    expect(ran).toHaveLength(203);
    expect(ran.at(-1)).toBe('late');
  });
});

describe('the truth log', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'outdial-truth-'));
    path = join(folder, 'truth.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const lines = (...entries: object[]): void =>
    writeFileSync(path, `${entries.map((e) => JSON.stringify(e)).join('\n')}\n`);
  const originate = (t: number, leg: string, to: string, kind = 'customer') => ({
    t,
    e: 'originate',
    leg,
    kind,
    to,
    app: 'a',
    callerId: '',
    trunk: 't',
  });

  test('silence of a living person is what is neither talk nor message', () => {
    lines(
      originate(0, 'agent-1', 'dev', 'agent'),
      { t: 1, e: 'bridged', leg: 'agent-1', bridge: 'b' },
      originate(10, 'l', '+1'),
      { t: 100, e: 'answered', leg: 'l', voice: 'person', live: true },
      { t: 150, e: 'bridged', leg: 'l', bridge: 'b' },
      { t: 400, e: 'unbridged', leg: 'agent-1', bridge: 'b' },
      { t: 600, e: 'message', leg: 'l', by: 'app', media: 'm', play: 'p' },
      { t: 900, e: 'messageEnd', leg: 'l', play: 'p', completed: true },
      { t: 950, e: 'ended', leg: 'l', cause: 16, by: 'app' },
    );
    const truth = readTruthLog(path);
    expect(truth.customers[0]!.withAgent).toEqual([{ from: 150, to: 400, agentLeg: 'agent-1' }]);
    expect(truth.customers[0]!.silences).toEqual([
      { from: 100, to: 150 },
      { from: 400, to: 600 },
      { from: 900, to: 950 },
    ]);
    expect(truth.silentLivePersons(199)).toHaveLength(1);
    expect(truth.silentLivePersons(200)).toHaveLength(0);
  });

  test('two legs of a number at once are an overlap; a restart ends what was open', () => {
    lines(
      originate(0, 'a', '+1'),
      { t: 50, e: 'ended', leg: 'a', cause: 17, by: 'carrier' },
      originate(60, 'b', '+1'),
      { t: 100, e: 'start', instance: 'i', seed: 1 },
      originate(120, 'c', '+1'),
      originate(130, 'd', '+1'),
    );
    const truth = readTruthLog(path);
    expect(truth.byNumber.get('+1')).toHaveLength(4);
    expect(truth.overlaps).toEqual([{ number: '+1', first: 'c', second: 'd', at: 130 }]);
    expect(truth.legs[1]).toMatchObject({ endedBy: 'restart', endedAt: 60 });
  });

  test('a line torn by a kill is left out, a broken one elsewhere is not', () => {
    writeFileSync(path, `${JSON.stringify(originate(0, 'a', '+1'))}\n{"t":5,"e":"ri`);
    const log = new TruthLog(path);
    log.write({ e: 'start', instance: 'i', seed: 1 });
    log.close();
    expect(readTruthLog(path).legs).toHaveLength(1);
    writeFileSync(path, `{"t":5,"e":"ri\n${JSON.stringify(originate(0, 'a', '+1'))}\n`);
    expect(() => readTruthLog(path)).toThrow(SyntaxError);
  });
});

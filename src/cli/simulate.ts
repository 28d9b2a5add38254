import { writeFileSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { KernelState } from '../dialer/kernel/kernel';
import type { Pacing } from '../dialer/kernel/messages';
import { createInputLog, type InputLog } from '../dialer/replay/input-log';
import { chart } from '../dialer/simulator/chart';
import { type Forecast, forecast } from '../dialer/simulator/forecast';
import type { Spread } from '../dialer/simulator/spread';
import { parseWorld, readWorld, type World } from '../dialer/simulator/world';

const MODES = ['progressive', 'predictive', 'progressive-ivr', 'predictive-ivr'] as const;
const AGENTS = 20;
const PORTS = 20;

interface SimulateOptions {
  agents?: number;
  ports?: number;
  hitRate?: number;
  mode: (typeof MODES)[number];
  rate?: number;
  abandonRate: number;
  pace: number;
  gain: number;
  guard?: 'strict' | 'balanced';
  hours: number;
  days: number;
  contacts?: number;
  seed: number;
  seeds: number;
  world?: string;
  json?: true;
  chart?: string;
  log?: string;
}

/** A number in its range, or a refusal that says what is allowed. */
const within = (least: number, most: number, whole: boolean) => (text: string) => {
  const value = Number(text);
  const fits = text.trim() !== '' && value >= least && value <= most && (!whole || Number.isInteger(value));
  if (!fits) throw new InvalidArgumentError(`${whole ? 'A whole number' : 'A number'} from ${least} to ${most}.`);
  return value;
};

const worldOf = (options: SimulateOptions): World => {
  const world = options.world === undefined ? parseWorld({}) : readWorld(options.world);
  const changed = { ...world };
  if (options.hitRate !== undefined) changed.hitRate = options.hitRate;
  if (options.contacts !== undefined) {
    changed.campaigns = world.campaigns.map((campaign) => ({ ...campaign, contacts: options.contacts }));
  }
  // What the options changed must still make a world.
  return parseWorld(changed, 'The world with these options');
};

/** Agents, or ports in place of them; what is foreign to the mode is refused. */
const crewOf = ({ mode, agents, ports }: SimulateOptions): { agents: number; ports: number } => {
  const ivr = mode.endsWith('-ivr');
  if (ivr && agents !== undefined) throw new InvalidArgumentError(`--agents does not belong to ${mode}: give --ports.`);
  if (!ivr && ports !== undefined) throw new InvalidArgumentError(`--ports does not belong to ${mode}: give --agents.`);
  return ivr ? { agents: 0, ports: ports ?? PORTS } : { agents: agents ?? AGENTS, ports: 0 };
};

const crewText = ({ agents, ports }: { agents: number; ports: number }): string =>
  ports > 0 ? `${ports} ports` : `${agents} agents`;

const pacingOf = ({ mode, rate, pace, gain }: SimulateOptions): Pacing =>
  mode.startsWith('progressive')
    ? { mode: 'PROGRESSIVE', dialingRate: rate ?? 1 }
    : { mode: 'PREDICTIVE', maxDialingRate: rate ?? 3, correctionPace: pace, gain };

const guardOf = ({ guard }: SimulateOptions): { guard?: 'STRICT' | 'BALANCED' } =>
  guard === undefined ? {} : { guard: guard === 'strict' ? 'STRICT' : 'BALANCED' };

const figure = (of: Spread, unit: string, digits: number): string => {
  const mean = `${of.mean.toFixed(digits)}${unit}`;
  if (of.standardError === null) return mean;
  return `${mean.padEnd(12)} ± ${of.standardError.toFixed(digits)}   ${of.least.toFixed(digits)} to ${of.most.toFixed(digits)}`;
};

const report = (found: Forecast, options: SimulateOptions): string => {
  const crew = options.mode.endsWith('-ivr') ? 'port' : 'agent';
  const rows: [string, string][] = [
    ['Occupancy', figure(found.occupancyPercent, ' %', 1)],
    ['Abandoned persons', figure(found.abandonPercent, ' %', 2)],
    ["  in the dialer's ledger", figure(found.recordedAbandonPercent, ' %', 2)],
    ['  worst whole day', figure(found.worstDayPercent, ' %', 2)],
    ['  worst rolling 24 hours', figure(found.worst24HoursPercent, ' %', 2)],
    ['  worst rolling hour', figure(found.worstHourPercent, ' %', 2)],
    ['Calls per hour', figure(found.callsPerHour, '', 0)],
    ['Persons per hour', figure(found.answersPerHour, '', 0)],
    ['Answer to connect', figure(found.answerToConnectSeconds, ' s', 2)],
    [`Connects per ${crew}-hour`, figure(found.connectsPerAgentHour, '', 2)],
    [`Talk per ${crew}-hour`, figure(found.talkMinutesPerHour, ' min', 1)],
  ];
  if (options.contacts !== undefined || found.finishHours) {
    rows.push(['Lists finished after', found.finishHours ? figure(found.finishHours, ' h', 2) : 'not within the days']);
  }
  const run = found.runs[0]!;
  const recovery = run.recoveries.map(
    (each) =>
      `  hour ${each.atHour}: ${each.first5MinutesPercent.toFixed(1)} % in 5 min, ${each.first15MinutesPercent.toFixed(1)} % in 15, ` +
      `${each.firstHourPercent.toFixed(1)} % in 60; calm after ${each.minutesToRecover ?? 'over 120'} min`,
  );
  const took = found.runs.reduce((sum, each) => sum + each.tookSeconds, 0);
  const virtual = options.hours * options.days * found.runs.length;
  const seeds = found.seeds === 1 ? `seed ${run.seed}` : `${found.seeds} seeds from ${run.seed}`;
  return [
    `${crewText(run)}, ${options.mode}, ${options.days} x ${options.hours} h, ${seeds}`,
    found.seeds > 1 ? `${' '.repeat(26)}mean           error   least to most` : '',
    ...rows.map(([name, value]) => `${name.padEnd(26)}${value}`),
    ...(recovery.length > 0 ? [`After a change of the hit rate (seed ${run.seed}), abandoned:`, ...recovery] : []),
    `${virtual} h in ${took.toFixed(1)} s; a tick of the kernel took ${run.steps.tickMedianMicros.toFixed(0)} us (median), an event ${run.steps.eventMedianMicros.toFixed(0)} us`,
  ]
    .filter((line) => line !== '')
    .join('\n');
};

/** Of the first run alone: the others would only mix with it. */
const logInto = (directory: string) => {
  let log: InputLog | undefined;
  return {
    open(state: KernelState): Pick<InputLog, 'before' | 'after'> {
      if (log) return { before: () => undefined, after: () => undefined };
      const { dialerId, epoch } = state;
      log = createInputLog({ directory, dialerId, epoch, state, blocking: true });
      return log;
    },
    close: async () => log?.close(),
  };
};

const run = async (options: SimulateOptions): Promise<void> => {
  const world = worldOf(options);
  const log = options.log === undefined ? undefined : logInto(options.log);
  const bar = process.stderr.isTTY
    ? new SingleBar({
        stream: process.stderr,
        format: 'simulating {bar} {percentage}% | {eta_formatted}',
        hideCursor: true,
      })
    : undefined;
  bar?.start(1000, 0);
  const found = forecast({
    world,
    ...crewOf(options),
    hours: options.hours,
    days: options.days,
    seed: options.seed,
    seeds: options.seeds,
    pacing: pacingOf(options),
    abandon: { limitPercent: options.abandonRate, ...guardOf(options) },
    openLog: log?.open,
    onProgress: (done) => bar?.update(Math.round(done * 1000)),
  });
  bar?.stop();
  await log?.close();
  if (options.chart !== undefined) {
    const run = found.runs[0]!;
    const title = `${crewText(run)}, ${options.mode}, seed ${run.seed}: occupancy ${run.occupancyPercent.toFixed(1)} %, abandoned ${run.persons.percent.toFixed(2)} %`;
    writeFileSync(options.chart, chart(title, run.intervals, options.abandonRate));
  }
  process.stdout.write(`${options.json ? JSON.stringify(found, null, 2) : report(found, options)}\n`);
};

export const simulateCommand = (): Command =>
  new Command('simulate')
    .description("runs the dialer's own code in virtual time against a seeded world and tells what to expect")
    .addOption(new Option('--agents <n>', `agents (${AGENTS})`).argParser(within(1, 5000, true)))
    .addOption(
      new Option('--ports <n>', `of each campaign, in place of agents in the ivr modes (${PORTS})`).argParser(
        within(1, 1000, true),
      ),
    )
    .addOption(
      new Option('--hit-rate <share>', 'share of dials that a person answers (0.2 when no world says)').argParser(
        within(0, 1, false),
      ),
    )
    .addOption(new Option('--mode <mode>', 'pacing').choices(MODES).default('progressive'))
    .addOption(
      new Option('--rate <lines>', 'lines per agent: the dialing rate, or the most of it (1, predictive 3)').argParser(
        within(1, 10, false),
      ),
    )
    .addOption(new Option('--abandon-rate <percent>', 'limit').argParser(within(0.1, 100, false)).default(3))
    .addOption(
      new Option('--pace <answers>', 'predictive correction pace').argParser(within(10, 5000, true)).default(70),
    )
    .addOption(new Option('--gain <gain>', 'predictive gain').argParser(within(0.1, 3, false)).default(1))
    .addOption(
      new Option('--guard <guard>', 'of the abandon limit (balanced when predictive)').choices(['strict', 'balanced']),
    )
    .addOption(new Option('--hours <n>', 'length of a day').argParser(within(0.1, 24, false)).default(9))
    .addOption(new Option('--days <n>', 'days, learning and ledgers kept').argParser(within(1, 400, true)).default(1))
    .addOption(
      new Option('--contacts <n>', 'length of the list (endless when no world says)').argParser(
        within(1, 100_000_000, true),
      ),
    )
    .addOption(new Option('--seed <n>', 'first seed').argParser(within(0, 2 ** 31 - 1, true)).default(1))
    .addOption(new Option('--seeds <n>', 'how many seeds').argParser(within(1, 1000, true)).default(1))
    .option('--world <file>', 'JSON: the people, the carrier and the agents; see docs/pacing.md')
    .option('--json', 'everything, as JSON')
    .option('--log <directory>', 'writes the input log of the first seed, for outdial replay')
    .option('--chart <file>', 'writes the first seed as an SVG chart')
    .action(run);

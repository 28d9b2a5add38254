import 'reflect-metadata';
import { Command } from 'commander';
import { callsBench } from './calls';
import { contactsBench } from './contacts';
import { dncBench } from './dnc';
import { foretoldBench } from './foretold';
import { importBench } from './import';
import type { Bench, BenchRun } from './lib/bench';
import { printTable, writeJson } from './lib/report';
import { pacingBench } from './pacing';

/** `npm run bench -- NAME`: one line for each. */
const BENCHES: Readonly<Record<string, Bench>> = {
  calls: callsBench,
  contacts: contactsBench,
  foretold: foretoldBench,
  dnc: dncBench,
  import: importBench,
  pacing: pacingBench,
};

const names = Object.keys(BENCHES).join(', ');
const list = Object.entries(BENCHES).map(([name, { description }]) => `  ${name}: ${description}`);

const program = new Command('bench')
  .description('Measures, with databases that flush to disk (fsync and synchronous_commit on)')
  .argument('<name>', `one of ${names}`)
  .option('--json <file>', 'writes the rows, the commit and the machine to a file')
  .option('--quick', 'a short run, under 90 s', false)
  .option('--agents <list>', 'pacing: how many agents, e.g. 5,20,100,500')
  .option('--contacts <n>', 'contacts: how many in the campaign')
  .option('--numbers <n>', 'dnc: numbers of the registry')
  .option('--hit <list>', 'pacing: hit rates, e.g. 0.2,0.35')
  .option('--seeds <n>', 'pacing: days of each cell')
  .option('--part <list>', 'pacing: of main, step, held-out, long')
  .option('--only <text>', 'pacing: contenders with one of these in their name, or without: !text,text')
  .option('--world <text>', 'pacing: held-out worlds with this in their name')
  .option('--days <n>', 'pacing: days of the part long')
  .option('--hours <n>', 'pacing: length of a day of the part long (9)')
  .option('--skip <n>', 'pacing: runs of the part long to leave out, which another process does')
  .option('--markdown <file>', 'pacing: writes the tables of docs/pacing.md')
  .addHelpText('after', `\n${list.join('\n')}`)
  .action(async (name: string, options: BenchRun['given'] & { json?: string; quick: boolean }) => {
    const bench = BENCHES[name];
    if (!bench) throw new Error(`There is no bench '${name}'; there are: ${names}`);
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const rows = await bench.run({ quick: options.quick, given: options, say });
    printTable(rows);
    if (options.json) writeJson(options.json, name, rows);
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

import 'reflect-metadata';
import { Command } from 'commander';
import { callsBench } from './calls';
import { importBench } from './import';
import type { Bench } from './lib/bench';
import { printTable, writeJson } from './lib/report';

/** `npm run bench -- NAME`: one line for each. */
const BENCHES: Readonly<Record<string, Bench>> = {
  calls: callsBench,
  import: importBench,
};

const names = Object.keys(BENCHES).join(', ');
const list = Object.entries(BENCHES).map(([name, { description }]) => `  ${name}: ${description}`);

const program = new Command('bench')
  .description('Measures, with databases that flush to disk (fsync and synchronous_commit on)')
  .argument('<name>', `one of ${names}`)
  .option('--json <file>', 'writes the rows, the commit and the machine to a file')
  .option('--quick', 'a short run, under 90 s', false)
  .addHelpText('after', `\n${list.join('\n')}`)
  .action(async (name: string, options: { json?: string; quick: boolean }) => {
    const bench = BENCHES[name];
    if (!bench) throw new Error(`There is no bench '${name}'; there are: ${names}`);
    const say = (line: string) => void process.stderr.write(`${line}\n`);
    const rows = await bench.run({ quick: options.quick, say });
    printTable(rows);
    if (options.json) writeJson(options.json, name, rows);
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

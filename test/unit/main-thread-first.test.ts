import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';

const SETUP = join(__dirname, '..', 'setup', 'register.cjs');
const PROGRAM = `
const { readdirSync } = require('node:fs');
const { getPriority } = require('node:os');
const { mainThreadFirst } = require('${join(__dirname, '..', '..', 'src', 'infra', 'main-thread-first.ts')}');
mainThreadFirst();
const others = readdirSync('/proc/self/task').map(Number).filter((thread) => thread !== process.pid);
console.log(JSON.stringify({ main: getPriority(process.pid), others: others.map((thread) => getPriority(thread)) }));`;

test('on Linux, other threads of the process come after the main one', () => {
  if (process.platform !== 'linux') return;
  // In a process of its own: what is put back cannot be put forward again.
  const { stdout } = spawnSync(process.execPath, ['-r', SETUP, '-e', PROGRAM], { encoding: 'utf8' });
  const { main, others } = JSON.parse(stdout) as { main: number; others: number[] };
  expect(main).toBe(constants.priority.PRIORITY_NORMAL);
  expect(others.length).toBeGreaterThan(0);
  expect(new Set(others)).toEqual(new Set([constants.priority.PRIORITY_BELOW_NORMAL]));
});

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identify } from '../../src/embedded/process-identity';

const root = join(__dirname, '..', '..');

/** A role's process, as small as can be: two steps, the second of which ignores its time. */
const PROGRAM = `
  const { createLifecycle } = require('${root}/src/infra/shutdown');
  const { createLogger } = require('${root}/src/infra/logger');
  const life = createLifecycle({ logger: createLogger('role', 'silent'), graceMs: 600 });
  const say = (text) => process.send?.({ say: text });
  life.onShutdown('first', async () => say('first'));
  life.onShutdown('endless', () => { say('endless'); return new Promise(() => {}); });
  life.onShutdown('broken', async (left) => { say('broken ' + (left > 500)); throw new Error('broken'); });
  life.signal.addEventListener('abort', () => say('aborted'));
  life.announce({ port: 1 });
  setInterval(() => {}, 1000);
  if (process.argv[2] === 'fault') setTimeout(() => { throw new Error('nobody catches this'); }, 20);
  life.ready();
`;

let directory: string;
let program: string;
const children: ChildProcess[] = [];
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'outdial-lifecycle-'));
  program = join(directory, 'role.ts');
  writeFileSync(program, PROGRAM);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const role = async (...args: string[]) => {
  const child = spawn(process.execPath, ['-r', join(root, 'test', 'setup', 'register.cjs'), program, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.push(child);
  const said: string[] = [];
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = await new Promise<unknown>((resolve) => {
    child.on('message', (message: { say?: string }) => {
      if (message.say) said.push(message.say);
      else resolve(message);
    });
  });
  return { child, said, exited, ready };
};

test('a role says that it is ready, and ends at SIGTERM by its steps, the last one first, in the time it has', async () => {
  const { child, said, exited, ready } = await role();
  expect(ready).toEqual({ ready: true, facts: { port: 1 } });
  const start = performance.now();
  child.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(performance.now() - start).toBeLessThan(3000);
  expect(said).toEqual(['aborted', 'broken true', 'endless', 'first']);
});

test('a second SIGINT ends a role at once', async () => {
  const { child, exited, said } = await role();
  child.kill('SIGINT');
  while (!said.includes('endless')) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGINT');
  expect(await exited).toBe(130);
});

test('a role ends when the pipe to its supervisor closes', async () => {
  const { child, exited } = await role();
  child.disconnect();
  expect(await exited).toBe(0);
  expect(identify(child.pid ?? 0)).toBeUndefined();
});

test('an error that nobody catches ends a role, by its steps, as a fault', async () => {
  const { exited, said } = await role('fault');
  expect(await exited).toBe(1);
  expect(said).toContain('first');
});

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';

/** A role run as its own process, as the supervisor runs it, so that a test can kill, stop and wake it. */
export interface RoleProcess {
  role: string;
  pid: number;
  /** What the role announced when it became ready, e.g. its port. */
  facts: Record<string, string | number>;
  exited: Promise<number | string>;
  alive(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Asks it to end, then insists. */
  stop(): Promise<void>;
}

const MAIN = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'main.js');
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 12_000;

/** The sources as built: `npm test` builds before it hands over to jest. */
export const startRole = async (
  role: string,
  env: Record<string, string>,
  options: { logFile?: string } = {},
): Promise<RoleProcess> => {
  // The role writes to the file itself: a test that is busy must not hold it up.
  const log = options.logFile === undefined ? undefined : openSync(options.logFile, 'a');
  const child = spawn(process.execPath, [MAIN, 'start', '--role', role], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', log ?? 'ignore', log ?? 'ignore', 'ipc'],
  });
  if (log !== undefined) closeSync(log);
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 0));
    child.once('error', (error) => resolve(error.message));
  });
  const facts = await readiness(role, child, exited);
  return {
    role,
    pid: child.pid ?? 0,
    facts,
    exited,
    alive: () => child.exitCode === null && child.signalCode === null,
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(insist);
    },
  };
};

const readiness = (role: string, child: ChildProcess, exited: Promise<number | string>) =>
  new Promise<RoleProcess['facts']>((resolve, reject) => {
    const late = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`Role ${role} was not ready within ${READY_WITHIN_MS} ms`));
    }, READY_WITHIN_MS);
    void exited.then((how) => {
      clearTimeout(late);
      reject(new Error(`Role ${role} ended (${how}) before it was ready`));
    });
    child.on('message', (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('ready' in message)) return;
      clearTimeout(late);
      resolve((message as { facts?: RoleProcess['facts'] }).facts ?? {});
    });
  });

import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';

/** A role run as its own process, as the supervisor runs it, so that a test can kill, stop and wake it. */
export interface RoleProcess {
  role: string;
  pid: number;
  /** What the role said when it became ready, e.g. its port. */
  ready: Record<string, unknown>;
  exited: Promise<number | string>;
  alive(): boolean;
  signal(name: NodeJS.Signals): void;
  /** Asks it to end, then insists. */
  stop(): Promise<void>;
}

const MAIN = join(__dirname, '..', '..', 'dist', 'src', 'cli', 'main.js');
const READY_WITHIN_MS = 60_000;

export const startRole = async (
  role: string,
  env: Record<string, string>,
  options: { logFile?: string } = {},
): Promise<RoleProcess> => {
  const child = spawn(process.execPath, [MAIN, 'start', '--role', role], {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'ignore', options.logFile ? 'pipe' : 'ignore', 'ipc'],
  });
  if (options.logFile) child.stderr?.pipe(createWriteStream(options.logFile, { flags: 'a' }));
  const exited = new Promise<number | string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? code ?? 0));
  });
  const ready = await readiness(role, child, exited);
  return {
    role,
    pid: child.pid ?? 0,
    ready,
    exited,
    alive: () => child.exitCode === null && child.signalCode === null,
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), 8_000);
      await exited;
      clearTimeout(insist);
    },
  };
};

const readiness = (role: string, child: ChildProcess, exited: Promise<number | string>) =>
  new Promise<Record<string, unknown>>((resolve, reject) => {
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
      resolve(message as Record<string, unknown>);
    });
  });

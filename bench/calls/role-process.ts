import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { extname, join } from 'node:path';
import { childEnvironment } from '../../src/config';
import type { ReadyMessage } from '../../src/infra/shutdown';

export interface RoleProcess {
  pid: number;
  facts: ReadyMessage['facts'];
  stop(): Promise<void>;
}

export interface RoleOrder {
  role: 'api' | 'switch' | 'worker' | 'dialer';
  environment: Record<string, string>;
  logFile: string;
  nodeArguments?: readonly string[];
}

const STOP_WITHIN_MS = 15_000;

const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });

/** The production code of a role in a process of its own, as the supervisor starts it. */
export const startRoleProcess = async (order: RoleOrder): Promise<RoleProcess> => {
  const { role, environment, logFile, nodeArguments = [] } = order;
  const program = join(__dirname, '..', '..', 'src', 'cli', `main${extname(__filename)}`);
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [...process.execArgv, ...nodeArguments, program, 'start', '--role', role], {
    env: childEnvironment(environment),
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const exited = exitOf(child);
  const facts = await new Promise<ReadyMessage['facts']>((resolve, reject) => {
    void exited.then((how) => reject(new Error(`${role} ended (${how}) before it was ready: see ${logFile}`)));
    child.on('message', (message: ReadyMessage) => {
      if (message.ready) resolve(message.facts);
    });
  });
  return {
    pid: child.pid ?? 0,
    facts,
    async stop() {
      child.kill('SIGTERM');
      const insist = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await exited;
      clearTimeout(insist);
    },
  };
};

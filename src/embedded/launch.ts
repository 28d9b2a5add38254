import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { endProcess, identify } from './process-identity';
import { removeRecord, writeRecord } from './process-record';

export interface LaunchOptions {
  name: string;
  command: string;
  args: string[];
  cwd: string;
  uid?: number;
  gid?: number;
  env?: NodeJS.ProcessEnv;
  logFile: string;
  /** Where the record of the process goes. */
  runDirectory: string;
  marker: string;
  stopSignal: NodeJS.Signals;
  /** Asked again and again until it answers true; a throw means not yet. */
  ready: () => Promise<boolean>;
  readyTimeoutMs: number;
}

export interface Running {
  readonly name: string;
  readonly pid: number;
  /** Resolves when the process has ended, however it ended. */
  readonly exited: Promise<string>;
  stop(graceMs: number): Promise<void>;
}

const MAX_LOG_BYTES = 20 * 1024 * 1024;

/** Opens a log for appending; one older generation is kept so that logs stay bounded. */
export const openLog = (file: string): number => {
  if (existsSync(file) && statSync(file).size > MAX_LOG_BYTES) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
};

export const tail = (file: string, lines = 8): string => {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
};

const exitOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Starts a store in a process group of its own, so that a Ctrl-C at the terminal reaches only the supervisor, and
 * resolves when it answers. A store that ends or stays silent during its start is an error with the end of its log.
 */
export const launch = async (options: LaunchOptions): Promise<Running> => {
  const log = openLog(options.logFile);
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', log, log],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.gid }),
  });
  closeSync(log);
  const exited = exitOf(child);
  let ended: string | undefined;
  void exited.then((how) => {
    ended = how;
  });
  const pid = child.pid ?? 0;
  // The command line is still ours between fork and exec, so only pid and start time are taken here.
  const identity = pid ? identify(pid) : undefined;
  if (identity) {
    writeRecord(options.runDirectory, {
      ...identity,
      name: options.name,
      marker: options.marker,
      stopSignal: options.stopSignal,
    });
  }
  const stop = async (graceMs: number): Promise<void> => {
    if (ended === undefined && identity) await endProcess(identity, options.stopSignal, graceMs);
    removeRecord(options.runDirectory, options.name);
  };
  const deadline = performance.now() + options.readyTimeoutMs;
  for (;;) {
    if (await options.ready().catch(() => false)) break;
    if (ended !== undefined || performance.now() > deadline) {
      const why = ended === undefined ? `did not answer in ${options.readyTimeoutMs / 1000} s` : `ended (${ended})`;
      await stop(0);
      throw new Error(`${options.name} ${why}. Its log, ${options.logFile}, ends with:\n${tail(options.logFile)}`);
    }
    await wait(25);
  }
  return { name: options.name, pid, exited, stop };
};

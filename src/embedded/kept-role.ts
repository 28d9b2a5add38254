import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import type { ReadyMessage } from '../infra/shutdown';
import { BackOff, pause } from './back-off';
import { openLog, tail } from './launch';
import { endProcess, identify, type ProcessIdentity } from './process-identity';
import { removeRecord, writeRecord } from './process-record';
import type { StorePlace } from './store';

export interface RoleCommand {
  name: string;
  place: StorePlace;
  nodeArguments: readonly string[];
  /** The command line's program; its path is in the command line of the process and marks it as ours. */
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** Shows what the role prints on the terminal; everything else goes to its log. */
  onTerminal?: boolean;
}

export type Facts = ReadyMessage['facts'];

/** A role that cannot run as configured ends with this code: starting it again would not help. */
export const EXIT_NOT_RUNNABLE = 78;

/** A role as a child process, started again whenever it ends. It ends by itself when its pipe to us closes. */
export class KeptRole {
  private readonly backOff = new BackOff();
  private readonly stopping = new AbortController();
  private child: ChildProcess | undefined;
  private identity: ProcessIdentity | undefined;
  private loop: Promise<void> | undefined;
  private readonly logFile: string;

  constructor(private readonly command: RoleCommand) {
    this.logFile = join(command.place.logs, `${command.name}.log`);
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Resolves with what the role announced, when it is ready for the first time. */
  start(): Promise<Facts> {
    return new Promise((resolve, reject) => {
      this.loop = this.keep(resolve, reject);
    });
  }

  async stop(graceMs: number): Promise<void> {
    this.stopping.abort();
    if (this.identity) await endProcess(this.identity, 'SIGTERM', graceMs);
    await this.loop;
  }

  private async keep(onReady: (facts: Facts) => void, onRefused: (error: Error) => void): Promise<void> {
    const { name, place } = this.command;
    let readyBefore = false;
    do {
      this.backOff.started();
      const { code, how } = await this.run((facts) => {
        if (readyBefore) place.say(`${name} is back`);
        readyBefore = true;
        onReady(facts);
      });
      removeRecord(place.run, name);
      if (this.stopping.signal.aborted) break;
      if (code === EXIT_NOT_RUNNABLE) {
        const reason = `${name} cannot run: ${tail(this.logFile, 3)}`;
        if (readyBefore) place.say(reason);
        onRefused(new Error(reason));
        return;
      }
      place.say(`${name} ended (${how}): starting it again. Its log is ${this.logFile}`);
    } while (await pause(this.backOff.nextDelayMs(), this.stopping.signal));
    onRefused(new Error(`${name} was stopped`));
  }

  private run(onReady: (facts: Facts) => void): Promise<{ code: number | null; how: string }> {
    const { name, place, program, args, env, nodeArguments, onTerminal } = this.command;
    const log = openLog(this.logFile);
    const child = spawn(process.execPath, [...nodeArguments, program, ...args], {
      env,
      // A process group of its own: Ctrl-C at the terminal is the supervisor's to handle.
      detached: true,
      stdio: ['ignore', onTerminal ? 'inherit' : log, log, 'ipc'],
    });
    closeSync(log);
    this.child = child;
    this.identity = child.pid ? identify(child.pid) : undefined;
    if (this.identity) writeRecord(place.run, { ...this.identity, name, marker: program, stopSignal: 'SIGTERM' });
    child.on('message', (message: ReadyMessage) => {
      if (message.ready) onReady(message.facts);
    });
    return new Promise((resolve) => {
      child.once('error', (error) => resolve({ code: null, how: error.message }));
      child.once('exit', (code, signal) => resolve({ code, how: signal ? `signal ${signal}` : `exit code ${code}` }));
    });
  }
}

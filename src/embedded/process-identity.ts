import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * A pid alone says nothing: pids are used again, after a reboot or in a container within minutes. A process is ours when
 * its start time is the one we recorded and its command line names our data.
 */
export interface ProcessIdentity {
  pid: number;
  startedAt: string;
  command: string;
}

const fromProc = (pid: number): ProcessIdentity | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in brackets and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; without an init process that reaps, it would be seen for ever.
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, startedAt: fields[19] ?? '', command };
  } catch {
    return undefined;
  }
};

const fromPs = (pid: number): ProcessIdentity | undefined => {
  try {
    const options: ExecFileSyncOptionsWithStringEncoding = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    const startedAt = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim();
    const command = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], options).trim();
    return startedAt ? { pid, startedAt, command } : undefined;
  } catch {
    return undefined;
  }
};

/** `undefined` when no such process runs. */
export const identify = (pid: number): ProcessIdentity | undefined =>
  existsSync('/proc/self/stat') ? fromProc(pid) : fromPs(pid);

export const isSameProcess = (recorded: ProcessIdentity): boolean => {
  const now = identify(recorded.pid);
  return now !== undefined && now.startedAt === recorded.startedAt;
};

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    try {
      process.kill(pid, signal);
    } catch {
      // Already gone.
    }
  }
};

/** Asks, waits, then kills the whole group; resolves when the process is gone. */
export const endProcess = async (
  target: ProcessIdentity,
  signal: NodeJS.Signals = 'SIGTERM',
  graceMs = 10_000,
): Promise<void> => {
  if (!isSameProcess(target)) return;
  if (graceMs > 0) {
    try {
      process.kill(target.pid, signal);
    } catch {
      return;
    }
    const deadline = performance.now() + graceMs;
    while (performance.now() < deadline) {
      if (!isSameProcess(target)) return;
      await wait(20);
    }
  }
  signalGroup(target.pid, 'SIGKILL');
  const deadline = performance.now() + 5000;
  while (isSameProcess(target) && performance.now() < deadline) await wait(20);
};

import { readdirSync } from 'node:fs';
import { constants, setPriority } from 'node:os';

const TASKS = '/proc/self/task';

/**
 * Puts this process's other threads behind its main one: V8's, which compile and collect in the background for 10 to 20 ms at a
 * time, and Node's own. Where cores are few they are taken from what somebody waits for. Linux alone tells threads apart.
 */
export const mainThreadFirst = (): void => {
  if (process.platform !== 'linux') return;
  for (const thread of readdirSync(TASKS).map(Number)) {
    if (thread === process.pid) continue;
    try {
      setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It has ended meanwhile.
    }
  }
};

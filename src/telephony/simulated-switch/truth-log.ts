import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** One line of the log; `t` is real time in epoch milliseconds. Never shifted by a test's business clock. */
export type TruthEntry = { t: number } & (
  | { e: 'start'; instance: string; seed: number }
  | { e: 'stop'; instance: string; why: string }
  | { e: 'app'; app: string; state: 'registered' | 'replaced' | 'gone' }
  | {
      e: 'originate';
      leg: string;
      kind: 'customer' | 'agent';
      to: string;
      app: string;
      callerId: string;
      trunk: string;
    }
  | { e: 'refused'; leg: string; to: string; status: number }
  | { e: 'ringing'; leg: string }
  | { e: 'answered'; leg: string; voice: string; live: boolean }
  | { e: 'verdict'; leg: string; status: string; cause: string }
  | { e: 'bridged'; leg: string; bridge: string }
  | { e: 'unbridged'; leg: string; bridge: string }
  | { e: 'message'; leg: string; by: 'app' | 'fallback'; media: string; play: string }
  | { e: 'messageEnd'; leg: string; play: string; completed: boolean }
  | { e: 'cancelled'; leg: string }
  | { e: 'ended'; leg: string; cause: number; sip?: number; by: EndedBy }
);

export type EndedBy = 'app' | 'callee' | 'carrier' | 'timeout' | 'dialplan' | 'agent' | 'restart';
type WithoutTime<T> = T extends TruthEntry ? Omit<T, 't'> : never;
export type TruthFact = WithoutTime<TruthEntry>;

/**
 * What really happened at the switch: the record that tests audit against. Facts are gathered for one turn of the event
 * loop and then handed to the kernel in one write, so a kill -9 loses at most that turn.
 */
export class TruthLog {
  private readonly descriptor: number;
  private lines = '';
  private scheduled = false;
  private closed = false;

  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.descriptor = openSync(path, 'a+');
    // A predecessor that was killed may have torn its last line: the next fact must not be glued to it.
    const { size } = fstatSync(this.descriptor);
    const last = Buffer.alloc(1);
    if (size > 0 && readSync(this.descriptor, last, 0, 1, size - 1) === 1 && last[0] !== 10) {
      writeSync(this.descriptor, '\n');
    }
  }

  write(fact: TruthFact): void {
    if (this.closed) return;
    this.lines += `${JSON.stringify({ t: Math.round((performance.timeOrigin + performance.now()) * 10) / 10, ...fact })}\n`;
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.scheduled = false;
    if (this.lines === '' || this.closed) return;
    const lines = this.lines;
    this.lines = '';
    writeSync(this.descriptor, lines);
  }

  close(): void {
    if (this.closed) return;
    this.flush();
    this.closed = true;
    closeSync(this.descriptor);
  }
}

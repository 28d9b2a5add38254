import { randomUUID } from 'node:crypto';
import { Applications } from './applications';
import type { SimChannel } from './channel';
import { Scheduler, type Task } from './scheduler';
import type { TruthLog } from './truth-log';
import type { AgentScript, CalleeScript, World } from './world';

export interface SimBridge {
  id: string;
  name: string;
  type: string;
  createdAt: string;
  readonly members: Set<string>;
}

export interface SimPlayback {
  id: string;
  channel: string;
  media: string;
  by: 'app' | 'fallback';
  state: 'queued' | 'playing';
  task: Task | undefined;
}

export interface SwitchLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Everything a running switch knows; all of it is gone after a restart except the world. */
export class SwitchState {
  readonly instance = randomUUID();
  readonly startedAt = Date.now();
  readonly channels = new Map<string, SimChannel>();
  readonly bridges = new Map<string, SimBridge>();
  readonly playbacks = new Map<string, SimPlayback>();
  readonly globals = new Map<string, string>();
  readonly applications: Applications;
  readonly scheduler: Scheduler;
  /** How often each number was called: part of the seed of a call's luck. */
  readonly callsTo = new Map<string, number>();
  customerLines = 0;
  originates = 0;
  private readonly recent: number[] = [];

  constructor(
    readonly world: () => World,
    readonly seed: number,
    readonly truth: TruthLog,
    readonly logger: SwitchLogger,
    readonly numberScripts: Map<string, CalleeScript>,
    readonly agentScripts: Map<string, AgentScript>,
  ) {
    this.applications = new Applications(truth, this.instance);
    this.scheduler = new Scheduler((error) => logger.error({ error: String(error) }, 'a step of the switch failed'));
  }

  /** True when one more originate fits into the carrier's rate; counts it if so. */
  withinRate(): boolean {
    const limit = this.world().limits.originatesPerSecond;
    if (limit === null) return true;
    const now = performance.now();
    while (this.recent.length > 0 && this.recent[0]! <= now - 1000) this.recent.shift();
    if (this.recent.length >= limit) return false;
    this.recent.push(now);
    return true;
  }

  /** A deadline that dies with the channel. */
  later(channel: SimChannel, delayMs: number, run: () => void): Task | undefined {
    if (!Number.isFinite(delayMs)) return undefined;
    const task = this.scheduler.after(delayMs, () => {
      channel.tasks.delete(task);
      run();
    });
    channel.tasks.add(task);
    return task;
  }

  drop(channel: SimChannel, task: Task | undefined): void {
    if (!task) return;
    task.cancelled = true;
    channel.tasks.delete(task);
  }
}

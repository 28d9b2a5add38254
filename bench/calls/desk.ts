import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import { type CommandClient, createCommandClient } from '../../src/dialer/command-client';
import type { CommandBody, CommandKind, CommandResult } from '../../src/dialer/command-kinds';
import { OutdialError } from '../../src/errors';
import type { Clock } from '../../src/infra/clock';
import type { PubSub } from '../../src/infra/pubsub';

/** An agent and the device it works with. */
export interface DeskAgent {
  id: string;
  deviceId: string;
}

export interface DeskOptions {
  pool: Pool;
  redis: Redis;
  pubsub: PubSub;
  clock: Clock;
  organisationId: string;
  dialerId: string;
  agents: readonly DeskAgent[];
  /** By `limit` the group's wrap-up time ends the wrap-up; by `command` the agents do, at once, with a code. */
  wrapUp?: 'limit' | 'command';
}

/**
 * Agents without desktops: logged in by commands, present by their keys in Redis, and back to available whenever something
 * made them idle. What the api does for a person at a desktop, for many and without GraphQL.
 */
export interface Desk {
  /** Logs everybody in and makes them available; resolves when all are. */
  open(): Promise<void>;
  /** Adds agents to a desk that is open. */
  add(agents: readonly DeskAgent[]): Promise<void>;
  send<K extends CommandKind>(kind: K, target: string, body: CommandBody<K>): Promise<CommandResult>;
  /** Stops driving; agents stay as they are and their presence runs out. */
  close(): Promise<void>;
}

const PRESENCE_MS = 15_000;
const PRESENCE_EVERY_MS = 5_000;
const LOOK_EVERY_MS = 500;
const AT_ONCE = 32;
const SEND_AGAIN_FOR_MS = 60_000;
const WRAP_UP_CODE = 'DONE';

interface AgentRow {
  id: string;
  state: string;
  attemptId: string | null;
}

const LOOK = `/* desk.look */
SELECT agent_id AS id, state, attempt_id AS "attemptId" FROM agent_state
WHERE organisation_id = $1 AND agent_id = ANY($2::uuid[]) AND state = ANY($3::text[])`;

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const inTurns = async <T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> => {
  const left = [...items];
  const turn = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, turn));
};

class RunningDesk implements Desk {
  private readonly agents = new Map<string, DeskAgent>();
  private readonly commands: CommandClient;
  private presence: NodeJS.Timeout | undefined;
  private look: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private closed = false;

  constructor(private readonly options: DeskOptions) {
    this.commands = createCommandClient(options);
  }

  async open(): Promise<void> {
    this.presence = setInterval(() => void this.keepPresence(), PRESENCE_EVERY_MS);
    await this.add(this.options.agents);
    this.scheduleLook();
  }

  async add(agents: readonly DeskAgent[]): Promise<void> {
    for (const agent of agents) this.agents.set(agent.id, agent);
    await this.keepPresence();
    await inTurns(agents, (agent) => this.logIn(agent));
  }

  async send<K extends CommandKind>(kind: K, target: string, body: CommandBody<K>): Promise<CommandResult> {
    const { organisationId, dialerId } = this.options;
    const command = {
      organisationId,
      dialerId,
      id: randomUUID(),
      target: target as `agent:${string}`,
      kind,
      body,
      createdBy: 'desk',
    };
    const until = performance.now() + SEND_AGAIN_FOR_MS;
    for (;;) {
      try {
        const result = await this.commands.send(command);
        // A command that nobody took in its time is refused for good: it is given anew.
        if (result.ok || result.code !== 'COMMAND_EXPIRED' || this.isOver(until)) return result;
        command.id = randomUUID();
      } catch (error) {
        // No dialer, or a store away: the same command again, until it is answered.
        if (error instanceof OutdialError && !error.retryable) throw error;
        if (this.isOver(until)) throw error;
        await pause(200);
      }
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.presence);
    clearTimeout(this.look);
    await this.looking;
  }

  private isOver(until: number): boolean {
    return this.closed || performance.now() > until;
  }

  private async keepPresence(): Promise<void> {
    const { redis, organisationId } = this.options;
    const keys = redis.pipeline();
    for (const id of this.agents.keys()) keys.set(`presence:${organisationId}:${id}`, `desk-${id}`, 'PX', PRESENCE_MS);
    // Redis may be away: the dialer then keeps the last state for a while, and so does an agent at a desktop.
    await keys.exec().catch(() => undefined);
  }

  private async logIn(agent: DeskAgent): Promise<void> {
    const target = `agent:${agent.id}`;
    const result = await this.send('AGENT_LOGIN', target, { deviceId: agent.deviceId });
    if (!result.ok && !this.closed) throw new Error(`an agent could not log in: ${result.code} ${result.message}`);
    await this.send('AGENT_AVAILABLE', target, {});
  }

  private scheduleLook(): void {
    if (this.closed) return;
    this.look = setTimeout(() => {
      this.looking = this.lookAround()
        // Stores and dialers die in some tests: the next look tries again.
        .catch(() => undefined)
        .finally(() => this.scheduleLook());
    }, LOOK_EVERY_MS);
  }

  private async lookAround(): Promise<void> {
    const { pool, organisationId, wrapUp = 'limit' } = this.options;
    const { rows } = await pool.query<AgentRow>({
      name: 'desk.look',
      text: LOOK,
      values: [
        organisationId,
        [...this.agents.keys()],
        ['LOGGED_OUT', 'IDLE', ...(wrapUp === 'command' ? ['WRAP_UP'] : [])],
      ],
    });
    await inTurns(rows, async ({ id, state, attemptId }) => {
      const agent = this.agents.get(id);
      if (this.closed || !agent) return;
      if (state === 'LOGGED_OUT') await this.logIn(agent);
      else if (state === 'IDLE') await this.send('AGENT_AVAILABLE', `agent:${id}`, {});
      else if (attemptId) {
        await this.send('AGENT_WRAP_UP', `agent:${id}`, { attemptId, code: WRAP_UP_CODE });
      }
    });
  }
}

export const createDesk = (options: DeskOptions): Desk => new RunningDesk(options);

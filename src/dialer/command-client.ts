import type { Pool } from 'pg';
import { OutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import type { PubSub } from '../infra/pubsub';
import {
  COMMAND_BODIES,
  COMMAND_LIFE_MS,
  type CommandBody,
  type CommandKind,
  type CommandResult,
  type CommandTarget,
  commandTopics,
  targetTypeOf,
} from './command-kinds';

export interface CommandToSend<K extends CommandKind = CommandKind> {
  organisationId: string;
  dialerId: string;
  /** The caller's idempotency key: the same id again gives the same result and happens once. */
  id: string;
  target: CommandTarget;
  kind: K;
  body: CommandBody<K>;
  createdBy: string;
}

export interface CommandClient {
  /** Answers with the dialer's result; throws DIALER_UNAVAILABLE when there is none in `waitMs`. */
  send<K extends CommandKind>(command: CommandToSend<K>, waitMs?: number): Promise<CommandResult>;
}

export interface CommandClientDeps {
  pool: Pool;
  pubsub: PubSub;
  clock: Clock;
}

const INSERT = `/* command.insert */
INSERT INTO dialer_command (organisation_id, id, dialer_id, target, kind, body, created_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (organisation_id, id) DO NOTHING`;

const READ = `/* command.read */
SELECT target, kind, body, result FROM dialer_command WHERE organisation_id = $1 AND id = $2`;

/** The notice is only a hint: the row is read at this interval as well. */
const POLL_MS = 200;

interface Row {
  target: string;
  kind: string;
  body: unknown;
  result: CommandResult | null;
}

export const createCommandClient = ({ pool, pubsub, clock }: CommandClientDeps): CommandClient => ({
  async send(command, waitMs = COMMAND_LIFE_MS) {
    const { organisationId, dialerId, id, target, kind, createdBy } = command;
    const body = COMMAND_BODIES[kind].parse(command.body);
    if (!target.startsWith(`${targetTypeOf(kind)}:`)) {
      throw new OutdialError('INVALID_INPUT', `target ${target} does not fit ${kind}`, 'target');
    }
    const waiter = answerOf(pubsub, organisationId, id);
    try {
      const at = clock.now();
      const expires = new Date(at + COMMAND_LIFE_MS);
      await pool.query({
        name: 'command.insert',
        text: INSERT,
        values: [organisationId, id, dialerId, target, kind, JSON.stringify(body), createdBy, new Date(at), expires],
      });
      pubsub.publish(commandTopics.wake(dialerId), { seq: 0 });
      const deadline = performance.now() + waitMs;
      for (;;) {
        const { rows } = await pool.query<Row>({ name: 'command.read', text: READ, values: [organisationId, id] });
        const row = rows[0];
        if (row && (row.kind !== kind || row.target !== target)) {
          throw new OutdialError('CONFLICT', `the key ${id} was already used for another action`, 'idempotencyKey');
        }
        if (row?.result) return row.result;
        const left = deadline - performance.now();
        if (left <= 0) break;
        await waiter.next(Math.min(POLL_MS, left));
      }
      throw new OutdialError(
        'DIALER_UNAVAILABLE',
        `the dialer has not answered command ${id} in ${waitMs} ms; send it again with the same key to learn its result`,
      );
    } finally {
      waiter.close();
    }
  },
});

/** Wakes at the notice of the command's result or after the time given, whichever comes first. */
const answerOf = (pubsub: PubSub, organisationId: string, id: string) => {
  let wake: (() => void) | undefined;
  let noticed = false;
  const unsubscribe = pubsub.subscribe(commandTopics.done(organisationId, id), () => {
    noticed = true;
    wake?.();
  });
  return {
    next: (ms: number) =>
      new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          wake = undefined;
          noticed = false;
          resolve();
        };
        const timer = setTimeout(done, noticed ? 0 : ms);
        wake = done;
      }),
    close: unsubscribe,
  };
};

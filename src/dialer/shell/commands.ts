import { isOutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import type { Logger } from '../../infra/logger';
import type { Sql } from '../../infra/postgres';
import type { PubSub } from '../../infra/pubsub';
import {
  COMMAND_BODIES,
  type CommandBody,
  type CommandKind,
  type CommandResult,
  commandTopics,
  targetTypeOf,
} from '../command-kinds';
import { type CommandRow, openCommands, recordResult } from './command-rows';
import { type DialerDatabase, StaleEpochError } from './dialer-transaction';
import type { Writer } from './writer';

/** What a command does. Either way its result and its effect are one transaction. */
export type Outcome =
  /** The effect is in the database; `after` tells the kernel once it is committed. */
  | { result: CommandResult; after?: () => void | Promise<void> }
  /** The kernel was told; what came of it and the result are written together, in order. */
  | { written: CommandResult };

export interface CommandContext {
  row: CommandRow;
  /** The id in `target`. */
  targetId: string;
  at: Date;
}

export type Handler<K extends CommandKind> = (
  body: CommandBody<K>,
  context: CommandContext,
  transact: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>,
) => Promise<Outcome>;

export type Handlers = { [K in CommandKind]: Handler<K> };

export interface CommandsOptions {
  database: DialerDatabase;
  organisationId: string;
  clock: Clock;
  pubsub: PubSub;
  writer: Writer;
  handlers: Handlers;
  logger: Logger;
  onDone: (kind: string, ok: boolean) => void;
}

export interface Commands {
  start(): void;
  stop(): void;
  /** Resolves when every command that stood in the table has been taken. */
  sweep(): Promise<void>;
}

const SWEEP_MS = 1_000;

/** Refusals that a handler throws become results; anything else leaves the row for the next sweep. */
export const createCommands = (options: CommandsOptions): Commands => {
  const { database, organisationId, clock, pubsub, writer, handlers, logger } = options;
  const taken = new Set<string>();
  /** Commands of one target are taken one at a time, in order. */
  const chains = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe: (() => void) | undefined;
  let sweeping: Promise<void> | undefined;
  let again = false;
  let stopped = false;

  const done = (row: CommandRow, result: CommandResult): void => {
    pubsub.publish(commandTopics.done(organisationId, row.id), { seq: 1 });
    options.onDone(row.kind, result.ok);
  };

  const refuse = async (row: CommandRow, result: CommandResult): Promise<void> => {
    await database.transaction((sql) => recordResult(sql, organisationId, row.id, result, clock.date()));
    done(row, result);
  };

  const perform = async (row: CommandRow): Promise<void> => {
    const at = clock.date();
    const kind = row.kind as CommandKind;
    const schema = COMMAND_BODIES[kind];
    const [type, targetId = ''] = row.target.split(':');
    const body = schema?.safeParse(row.body);
    if (!body?.success || type !== targetTypeOf(kind)) {
      await refuse(row, { ok: false, code: 'INVALID_INPUT', message: `a command ${row.kind} cannot be read` });
      return;
    }
    // A stop is never too late.
    if (at > row.expiresAt && kind !== 'ORGANISATION_STOP') {
      const message = `command ${row.id} was to be taken before ${row.expiresAt.toISOString()}`;
      await refuse(row, { ok: false, code: 'COMMAND_EXPIRED', message });
      return;
    }
    const transact = async <T>(work: (sql: Sql) => Promise<T>): Promise<T> => database.transaction(work);
    try {
      const handler = handlers[kind] as Handler<CommandKind>;
      const outcome = await handler(body.data, { row, targetId, at }, transact);
      if ('written' in outcome) {
        writer.push({ kind: 'commandResult', commandId: row.id, result: outcome.written, wall: clock.now() });
        await writer.settled();
        done(row, outcome.written);
        return;
      }
      done(row, outcome.result);
      await outcome.after?.();
    } catch (error) {
      if (!isOutdialError(error)) throw error;
      const { code, message, field } = error;
      await refuse(row, { ok: false, code, message, ...(field !== undefined && { field }) });
    }
  };

  const take = (row: CommandRow): void => {
    taken.add(row.id);
    const before = chains.get(row.target) ?? Promise.resolve();
    const mine: Promise<void> = before
      .then(() => (stopped ? undefined : perform(row)))
      .catch((error: unknown) => {
        if (error instanceof StaleEpochError) return;
        logger.warn({ command: row.id, kind: row.kind, reason: String(error) }, 'a command waits for the next sweep');
      })
      .finally(() => {
        taken.delete(row.id);
        if (chains.get(row.target) === mine) chains.delete(row.target);
      });
    chains.set(row.target, mine);
  };

  const look = async (): Promise<void> => {
    try {
      do {
        again = false;
        const rows = await openCommands(database.pool, database.dialerId, organisationId);
        if (stopped) return;
        for (const row of rows) if (!taken.has(row.id)) take(row);
      } while (again);
    } catch (error) {
      logger.debug({ reason: String(error) }, 'commands could not be read');
    } finally {
      sweeping = undefined;
    }
  };

  const sweep = (): Promise<void> => {
    again = true;
    sweeping ??= look();
    return sweeping;
  };

  return {
    start() {
      unsubscribe = pubsub.subscribe(commandTopics.wake(database.dialerId), () => void sweep());
      timer = setInterval(() => void sweep(), SWEEP_MS);
      void sweep();
    },
    stop() {
      stopped = true;
      clearInterval(timer);
      unsubscribe?.();
    },
    async sweep() {
      await sweep();
      await Promise.all(chains.values());
    },
  };
};

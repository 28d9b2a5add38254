import type { Clock } from '../../infra/clock';
import { monotonic } from '../../infra/clock';
import type { Sql } from '../../infra/postgres';
import { isStoreAway } from '../../infra/store-away';
import { CommitUnknownError, type DialerDatabase, StaleEpochError } from './dialer-transaction';
import { writeAgentStates, writeReservations } from './write-agents';
import { writeAtRisk, writeMarks, writeOutcomes } from './write-calls';
import { writeDecisions } from './write-decisions';
import { itemsOf, type WriteItem } from './write-items';

/**
 * Write-behind: what was done is written in order within 100 ms, in one transaction for all that has gathered. While
 * PostgreSQL is away everything waits, in order, and talking goes on. A batch whose COMMIT was never answered is written
 * again: every statement changes only what the first writing has not.
 */
export interface Writer {
  push(item: WriteItem): void;
  /** Resolves once everything pushed before the call is committed. */
  settled(): Promise<void>;
  readonly waiting: number;
  stop(): void;
}

export interface Written {
  items: readonly WriteItem[];
  /** Campaigns of which attempts ended. */
  endedIn: string[];
}

export interface WriterOptions {
  database: DialerDatabase;
  organisationId: string;
  clock: Clock;
  /** After the commit. */
  onWritten: (written: Written) => void;
  onDropped: (item: WriteItem, error: unknown) => void;
  onFailure: (error: unknown, waiting: number) => void;
}

const FLUSH_MS = 50;
const RETRY_MS = 200;
const BATCH = 1_000;

/** Lock time-outs, deadlocks, serialisation, cancelled or ended by a time-out: the same batch may pass next time. */
const PASSING_STATES = new Set(['55P03', '40P01', '40001', '57014', '25P03']);

const mayPass = (error: unknown): boolean =>
  error instanceof CommitUnknownError ||
  isStoreAway(error) ||
  PASSING_STATES.has((error as { code?: string }).code ?? '');

const RESULTS = `/* writer.command-results */
UPDATE dialer_command c SET result = g.result, done_at = g.at
FROM unnest($2::text[], $3::jsonb[], $4::timestamptz[]) AS g(id, result, at)
WHERE c.organisation_id = $1 AND c.id = g.id AND c.result IS NULL`;

export const createWriter = (options: WriterOptions): Writer => {
  const { database, clock, organisationId } = options;
  let queue: WriteItem[] = [];
  let batch: WriteItem[] = [];
  /** Business time minus monotonic time, taken when the batch was first formed: a second try writes the same times. */
  let anchor = 0;
  let limit = BATCH;
  let timer: NodeJS.Timeout | undefined;
  let flushing = false;
  let stopped = false;
  let pushed = 0;
  let done = 0;
  let waiters: { until: number; resolve: () => void }[] = [];

  const write = async (sql: Sql): Promise<string[]> => {
    const toDate = (at: number | undefined) => (at === undefined ? null : new Date(anchor + at));
    const outcomes = itemsOf(batch, 'outcome');
    const ended = new Set(outcomes.map((item) => item.attemptId));
    const marks = itemsOf(batch, 'mark').filter((item) => !ended.has(item.attemptId));
    const endedIn = await writeOutcomes(sql, outcomes, toDate, clock.date());
    await writeAtRisk(sql, itemsOf(batch, 'atRisk'));
    await writeMarks(sql, marks, toDate);
    await writeReservations(
      sql,
      organisationId,
      itemsOf(batch, 'reservationOpened'),
      itemsOf(batch, 'reservationAnswered'),
      itemsOf(batch, 'reservationClosed'),
    );
    await writeAgentStates(sql, { organisationId, dialerId: database.dialerId }, itemsOf(batch, 'agentState'));
    await writeDecisions(sql, organisationId, database.dialerId, itemsOf(batch, 'pacingDecision'), clock.date());
    const results = itemsOf(batch, 'commandResult');
    if (results.length > 0) {
      await sql.query({
        name: 'writer.command-results',
        text: RESULTS,
        values: [
          organisationId,
          results.map((item) => item.commandId),
          results.map((item) => JSON.stringify(item.result)),
          results.map((item) => new Date(item.wall)),
        ],
      });
    }
    return endedIn;
  };

  const finish = (count: number): void => {
    done += count;
    waiters = waiters.filter((waiter) => {
      if (waiter.until > done) return true;
      waiter.resolve();
      return false;
    });
  };

  const flush = async (): Promise<void> => {
    while (!stopped && (batch.length > 0 || queue.length > 0)) {
      if (batch.length === 0) {
        batch = queue.slice(0, limit);
        queue = queue.slice(limit);
        anchor = clock.now() - monotonic();
      }
      try {
        const endedIn = await database.transaction(write);
        const items = batch;
        batch = [];
        limit = BATCH;
        finish(items.length);
        options.onWritten({ items, endedIn });
      } catch (error) {
        if (error instanceof StaleEpochError) {
          stopped = true;
          return;
        }
        if (mayPass(error)) {
          options.onFailure(error, queue.length + batch.length);
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        } else if (batch.length === 1) {
          // One item that PostgreSQL will never take must not hold up all that comes after it.
          const [item] = batch as [WriteItem];
          batch = [];
          finish(1);
          options.onDropped(item, error);
        } else {
          limit = Math.ceil(batch.length / 2);
          queue = batch.concat(queue);
          batch = [];
        }
      }
    }
  };

  const run = (): void => {
    timer = undefined;
    if (flushing || stopped) return;
    flushing = true;
    void flush().finally(() => {
      flushing = false;
      if (queue.length > 0) schedule(FLUSH_MS);
    });
  };

  const schedule = (ms: number): void => {
    if (timer && ms > 0) return;
    clearTimeout(timer);
    timer = setTimeout(run, ms);
  };

  return {
    push(item) {
      if (stopped) return;
      queue.push(item);
      pushed += 1;
      // Somebody waits for an answer to a command; everything else may gather.
      if (!flushing) schedule(item.kind === 'commandResult' ? 0 : FLUSH_MS);
    },
    settled() {
      if (stopped || done >= pushed) return Promise.resolve();
      if (!flushing) schedule(0);
      return new Promise((resolve) => {
        waiters.push({ until: pushed, resolve });
      });
    },
    get waiting() {
      return queue.length + batch.length;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      for (const waiter of waiters) waiter.resolve();
      waiters = [];
    },
  };
};

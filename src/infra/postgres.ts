import { Pool, type PoolClient, type PoolConfig, types } from 'pg';
import { ForgetfulClient } from './forgetful-client';

export type Sql = Pick<PoolClient, 'query'> & {
  /** Whether a statement is sent before those before it are answered. */
  readonly pipeline?: boolean;
};

// int8 and numeric as numbers: identities, counters and rates here stay far below 2^53.
types.setTypeParser(types.builtins.INT8, Number);
types.setTypeParser(types.builtins.NUMERIC, Number);

export interface PostgresOptions extends PoolConfig {
  url: string;
  /** Shown in pg_stat_activity; a dialer puts its id and epoch here so that a take-over can end its backends. */
  applicationName: string;
  statementTimeoutMs?: number;
}

export const createPool = ({ url, applicationName, statementTimeoutMs = 15_000, ...rest }: PostgresOptions): Pool => {
  const pool = new Pool({
    Client: ForgetfulClient,
    connectionString: url,
    application_name: applicationName,
    statement_timeout: statementTimeoutMs,
    idle_in_transaction_session_timeout: 15_000,
    max: 8,
    ...rest,
  });
  // A lost idle connection must not end the process: the next query opens a new one.
  pool.on('error', () => undefined);
  // Nor one that is lost between two statements of whoever holds it: the next statement on it rejects.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
};

/** Lends `work` a connection of its own. After an error it is closed, and lets go of every lock that it may still hold. */
export const withConnection = async <T>(pool: Pool, work: (sql: PoolClient) => Promise<T>): Promise<T> => {
  const sql = await pool.connect();
  let broken: Error | undefined;
  try {
    return await work(sql);
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    sql.release(broken);
  }
};

/** Runs `work` in one transaction; rolls back and rethrows on any error. */
export const transaction = async <T>(pool: Pool, work: (sql: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.release(broken);
  }
};

/**
 * Asks what does not need each other's answers: all at once on a connection that can, else one after the other. In either case
 * the database works off what each sends at once in this order.
 */
export const together = async <T extends readonly unknown[]>(
  sql: Sql,
  ...asks: { [K in keyof T]: () => Promise<T[K]> }
): Promise<T> => {
  if (sql.pipeline) {
    const settled = await Promise.allSettled(asks.map((ask) => ask()));
    // What is behind a statement that fails only says that the transaction is aborted: the first tells why.
    const failed = settled.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
    return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as unknown as T;
  }
  const answers: unknown[] = [];
  for (const ask of asks) answers.push(await ask());
  return answers as unknown as T;
};

/**
 * Goes on with each of these in their order, as soon as it is there, without waiting for what came of the one before. In the end
 * all are waited for, also when one has failed: nothing is sent any more when this ends.
 */
export const inTurn = async <T, R>(promised: readonly Promise<T>[], goOn: (one: T) => Promise<R>): Promise<R[]> => {
  let turn: Promise<unknown> = Promise.resolve();
  const gone = promised.map((one) => {
    const begun = Promise.all([one, turn]).then(([value]) => ({ end: goOn(value) }));
    turn = begun;
    return begun.then(({ end }) => end);
  });
  await Promise.allSettled([...promised, ...gone]);
  return Promise.all(gone);
};

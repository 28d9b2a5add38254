import type { Pool, PoolClient } from 'pg';
import { DIALER_CONNECTION } from '../../infra/dialers-first';
import { createPool } from '../../infra/postgres';

/** Another process has taken the dialer over: nothing of this one may be written or placed any more. */
export class StaleEpochError extends Error {
  constructor(dialerId: string, epoch: number) {
    super(`dialer ${dialerId}: epoch ${epoch} is over`);
    this.name = 'StaleEpochError';
  }
}

/** COMMIT was sent and its answer never came: the transaction may or may not have happened. */
export class CommitUnknownError extends Error {
  constructor(cause: unknown) {
    super('the answer to COMMIT was lost', { cause });
    this.name = 'CommitUnknownError';
  }
}

export interface DialerDatabase {
  readonly dialerId: string;
  readonly epoch: number;
  /** For reads that need no epoch. */
  readonly pool: Pool;
  /**
   * Every writing transaction of a dialer: begins by holding its epoch, so that none outlives a take-over. The first statements of
   * `work` are sent behind that without waiting for it; should the epoch be over, what they have done is rolled back.
   */
  transaction<T>(work: (sql: PoolClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export const applicationNameOf = (dialerId: string, epoch: number | '%'): string =>
  `${DIALER_CONNECTION}${dialerId}:${epoch}`;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface DialerDatabaseOptions {
  url: string;
  dialerId: string;
  epoch: number;
  /** Called once, when a transaction finds the epoch raised. */
  onStale: (error: StaleEpochError) => void;
}

export const openDialerDatabase = ({ url, dialerId, epoch, onStale }: DialerDatabaseOptions): DialerDatabase => {
  if (!UUID.test(dialerId) || !Number.isSafeInteger(epoch)) throw new Error('a dialer has a uuid and a whole epoch');
  const pool = createPool({
    url,
    applicationName: applicationNameOf(dialerId, epoch),
    // Short: a row held by an import or an edit makes the batch wait its turn, not the dialer stand still.
    lock_timeout: 200,
    // A frozen process must not keep its locks: PostgreSQL ends its transaction.
    idle_in_transaction_session_timeout: 2_000,
    statementTimeoutMs: 10_000,
    connectionTimeoutMillis: 2_000,
    max: 8,
    // Statements that are issued together are sent together: a claim has a dozen, and the database may be a network away.
    pipeline: true,
  });
  // One round trip; the values are checked above, so they can stand in the text.
  const begin = `/* dialer.begin */ BEGIN; SELECT epoch FROM dialer_epoch WHERE dialer_id = '${dialerId}' AND epoch = ${epoch} FOR SHARE`;
  let stale = false;

  const fail = (): never => {
    const error = new StaleEpochError(dialerId, epoch);
    if (!stale) {
      stale = true;
      onStale(error);
    }
    throw error;
  };

  return {
    dialerId,
    epoch,
    pool,
    async transaction(work) {
      if (stale) fail();
      const client = await pool.connect();
      let broken = false;
      const noteLoss = () => {
        broken = true;
      };
      // A checked-out client whose connection dies raises this; unheard it would end the process.
      client.on('error', noteLoss);
      try {
        const held = client.query(begin).then((answers) => {
          if (!(answers as unknown as { rowCount: number | null }[])[1]?.rowCount) fail();
        });
        // Of the two, what went wrong first tells why.
        const [begun, done] = await Promise.allSettled([held, work(client)]);
        if (begun.status === 'rejected') throw begun.reason;
        if (done.status === 'rejected') throw done.reason;
        try {
          await client.query('COMMIT');
        } catch (error) {
          broken = true;
          throw new CommitUnknownError(error);
        }
        return done.value;
      } catch (error) {
        if (!broken) {
          await client.query('ROLLBACK').catch(noteLoss);
        }
        throw error;
      } finally {
        client.off('error', noteLoss);
        client.release(broken);
      }
    },
    async close() {
      await pool.end();
    },
  };
};

import type { Pool, PoolClient } from 'pg';
import { transaction } from '../../src/infra/postgres';

class Undone<T> extends Error {
  constructor(readonly value: T) {
    super('undone');
  }
}

/** What `work` comes to in a transaction of which nothing is kept. */
export const undone = async <T>(pool: Pool, work: (sql: PoolClient) => Promise<T>): Promise<T> => {
  try {
    return await transaction(pool, async (sql): Promise<T> => {
      throw new Undone(await work(sql));
    });
  } catch (error) {
    if (error instanceof Undone) return error.value;
    throw error;
  }
};

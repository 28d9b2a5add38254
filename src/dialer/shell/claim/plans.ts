import type { Sql } from '../../../infra/postgres';

const SETTINGS = `/* claim.plans */
SET LOCAL plan_cache_mode = force_generic_plan;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
SET LOCAL enable_hashjoin = off;
SET LOCAL enable_mergejoin = off;
SET LOCAL enable_memoize = off;
SET LOCAL join_collapse_limit = 1`;

/**
 * For the rest of the transaction: every statement is planned once in the life of its connection, as probes of indexes, one for
 * each row of the batch, joined in the order in which it is written. That is the right plan however large a table is, also of one
 * that was empty when the plan was made; planning anew takes as long as the probes.
 */
export const probeIndexes = async (sql: Sql): Promise<void> => {
  await sql.query(SETTINGS);
};

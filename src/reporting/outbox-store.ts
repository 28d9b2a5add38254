import type { Pool } from 'pg';
import { newId } from '../infra/ids';
import { transaction } from '../infra/postgres';

export interface OpenBatch {
  id: string;
  rowIds: number[];
}

export interface OutboxRow {
  id: number;
  payload: Record<string, unknown>;
  at: Date;
}

/** A sender that died keeps its batch from others for this long. */
const LEASE_SECONDS = 10;

/**
 * One statement both opens a batch and takes over one that is left open: a kind has at most one. A row that commits late
 * under a low id is simply part of a later batch; nothing is ever chosen by "id greater than".
 */
const TAKE = `/* outbox.take */
INSERT INTO outbox_batch (kind, id, row_ids, created_at, leased_until)
SELECT $1, $2, chosen.ids, $3, now() + make_interval(secs => $5)
FROM (SELECT array_agg(id ORDER BY id) AS ids
      FROM (SELECT id FROM outbox WHERE kind = $1 ORDER BY id LIMIT $4) oldest) chosen
WHERE chosen.ids IS NOT NULL
ON CONFLICT (kind) DO UPDATE SET leased_until = excluded.leased_until WHERE outbox_batch.leased_until <= now()
RETURNING id, row_ids`;

const ROWS = `/* outbox.rows */
SELECT id, payload, at FROM outbox WHERE id = ANY($1::bigint[]) ORDER BY id`;

const CLOSE = `/* outbox.close */
WITH closed AS (DELETE FROM outbox_batch WHERE kind = $1 AND id = $2 RETURNING row_ids)
DELETE FROM outbox USING closed WHERE outbox.id = ANY(closed.row_ids)`;

const DISSOLVE = `/* outbox.dissolve */
DELETE FROM outbox_batch WHERE kind = $1 AND id = $2`;

const REFUSE = `/* outbox.refuse */
WITH closed AS (DELETE FROM outbox_batch WHERE kind = $1 AND id = $2 RETURNING row_ids),
     taken AS (DELETE FROM outbox USING closed WHERE outbox.id = ANY(closed.row_ids) RETURNING outbox.*)
INSERT INTO outbox_refused (id, organisation_id, kind, payload, at, error, refused_at)
SELECT id, organisation_id, kind, payload, at, $3, $4 FROM taken`;

const LEAVE = `/* outbox.leave */
UPDATE outbox_batch SET leased_until = now() WHERE kind = $1 AND id = $2`;

/** Counting stops here: above it the exact size tells nobody more. */
const COUNT_LIMIT = 1_000_000;

const STANDING = `/* outbox.standing */
SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE kind = $1 LIMIT ${COUNT_LIMIT}) r)::int AS rows,
       (SELECT at FROM outbox WHERE kind = $1 ORDER BY id LIMIT 1) AS oldest,
       (SELECT count(*) FROM outbox_refused WHERE kind = $1)::int AS refused`;

export interface OutboxStanding {
  rows: number;
  oldest: Date | null;
  refused: number;
}

export const createOutboxStore = (pool: Pool) => ({
  /** The open batch of this kind, or a new one of the oldest rows; undefined when there is none or another sends it. */
  async take(kind: string, limit: number, at: Date): Promise<OpenBatch | undefined> {
    const values = [kind, newId(), at, limit, LEASE_SECONDS];
    const { rows } = await pool.query<{ id: string; row_ids: string[] }>({ name: 'outbox.take', text: TAKE, values });
    const row = rows[0];
    return row && { id: row.id, rowIds: row.row_ids.map(Number) };
  },

  async rows(batch: OpenBatch): Promise<OutboxRow[]> {
    const { rows } = await pool.query<OutboxRow>({ name: 'outbox.rows', text: ROWS, values: [batch.rowIds] });
    return rows;
  },

  /** The warehouse has it: rows and batch go together, so that no row can be in two batches. */
  async close(kind: string, batch: OpenBatch): Promise<void> {
    await pool.query({ name: 'outbox.close', text: CLOSE, values: [kind, batch.id] });
  },

  /** Nothing of it is in the warehouse: its rows may be batched anew. */
  async dissolve(kind: string, batch: OpenBatch): Promise<void> {
    await pool.query({ name: 'outbox.dissolve', text: DISSOLVE, values: [kind, batch.id] });
  },

  /** Sets the rows of a refused batch aside, in one transaction with its end. */
  async refuse(kind: string, batch: OpenBatch, error: string, at: Date): Promise<void> {
    await transaction(pool, (sql) =>
      sql.query({ name: 'outbox.refuse', text: REFUSE, values: [kind, batch.id, error, at] }),
    );
  },

  /** Not sent: the next sender need not wait for the lease. */
  async leave(kind: string, batch: OpenBatch): Promise<void> {
    await pool.query({ name: 'outbox.leave', text: LEAVE, values: [kind, batch.id] });
  },

  async standing(kind: string): Promise<OutboxStanding> {
    const { rows } = await pool.query<OutboxStanding>({ name: 'outbox.standing', text: STANDING, values: [kind] });
    return rows[0] ?? { rows: 0, oldest: null, refused: 0 };
  },
});

export type OutboxStore = ReturnType<typeof createOutboxStore>;

import type { Pool } from 'pg';
import type { Warehouse } from '../infra/clickhouse';
import { type Clock, monotonic } from '../infra/clock';
import type { Logger } from '../infra/logger';
import type { Metrics } from '../infra/metrics';
import { createOutboxStore, type OpenBatch, type OutboxRow } from './outbox-store';
import { rowFault } from './warehouse-faults';

/** Which table of the warehouse each kind of outbox row belongs to. */
export const OUTBOX_TABLES = { call_attempt: 'call_attempt', pacing_decision: 'pacing_decision' } as const;
export type OutboxKind = keyof typeof OUTBOX_TABLES;
export const OUTBOX_KINDS = Object.keys(OUTBOX_TABLES) as OutboxKind[];

export interface OutboxExporterDeps {
  pool: Pool;
  warehouse: Warehouse;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  batchRows?: number;
  backoffMs?: { first: number; most: number };
}

export interface OutboxExporter {
  /** Sends what stands in the outbox until it is empty, another process sends it, or the warehouse is away. */
  run(signal?: AbortSignal): Promise<{ rows: number }>;
  /** Refreshes the gauges of size, age and refused rows. */
  measure(): Promise<void>;
}

interface Lane {
  kind: OutboxKind;
  limit: number;
  failures: number;
  notBefore: number;
}

/**
 * At least once, and once in effect: the membership of a batch is stored before it is sent, a batch is sent again until
 * it is acknowledged, under a token by which the warehouse drops repeats, and the tables keep one row per fact besides.
 * A crash at any point leaves either rows without a batch or a batch that the next run sends again.
 */
export const createOutboxExporter = (deps: OutboxExporterDeps): OutboxExporter => {
  const { pool, warehouse, clock, logger, batchRows = 5_000, backoffMs = { first: 200, most: 5_000 } } = deps;
  const store = createOutboxStore(pool);
  const gauges = outboxMetrics(deps.metrics);
  const lanes = OUTBOX_KINDS.map((kind): Lane => ({ kind, limit: batchRows, failures: 0, notBefore: 0 }));

  const send = async (lane: Lane, batch: OpenBatch, rows: OutboxRow[]): Promise<void> => {
    const table = OUTBOX_TABLES[lane.kind];
    await warehouse.insert({
      table,
      values: rows.map(({ payload }) => payload),
      format: 'JSONEachRow',
      clickhouse_settings: { async_insert: 0, insert_deduplication_token: `${table}-${batch.id}` },
    });
  };

  const acknowledged = async (lane: Lane, batch: OpenBatch, rows: OutboxRow[]): Promise<void> => {
    await store.close(lane.kind, batch);
    const now = clock.now();
    for (const { at } of rows) gauges.lag.observe({ kind: lane.kind }, (now - at.getTime()) / 1000);
    gauges.exported.inc({ kind: lane.kind }, rows.length);
    lane.failures = 0;
    lane.limit = Math.min(batchRows, lane.limit * 2);
  };

  /**
   * Some row of the batch is wrong. Batches begin at the oldest row, so halving them comes down on the first wrong one in
   * a few steps; alone in its batch it is set aside, and the size grows again.
   */
  const refused = async (lane: Lane, batch: OpenBatch, rows: OutboxRow[], fault: string): Promise<void> => {
    if (rows.length > 1) {
      lane.limit = Math.max(1, Math.floor(rows.length / 2));
      await store.dissolve(lane.kind, batch);
      return;
    }
    await store.refuse(lane.kind, batch, fault, clock.date());
    gauges.refusals.inc({ kind: lane.kind }, rows.length);
    lane.limit = Math.min(batchRows, lane.limit * 2);
    logger.error({ kind: lane.kind, outboxId: rows[0]?.id, fault }, 'the warehouse refuses a fact; it is set aside');
  };

  const away = async (lane: Lane, batch: OpenBatch, error: unknown): Promise<void> => {
    lane.failures += 1;
    const wait = Math.min(backoffMs.most, backoffMs.first * 2 ** (lane.failures - 1));
    lane.notBefore = monotonic() + wait;
    if (lane.failures === 1 || lane.failures % 20 === 0) {
      const reason = error instanceof Error ? error.name : 'unknown';
      logger.warn({ kind: lane.kind, failures: lane.failures, reason }, 'the warehouse is away; facts wait');
    }
    await store.leave(lane.kind, batch);
  };

  /** One batch: how many rows went out, or undefined when there is nothing more to do now. */
  const step = async (lane: Lane): Promise<number | undefined> => {
    if (monotonic() < lane.notBefore) return undefined;
    const batch = await store.take(lane.kind, lane.limit, clock.date());
    if (!batch) return undefined;
    const rows = await store.rows(batch);
    try {
      await send(lane, batch, rows);
    } catch (error) {
      const fault = rowFault(error);
      if (fault === undefined) {
        await away(lane, batch, error);
        return undefined;
      }
      await refused(lane, batch, rows, fault);
      return 0;
    }
    await acknowledged(lane, batch, rows);
    return rows.length;
  };

  return {
    async run(signal) {
      let total = 0;
      for (const lane of lanes) {
        for (let sent = await step(lane); sent !== undefined; sent = await step(lane)) {
          total += sent;
          // Less than a full batch: the rest can wait for the next sweep, which makes fewer and larger parts.
          if (signal?.aborted || (sent > 0 && sent < lane.limit / 2)) break;
        }
      }
      return { rows: total };
    },
    async measure() {
      for (const { kind } of lanes) {
        const { rows, oldest, refused: aside } = await store.standing(kind);
        gauges.size.set({ kind }, rows);
        gauges.age.set({ kind }, oldest ? Math.max(0, (clock.now() - oldest.getTime()) / 1000) : 0);
        gauges.aside.set({ kind }, aside);
      }
    },
  };
};

const LAG_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60, 300];

const outboxMetrics = (metrics: Metrics) => ({
  lag: metrics.histogram('outdial_outbox_lag_seconds', 'From a fact to its acknowledgement', LAG_BUCKETS, ['kind']),
  exported: metrics.counter('outdial_outbox_exported_total', 'Facts acknowledged by the warehouse', ['kind']),
  refusals: metrics.counter('outdial_outbox_refusals_total', 'Facts set aside', ['kind']),
  size: metrics.gauge('outdial_outbox_rows', 'Facts that wait', ['kind']),
  age: metrics.gauge('outdial_outbox_age_seconds', 'Age of the oldest fact that waits', ['kind']),
  aside: metrics.gauge('outdial_outbox_refused_rows', 'Facts set aside and not yet put right', ['kind']),
});

import type { Pool } from 'pg';
import { createWarehouse, type Warehouse } from '../../src/infra/clickhouse';
import { OffsetClock } from '../../src/infra/clock';
import { createLogger, maskNumber } from '../../src/infra/logger';
import { createMetrics, type Metrics } from '../../src/infra/metrics';
import { createPool } from '../../src/infra/postgres';
import { writeAttemptFacts } from '../../src/reporting/facts';
import { createOutboxExporter } from '../../src/reporting/outbox-exporter';
import { createOutboxStore } from '../../src/reporting/outbox-store';
import { type Seeded, seedCampaign } from '../setup/seed';
import { type TestStores, testStores } from '../setup/stores';
import { faultyWire, seedAttempts } from './reporting-facts';

const at = new Date('2026-04-01T15:00:00.123Z');
const clock = new OffsetClock();
const logger = createLogger('test', 'silent');
let stores: TestStores;
let pool: Pool;
let warehouse: Warehouse;
let wire: Awaited<ReturnType<typeof faultyWire>>;
let wired: Warehouse;
let metrics: Metrics;

beforeAll(async () => {
  stores = await testStores();
  pool = createPool({ url: stores.databaseUrl, applicationName: 'test' });
  warehouse = createWarehouse(stores.clickhouseUrl);
  wire = await faultyWire(stores.clickhouseUrl);
  wired = createWarehouse(wire.url);
  metrics = createMetrics('test');
});

afterAll(async () => {
  await Promise.allSettled([warehouse?.close(), wired?.close(), wire?.close(), pool?.end()]);
  await stores?.close();
});

const exporterOf = (batchRows = 100, to = wired) =>
  createOutboxExporter({
    pool,
    warehouse: to,
    clock,
    logger,
    metrics: createMetrics('test'),
    batchRows,
    backoffMs: { first: 1, most: 20 },
  });

const many = (count: number, outcome = 'BUSY') =>
  Array.from({ length: count }, (_, index) => ({ claimedAt: new Date(at.getTime() + index), outcome }));

const select = async <T>(query: string, seeded: Seeded): Promise<T[]> => {
  const query_params = { org: seeded.organisationId };
  const result = await warehouse.query({ query, query_params, format: 'JSONEachRow' });
  return result.json<T>();
};

/** Rows as stored (repeats included) and as read. */
const standing = async (seeded: Seeded): Promise<{ stored: number; read: number }> => {
  const where = 'WHERE organisation_id = {org:UUID}';
  const [stored, read] = await Promise.all([
    select<{ n: string }>(`SELECT count() AS n FROM call_attempt ${where}`, seeded),
    select<{ n: string }>(`SELECT count() AS n FROM call_attempt FINAL ${where}`, seeded),
  ]);
  return { stored: Number(stored[0]?.n), read: Number(read[0]?.n) };
};

const waiting = async (): Promise<number> =>
  Number((await pool.query<{ n: number }>('SELECT count(*) AS n FROM outbox')).rows[0]?.n);

/** What the time of a lease does by itself. */
const endLeases = () => pool.query(`UPDATE outbox_batch SET leased_until = '-infinity'`);

const drain = async (exporter: ReturnType<typeof exporterOf>): Promise<void> => {
  const deadline = Date.now() + 15_000;
  while ((await waiting()) > 0) {
    if (Date.now() > deadline) throw new Error('the outbox was not emptied');
    await exporter.run();
  }
};

describe('facts', () => {
  test('have the columns of the table, times to the millisecond and a masked number', async () => {
    const seeded = await seedCampaign(pool, { at });
    const [id] = await seedAttempts(
      pool,
      seeded,
      [
        {
          claimedAt: at,
          outcome: 'LIVE_VOICE',
          liveAnswer: true,
          agentId: seeded.agents[0]?.id,
          number: '+442079460123',
        },
      ],
      at,
    );
    await drain(exporterOf());
    const rows = await select<Record<string, unknown>>(
      'SELECT * FROM call_attempt FINAL WHERE organisation_id = {org:UUID}',
      seeded,
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      attempt_id: id,
      campaign_type: 'PROGRESSIVE',
      claimed_at: '2026-04-01 15:00:00.123',
      masked_number: maskNumber('+442079460123'),
      outcome: 'LIVE_VOICE',
      agent_id: seeded.agents[0]?.id,
      live_answer: true,
      abandon_cause: '',
      connected_at: null,
      version: 1,
    });
    expect(JSON.stringify(rows[0])).not.toContain('+442079460123');
  });

  test.each(['+1', '+12345', '+123456', '+442079460123'])('mask %s as the log does', async (number) => {
    const seeded = await seedCampaign(pool, { at });
    await seedAttempts(pool, seeded, [{ claimedAt: at, outcome: 'BUSY', number }], at);
    const { rows } = await pool.query<{ mask: string }>(
      `SELECT payload->>'masked_number' AS mask FROM outbox WHERE organisation_id = $1`,
      [seeded.organisationId],
    );
    expect(rows[0]?.mask).toBe(maskNumber(number));
    await drain(exporterOf());
  });

  test('an attempt in flight is none yet, and a later version replaces an earlier one in whatever order', async () => {
    const seeded = await seedCampaign(pool, { at });
    const [open, ended] = await seedAttempts(
      pool,
      seeded,
      [
        { claimedAt: at, outcome: null },
        { claimedAt: at, outcome: 'LIVE_VOICE', number: '+12125550199' },
      ],
      at,
    );
    const { rows: first } = await pool.query(`DELETE FROM outbox RETURNING organisation_id, kind, payload, at`);
    expect(first).toHaveLength(1);
    await pool.query(`UPDATE call_attempt SET wrap_up_code = 'SALE', version = version + 1 WHERE id = $1`, [ended]);
    await writeAttemptFacts(pool, [open as string, ended as string], at);
    await drain(exporterOf());
    const fact = first[0];
    await pool.query('INSERT INTO outbox (organisation_id, kind, payload, at) VALUES ($1, $2, $3, $4)', [
      fact.organisation_id,
      fact.kind,
      JSON.stringify(fact.payload),
      fact.at,
    ]);
    await drain(exporterOf());
    const rows = await select<{ wrap_up_code: string; version: number }>(
      'SELECT wrap_up_code, version FROM call_attempt FINAL WHERE organisation_id = {org:UUID}',
      seeded,
    );
    expect(rows).toEqual([{ wrap_up_code: 'SALE', version: 2 }]);
  });
});

describe('each fact stands once in the warehouse', () => {
  test('when the sender dies after storing a batch and before sending it', async () => {
    const seeded = await seedCampaign(pool, { at });
    await seedAttempts(pool, seeded, many(250), at);
    expect(await createOutboxStore(pool).take('call_attempt', 100, at)).toBeDefined();
    // Its lease keeps others out until it ends.
    expect(await exporterOf().run()).toEqual({ rows: 0 });
    await endLeases();
    await drain(exporterOf());
    expect(await standing(seeded)).toEqual({ stored: 250, read: 250 });
  });

  test('when the answer is lost after the warehouse has taken the batch', async () => {
    const seeded = await seedCampaign(pool, { at });
    await seedAttempts(pool, seeded, many(250), at);
    wire.set('answersLost');
    const exporter = exporterOf();
    expect(await exporter.run()).toEqual({ rows: 0 });
    expect(await waiting()).toBe(250);
    wire.set('open');
    // By the same process or another, with more rows come meanwhile.
    await seedAttempts(pool, seeded, many(30, 'NO_ANSWER'), at);
    await drain(exporterOf(500));
    expect(await standing(seeded)).toEqual({ stored: 280, read: 280 });
  });

  test('when a batch is sent again long after it was closed', async () => {
    const seeded = await seedCampaign(pool, { at });
    await seedAttempts(pool, seeded, many(50), at);
    const store = createOutboxStore(pool);
    const batch = await store.take('call_attempt', 100, at);
    if (!batch) throw new Error('no batch');
    const values = (await store.rows(batch)).map(({ payload }) => payload);
    await endLeases();
    await drain(exporterOf());
    // A sender that was stopped wakes up, without even the token being remembered.
    await warehouse.insert({ table: 'call_attempt', values, format: 'JSONEachRow' });
    await store.close('call_attempt', batch);
    expect((await standing(seeded)).read).toBe(50);
  });

  test('with several senders at once while facts keep coming', async () => {
    const seeded = await seedCampaign(pool, { at });
    const exporters = [exporterOf(40), exporterOf(40), exporterOf(40)];
    let writing = true;
    const sending = exporters.map(async (exporter) => {
      while (writing) await exporter.run();
    });
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([1, 2, 3].map(() => seedAttempts(pool, seeded, many(20), at)));
      // A sender is thought dead although it is not: two send the same batch.
      await endLeases();
    }
    writing = false;
    await Promise.all(sending);
    await endLeases();
    await drain(exporterOf(40));
    expect(await standing(seeded)).toEqual({ stored: 600, read: 600 });
  });

  test('when a transaction commits late under a low id', async () => {
    const seeded = await seedCampaign(pool, { at });
    const late = await pool.connect();
    try {
      await seedAttempts(pool, seeded, many(5), at);
      const { rows } = await pool.query('DELETE FROM outbox RETURNING organisation_id, kind, payload, at');
      await late.query('BEGIN');
      for (const row of rows) {
        await late.query('INSERT INTO outbox (organisation_id, kind, payload, at) VALUES ($1, $2, $3, $4)', [
          row.organisation_id,
          row.kind,
          JSON.stringify(row.payload),
          row.at,
        ]);
      }
      await seedAttempts(pool, seeded, many(20, 'NO_ANSWER'), at);
      await drain(exporterOf());
      expect((await standing(seeded)).read).toBe(20);
      await late.query('COMMIT');
    } finally {
      late.release();
    }
    await drain(exporterOf());
    expect((await standing(seeded)).read).toBe(25);
  });
});

describe('a warehouse in trouble', () => {
  test('away: facts wait, and go by themselves when it is back', async () => {
    const seeded = await seedCampaign(pool, { at });
    await seedAttempts(pool, seeded, many(120), at);
    wire.set('down');
    const exporter = exporterOf();
    for (let turn = 0; turn < 5; turn += 1) expect(await exporter.run()).toEqual({ rows: 0 });
    expect(await waiting()).toBe(120);
    wire.set('open');
    await drain(exporter);
    expect(await standing(seeded)).toEqual({ stored: 120, read: 120 });
  });

  test('a missing table is an outage, not the fault of a row', async () => {
    const seeded = await seedCampaign(pool, { at });
    await seedAttempts(pool, seeded, many(10), at);
    await warehouse.command({ query: 'RENAME TABLE call_attempt TO call_attempt_away' });
    const exporter = exporterOf();
    for (let turn = 0; turn < 3; turn += 1) await exporter.run();
    expect(await waiting()).toBe(10);
    await warehouse.command({ query: 'RENAME TABLE call_attempt_away TO call_attempt' });
    await drain(exporter);
    expect(await standing(seeded)).toEqual({ stored: 10, read: 10 });
  });

  test('facts that it refuses are set aside with the reason and hold up no other', async () => {
    const seeded = await seedCampaign(pool, { at });
    await seedAttempts(pool, seeded, many(300), at);
    await pool.query(
      `UPDATE outbox SET payload = payload || '{"attempt_no": "many"}'
       WHERE id IN (SELECT id FROM outbox ORDER BY id OFFSET 137 LIMIT 1)`,
    );
    await pool.query(
      `UPDATE outbox SET payload = payload || '{"claimed_at": "yesterday"}'
       WHERE id IN (SELECT id FROM outbox ORDER BY id OFFSET 205 LIMIT 2)`,
    );
    const exporter = createOutboxExporter({ pool, warehouse: wired, clock, logger, metrics, batchRows: 100 });
    await drain(exporter);
    expect(await standing(seeded)).toEqual({ stored: 297, read: 297 });
    const { rows } = await pool.query('SELECT kind, payload, error FROM outbox_refused ORDER BY id');
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({ kind: 'call_attempt', payload: { attempt_no: 'many' } });
    expect(rows[0].error).toMatch(/^\d+ [A-Z_]+$/);
    await exporter.measure();
    const text = await metrics.registry.metrics();
    expect(text).toMatch(/outdial_outbox_refused_rows\{kind="call_attempt",role="test"\} 3/);
    expect(text).toMatch(/outdial_outbox_rows\{kind="call_attempt",role="test"\} 0/);
  });
});

import type { Pool } from 'pg';
import { applyRetries, campaignsAwaitingRetry } from '../../src/contacts/retry/apply-retries';
import { createPool, transaction } from '../../src/infra/postgres';
import { type Seeded, seedCampaign } from '../setup/seed';
import { type TestStores, testStores } from '../setup/stores';
import { seedAttempts } from './reporting-facts';

const at = new Date('2026-05-04T15:00:00.000Z');
const endedAt = new Date('2026-05-04T15:00:30.000Z');
const later = (minutes: number) => new Date(endedAt.getTime() + minutes * 60_000);

let stores: TestStores;
let pool: Pool;

beforeAll(async () => {
  stores = await testStores();
  pool = createPool({ url: stores.databaseUrl, applicationName: 'test' });
});

afterAll(async () => {
  await pool?.end();
  await stores?.close();
});

/** What the outcome transaction leaves: an ended attempt for each contact, which awaits its retry. */
const fail = async (seeded: Seeded, outcomes: string[]): Promise<string[]> => {
  const { rows } = await pool.query<{ contact_id: number }>(
    `SELECT contact_id FROM campaign_contact WHERE campaign_id = $1 ORDER BY contact_id LIMIT $2`,
    [seeded.campaignId, outcomes.length],
  );
  const contacts = rows.map((row) => row.contact_id);
  const specs = outcomes.map((outcome, index) => ({
    claimedAt: at,
    endedAt,
    outcome,
    contactId: contacts[index] as number,
    connectedAt: outcome === 'LIVE_VOICE' ? at : undefined,
  }));
  const ids = await seedAttempts(pool, seeded, specs, at);
  await pool.query(
    `UPDATE campaign_contact cc SET state = 'AWAITING_RETRY', last_outcome = n.outcome, last_attempt_id = n.attempt,
            version = version + 1
     FROM unnest($2::bigint[], $3::text[], $4::uuid[]) AS n (contact, outcome, attempt)
     WHERE cc.campaign_id = $1 AND cc.contact_id = n.contact`,
    [seeded.campaignId, contacts, outcomes, ids],
  );
  return ids;
};

const standing = async (seeded: Seeded) => {
  const { rows } = await pool.query(
    `SELECT state, attempts, uncounted, due_at, close_reason, version FROM campaign_contact
     WHERE campaign_id = $1 ORDER BY contact_id`,
    [seeded.campaignId],
  );
  return rows;
};

test('each outcome leads to its next step, due from the end of the attempt', async () => {
  const seeded = await seedCampaign(pool, { at, contacts: 5 });
  await fail(seeded, ['BUSY', 'CUSTOMER_ABANDONED', 'INVALID_NUMBER', 'CONGESTION', 'NOT_PLACED']);
  expect(await campaignsAwaitingRetry(pool)).toEqual([
    { organisationId: seeded.organisationId, campaignId: seeded.campaignId },
  ]);
  // The worker comes three hours late: nobody is delayed by that.
  const result = await applyRetries(pool, seeded, () => later(180));
  expect(result).toEqual({ ready: 4, closed: 1, dialerId: seeded.dialerId });
  expect(await standing(seeded)).toMatchObject([
    { state: 'READY', attempts: 1, uncounted: 0, due_at: later(60), version: 3 },
    { state: 'READY', attempts: 1, uncounted: 0, due_at: later(30) },
    { state: 'CLOSED', attempts: 1, close_reason: 'INVALID_NUMBER' },
    { state: 'READY', attempts: 0, uncounted: 1, due_at: later(5) },
    { state: 'READY', attempts: 0, uncounted: 1, due_at: later(0) },
  ]);
  expect(await campaignsAwaitingRetry(pool)).toEqual([]);
});

test('the last counted attempt closes', async () => {
  const seeded = await seedCampaign(pool, { at, contacts: 1, maxAttempts: 2 });
  await fail(seeded, ['NO_ANSWER']);
  await applyRetries(pool, seeded, () => later(0));
  expect(await standing(seeded)).toMatchObject([{ state: 'READY', attempts: 1 }]);
  await fail(seeded, ['MACHINE']);
  await applyRetries(pool, seeded, () => later(0));
  expect(await standing(seeded)).toMatchObject([{ state: 'CLOSED', attempts: 2, close_reason: 'MAX_ATTEMPTS' }]);
});

test('after a conversation it waits for the wrap-up, or for its limit', async () => {
  const seeded = await seedCampaign(pool, { at, contacts: 2, wrapUpLimitSeconds: 120 });
  const [wrapped] = await fail(seeded, ['LIVE_VOICE', 'LIVE_VOICE']);
  expect(await applyRetries(pool, seeded, () => later(1))).toEqual({ ready: 0, closed: 0 });
  await pool.query(`UPDATE call_attempt SET wrapped_up_at = $2, wrap_up_code = 'SALE' WHERE id = $1`, [
    wrapped,
    later(1),
  ]);
  expect(await applyRetries(pool, seeded, () => later(1))).toMatchObject({ closed: 1 });
  expect(await applyRetries(pool, seeded, () => later(1.9))).toMatchObject({ closed: 0 });
  expect(await applyRetries(pool, seeded, () => later(2))).toMatchObject({ closed: 1 });
  expect(await standing(seeded)).toMatchObject([
    { state: 'CLOSED', close_reason: 'LIVE_VOICE' },
    { state: 'CLOSED', close_reason: 'LIVE_VOICE' },
  ]);
});

test('after a treatment by a port there is nothing to wait for', async () => {
  const seeded = await seedCampaign(pool, {
    at,
    contacts: 1,
    wrapUpLimitSeconds: 7200,
    ivr: { ports: 1, message: null },
  });
  const [treated] = await fail(seeded, ['LIVE_VOICE']);
  await pool.query('UPDATE call_attempt SET ivr_port = 1 WHERE id = $1', [treated]);
  expect(await applyRetries(pool, seeded, () => later(0))).toMatchObject({ closed: 1 });
  expect(await standing(seeded)).toMatchObject([{ state: 'CLOSED', close_reason: 'LIVE_VOICE' }]);
});

test('thousands are done in batches, by several workers at once, each contact once', async () => {
  const seeded = await seedCampaign(pool, { at, contacts: 2_500 });
  await fail(
    seeded,
    Array.from({ length: 2_500 }, () => 'BUSY'),
  );
  const results = await Promise.all([1, 2, 3].map(() => applyRetries(pool, seeded, () => later(0))));
  await applyRetries(pool, seeded, () => later(0));
  expect(results.reduce((sum, result) => sum + result.ready, 0)).toBe(2_500);
  const rows = await standing(seeded);
  expect(rows.every((row) => row.state === 'READY' && row.attempts === 1 && row.version === 3)).toBe(true);
});

test('a contact that another transaction holds is left for the next sweep', async () => {
  const seeded = await seedCampaign(pool, { at, contacts: 2 });
  await fail(seeded, ['BUSY', 'BUSY']);
  await transaction(pool, async (sql) => {
    await sql.query(`SELECT 1 FROM campaign_contact WHERE campaign_id = $1 ORDER BY contact_id LIMIT 1 FOR UPDATE`, [
      seeded.campaignId,
    ]);
    expect(await applyRetries(pool, seeded, () => later(0))).toMatchObject({ ready: 1 });
  });
  expect(await applyRetries(pool, seeded, () => later(0))).toMatchObject({ ready: 1 });
});

test('another organisation’s id does nothing', async () => {
  const seeded = await seedCampaign(pool, { at, contacts: 1 });
  const foreign = await seedCampaign(pool, { at });
  await fail(seeded, ['BUSY']);
  const mixed = { organisationId: foreign.organisationId, campaignId: seeded.campaignId };
  expect(await applyRetries(pool, mixed, () => later(0))).toEqual({ ready: 0, closed: 0 });
  expect(await standing(seeded)).toMatchObject([{ state: 'AWAITING_RETRY' }]);
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openContactJobs, runContactJob } from '../../src/contacts/changes/run-contact-job';
import { ContactService } from '../../src/contacts/contact-service';
import { DncImportRunner } from '../../src/contacts/dnc/registry/dnc-import-runner';
import { DncImportService } from '../../src/contacts/dnc/registry/dnc-import-service';
import { runScrub } from '../../src/contacts/dnc/run-scrub';
import { uploadDirectory, uploadPath } from '../../src/contacts/imports/upload-place';
import { createLogger } from '../../src/infra/logger';
import { startTestApi, type TestApi } from '../setup/api';
import { fictionalNumber } from '../setup/seed';
import { until } from '../setup/until';
import { openPeople } from './dnc-people';
import { claimOnce } from './gate-world';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const open = async (count: number) => {
  const opened = await openPeople(api, count);
  const { pool, world, campaign, ids, at } = opened;
  const claim = (now = at) => claimOnce(pool, world, campaign, ids, { at: now });
  /** Does what was asked for; how many jobs that were. */
  const work = async (): Promise<number> => {
    const jobs = (await openContactJobs(pool)).filter(({ organisationId }) => organisationId === world.organisationId);
    for (const job of jobs) await runContactJob({ ...api.container, pool }, job);
    return jobs.length;
  };
  return { ...opened, claim, work };
};

it('opens again what a list or an opt-out alone had closed, and nothing else', async () => {
  const opened = await open(9);
  const { pool, caller, world, campaign, ids, claim, work, standing, set, lists, entries, numbers, optOuts } = opened;
  const list = async (name: string, kind: string) => (await lists.create(caller, { name, kind })).id;
  const [own, other, chosen] = [
    await list('own', 'INTERNAL'),
    await list('other', 'INTERNAL'),
    await list('c', 'CUSTOM'),
  ];
  const add = (listId: string, kind: string, value: string, more = {}) =>
    entries.add(caller, { listId, kind, values: [value], source: 'test', ...more });
  const number = fictionalNumber;
  await set({ dncListIds: [chosen] });
  await optOuts.add(caller, { number: number(0) });
  await optOuts.add(caller, { customerId: 'c1' });
  await numbers.add(caller, { number: number(2), source: 'test' });
  await add(own, 'NUMBER', number(3));
  await add(own, 'PREFIX', number(4));
  await add(own, 'NUMBER', number(5));
  await add(other, 'CUSTOMER_ID', 'c5');
  await add(chosen, 'NUMBER', number(6));
  // Closed by its agent's wrap-up, which the opt-out only followed.
  await optOuts.add(caller, { number: number(7) });
  await pool.query(
    `WITH s AS (INSERT INTO wrap_up_code_set (id, organisation_id, name, codes, created_at) VALUES (gen_random_uuid(), $1, 's', $2, $3) RETURNING id)
     UPDATE campaign SET wrap_up_code_set_id = s.id FROM s WHERE campaign.id = $4`,
    [
      world.organisationId,
      JSON.stringify([{ code: 'NEVER', label: 'Never', businessOutcome: null, action: 'DO_NOT_CALL' }]),
      new Date(),
      campaign.campaignId,
    ],
  );
  await claim();
  expect(await standing()).toEqual({
    ...{ 0: 'OPTED_OUT', 1: 'OPTED_OUT', 2: 'DNC', 3: 'DNC', 4: 'DNC', 5: 'DNC', 6: 'DNC', 7: 'OPTED_OUT' },
  });
  await pool.query(
    `WITH said AS (UPDATE call_attempt SET wrap_up_code = 'NEVER' WHERE contact_id = $1 RETURNING id)
     UPDATE campaign_contact SET last_attempt_id = said.id FROM said WHERE contact_id = $2`,
    [ids[8], ids[7]],
  );
  await pool.query(`UPDATE campaign_contact SET attempts = 2 WHERE contact_id = $1`, [ids[3]]);

  await optOuts.withdraw(caller, { number: number(0), reason: 'x' });
  await optOuts.withdraw(caller, { customerId: 'c1', reason: 'x' });
  await optOuts.withdraw(caller, { number: number(7), reason: 'x' });
  await numbers.remove(caller, { number: number(2), reason: 'x' });
  await entries.remove(caller, { listId: own, kind: 'NUMBER', values: [number(3), number(5)], reason: 'x' });
  // All that was asked for before it begins is one job.
  expect(await work()).toBe(1);
  expect(await standing()).toEqual({ 4: 'DNC', 5: 'DNC', 6: 'DNC', 7: 'OPTED_OUT' });
  const { rows } = await pool.query('SELECT state, attempts FROM campaign_contact WHERE contact_id = $1', [ids[3]]);
  expect(rows).toEqual([{ state: 'READY', attempts: 2 }]);
  await lists.remove(caller, { id: other, reason: 'x' });
  await set({ dncListIds: [] });
  await entries.remove(caller, { listId: own, kind: 'PREFIX', values: [number(4)], reason: 'x' });
  expect(await work()).toBe(1);
  expect(await standing()).toEqual({ 7: 'OPTED_OUT' });
  expect(await work()).toBe(0);
  const audited = await pool.query<{ actor: string; after: object }>(
    `SELECT actor, after FROM audit_entry WHERE organisation_id = $1 AND action = 'reopen unlisted' ORDER BY id`,
    [world.organisationId],
  );
  expect(audited.rows).toEqual([
    { actor: 'test', after: { contacts: 4 } },
    { actor: 'test', after: { contacts: 3 } },
  ]);
  const dialled = (await claim(api.container.clock.now())).map(({ contactId }) => ids.indexOf(contactId)).sort();
  expect(dialled).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

it('goes on with the number that may be called now, and leaves alone what waits for an entry to end', async () => {
  const { pool, caller, world, campaign, ids, at, claim, work, standing, lists, entries, scrubs } = await open(2);
  await pool.query(
    `UPDATE contact SET numbers = numbers || jsonb_build_array(
       jsonb_build_object('mode', 'Home', 'number', $2::text, 'zone', 'Europe/London', 'law', 'GB')) WHERE id = $1`,
    [ids[0], fictionalNumber(50)],
  );
  const { id: own } = await lists.create(caller, { name: 'own', kind: 'INTERNAL' });
  const add = (values: string[], more = {}) =>
    entries.add(caller, { listId: own, kind: 'NUMBER', values, source: 'test', ...more });
  await add([fictionalNumber(0), fictionalNumber(50)]);
  const expiresAt = new Date(at + 3_600_000);
  await add([fictionalNumber(1)], { expiresAt });
  const scrub = await scrubs.start(caller, { listId: campaign.listId });
  const { clock, pubsub } = api.container;
  await runScrub({ pool, clock, pubsub }, { organisationId: world.organisationId, scrubId: scrub.id });
  expect(await standing()).toEqual({ 0: 'DNC' });
  expect(await claim()).toEqual([]);
  await entries.remove(caller, { listId: own, kind: 'NUMBER', values: [fictionalNumber(50)], reason: 'x' });
  await work();
  const { rows } = await pool.query(
    'SELECT state, number_index, zone, law, due_at FROM campaign_contact WHERE campaign_id = $1 ORDER BY contact_id',
    [campaign.campaignId],
  );
  expect(rows).toMatchObject([
    { state: 'READY', number_index: 1, zone: 'Europe/London', law: 'GB' },
    { state: 'READY', number_index: 0, due_at: expiresAt },
  ]);
});

it('opens whoever is given a number, or a customer id, that may be called', async () => {
  const { pool, caller, campaign, ids, claim, work, standing, optOuts } = await open(3);
  const { clock, laws } = api.container;
  const contacts = new ContactService({ pool, clock, laws });
  await pool.query(
    `UPDATE contact_list SET field_mapping = '{"modes": [{"mode": "Mobile", "column": "phone"}]}' WHERE id = $1`,
    [campaign.listId],
  );
  await optOuts.add(caller, { number: fictionalNumber(0) });
  await optOuts.add(caller, { customerId: 'c1' });
  await claim();
  expect(await standing()).toEqual({ 0: 'OPTED_OUT', 1: 'OPTED_OUT' });
  const update = (index: number, change: object) =>
    contacts.update(caller, { id: String(ids[index]), version: 1, ...change });
  const number = (to: string) => ({ numbers: [{ mode: 'Mobile', number: to }] });
  await update(2, { externalId: 'c3' });
  expect(await work()).toBe(0);
  await update(0, number('+1 202 555 0155'));
  await update(1, { externalId: 'c9' });
  expect(await work()).toBe(1);
  expect(await standing()).toEqual({});
});

it('a registry that is replaced opens whom the new one leaves out', async () => {
  const { pool, caller, world, claim, work, standing, lists } = await open(3);
  const { hot, pubsub, clock } = api.container;
  const home = mkdtempSync(join(tmpdir(), 'outdial-dnc-reopen-'));
  mkdirSync(uploadDirectory(home), { recursive: true });
  const imports = new DncImportService({ pool, pubsub, clock, home });
  const { id: listId } = await lists.create(caller, { name: 'registry', kind: 'NDNC' });
  const load = async (...lines: string[]): Promise<void> => {
    const { id } = (await imports.create(caller, { listId, source: 'test' })).import;
    writeFileSync(uploadPath(home, id), lines.join('\n'));
    await pool.query(`UPDATE dnc_import SET state = 'QUEUED' WHERE id = $1`, [id]);
    const runner = new DncImportRunner({ pool: hot, pubsub, clock, logger: createLogger('test', 'silent'), home });
    expect(await runner.run(world.organisationId, id)).toBe('COMPLETED');
  };
  await load(fictionalNumber(0), fictionalNumber(1));
  await claim();
  expect(await standing()).toEqual({ 0: 'DNC', 1: 'DNC' });
  await load(fictionalNumber(1), fictionalNumber(2));
  expect(await work()).toBe(1);
  expect(await standing()).toEqual({ 1: 'DNC' });
  rmSync(home, { recursive: true, force: true });
});

it('a claim that reads the lists as they were, and closes after the withdrawal, is waited for', async () => {
  const { pool, caller, world, campaign, ids, work, standing, optOuts } = await open(1);
  const claiming = await pool.connect();
  await claiming.query('BEGIN');
  await claiming.query('SELECT 1 FROM organisation WHERE id = $1 FOR SHARE', [world.organisationId]);
  await optOuts.add(caller, { number: fictionalNumber(0) });
  await optOuts.withdraw(caller, { number: fictionalNumber(0), reason: 'x' });
  const done = work();
  await until(
    'the job waits for the claim',
    async () => {
      const { rows } = await pool.query<{ n: number }>(
        `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return rows[0]?.n === 1;
    },
    5_000,
  );
  await claiming.query(
    `UPDATE campaign_contact SET state = 'CLOSED', close_reason = 'OPTED_OUT' WHERE campaign_id = $1 AND contact_id = $2`,
    [campaign.campaignId, ids[0]],
  );
  await claiming.query('COMMIT');
  claiming.release();
  expect(await done).toBe(1);
  expect(await standing()).toEqual({});
});

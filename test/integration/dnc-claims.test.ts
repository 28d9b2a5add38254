import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillCampaign } from '../../src/contacts/campaign-lists/fill-campaign';
import { tryLocks } from '../../src/contacts/claim-locks';
import { findListed } from '../../src/contacts/dnc/listed';
import { DncImportRunner } from '../../src/contacts/dnc/registry/dnc-import-runner';
import { DncImportService } from '../../src/contacts/dnc/registry/dnc-import-service';
import { runScrub } from '../../src/contacts/dnc/run-scrub';
import { uploadDirectory, uploadPath } from '../../src/contacts/imports/upload-place';
import { createLogger } from '../../src/infra/logger';
import { startTestApi, type TestApi } from '../setup/api';
import { fictionalNumber, type Seeded } from '../setup/seed';
import { until } from '../setup/until';
import { openPeople } from './dnc-people';
import { claimOnce, endAttempts } from './gate-world';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const open = (count: number, campaigns = 1) => openPeople(api, count, campaigns);

const all = (count: number, ...without: number[]): number[] =>
  Array.from({ length: count }, (_, index) => index).filter((index) => !without.includes(index));

it('dials nobody who is listed for the campaign, and says how they are listed', async () => {
  const { pool, world, campaign, caller, dialled, standing, set, lists, entries, numbers, optOuts } = await open(12);
  const list = async (name: string, kind: string) => (await lists.create(caller, { name, kind })).id;
  const [own, registry, chosen] = [
    await list('own', 'INTERNAL'),
    await list('registry', 'NDNC'),
    await list('chosen', 'CUSTOM'),
  ];
  const add = (listId: string, kind: string, value: string) =>
    entries.add(caller, { listId, kind, values: [value], source: 'test' });
  await numbers.add(caller, { number: fictionalNumber(0), source: 'letter' });
  await add(own, 'NUMBER', fictionalNumber(1));
  await add(own, 'CUSTOMER_ID', 'c2');
  await add(registry, 'NUMBER', fictionalNumber(3));
  await add(chosen, 'PREFIX', `${fictionalNumber(4).slice(0, -2)}04`);
  await optOuts.add(caller, { number: fictionalNumber(5) });
  await optOuts.add(caller, { customerId: 'c6' });
  // As an import leaves it: one sparse block and one of bits.
  const digits = [7, 8].map((index) => Number(fictionalNumber(index).slice(1)));
  const offsets = digits.map((one) => one % 10_000);
  await pool.query(
    `WITH made AS (INSERT INTO dnc_block VALUES (-1, $2, $3, NULL)) UPDATE dnc_list SET generation = -1 WHERE id = $1`,
    [registry, Math.floor((digits[0] as number) / 10_000), `{${offsets.join()}}`],
  );
  expect(await dialled()).toEqual(all(12, 0, 1, 2, 3, 5, 6, 7, 8));
  expect(await standing()).toEqual({
    0: 'DNC',
    1: 'DNC',
    2: 'DNC',
    3: 'DNC',
    5: 'OPTED_OUT',
    6: 'OPTED_OUT',
    7: 'DNC',
    8: 'DNC',
  });
  await expect(set({ ndnc: false })).rejects.toMatchObject({ field: 'reason' });
  await expect(set({ dncListIds: [registry] })).rejects.toMatchObject({ field: 'dncListIds' });
  await set({ ndnc: false, reason: 'existing customers only', dncListIds: [chosen] });
  expect(await dialled()).toEqual(all(12, 0, 1, 2, 4, 5, 6));
  await expect(lists.remove(caller, { id: chosen, reason: 'x' })).rejects.toMatchObject({ code: 'IN_USE' });
  const { rows } = await pool.query<{ verdict: { gates: Record<string, string> } }>(
    `SELECT v.words AS verdict FROM call_attempt a
     JOIN verdict v ON v.organisation_id = a.organisation_id AND v.id = a.verdict_id
     WHERE a.campaign_id = $1 ORDER BY a.claimed_at DESC, a.id DESC LIMIT 1`,
    [campaign.campaignId],
  );
  expect(rows[0]?.verdict.gates).toMatchObject({
    DNC: 'on no do-not-call list that holds; national registries do not',
    OPT_OUT: 'the person has not opted out',
    SUPPRESSION: 'no rules chosen',
  });
  await optOuts.withdraw(caller, { number: fictionalNumber(5), reason: 'called us' });
  await optOuts.withdraw(caller, { customerId: 'c6', reason: 'called us' });
  expect(await dialled()).toEqual(all(12, 0, 1, 2, 4));
  const audited = await pool.query<{ action: string; after: { reason: string } }>(
    `SELECT action, after FROM audit_entry WHERE organisation_id = $1 AND entity = 'opt-out' AND action = 'withdraw'`,
    [world.organisationId],
  );
  expect(audited.rows.map(({ after }) => after.reason)).toEqual(['called us', 'called us']);
});

it('an entry that ends lets the contact wait until then', async () => {
  const { at, caller, dialled, lists, entries, pool, ids } = await open(2);
  const { id: listId } = await lists.create(caller, { name: 'for a while', kind: 'INTERNAL' });
  const expiresAt = new Date(at + 3_600_000);
  await entries.add(caller, { listId, kind: 'CUSTOMER_ID', values: ['c0'], source: 'test', expiresAt });
  expect(await dialled()).toEqual([1]);
  const { rows } = await pool.query('SELECT state, due_at FROM campaign_contact WHERE contact_id = $1', [ids[0]]);
  expect(rows[0]).toEqual({ state: 'READY', due_at: expiresAt });
  expect(await dialled(expiresAt.getTime())).toEqual([0, 1]);
});

it('suppression rules delay to the minute, or close, by what is known of the person', async () => {
  const { caller, dialled, standing, set, rules, pool, ids } = await open(4);
  await pool.query(`UPDATE contact SET attributes = '{"plan": "gold"}' WHERE id = $1`, [ids[0]]);
  await pool.query(`UPDATE contact SET attributes = '{"plan": "closed"}' WHERE id = $1`, [ids[1]]);
  const plan = (value: string) => ({ subject: 'ATTRIBUTE', attribute: 'plan', values: [value] });
  // Noon is in the middle of this wait, in a zone in which it is noon now.
  const wait = { subject: 'TIME', values: ['06:00-18:30'] };
  const made = await rules.create(caller, {
    name: 'own rules',
    rules: [
      { name: 'gold in the evening', consequence: 'DELAY', anyOf: [{ allOf: [plan('gold'), wait] }] },
      { name: 'closed accounts', consequence: 'SKIP', anyOf: [{ allOf: [plan('closed')] }] },
    ],
  });
  await set({ suppressionRuleSetId: made.id });
  expect(await dialled()).toEqual([2, 3]);
  expect(await standing()).toEqual({ 1: 'SUPPRESSED' });
  const { rows } = await pool.query<{ due: Date; zone: string }>(
    'SELECT due_at AS due, zone FROM campaign_contact WHERE contact_id = $1',
    [ids[0]],
  );
  const { due, zone } = rows[0] as { due: Date; zone: string };
  expect(due.toLocaleTimeString('en-GB', { timeZone: zone })).toBe('18:30:00');
  const bad = rules.create(caller, {
    name: 'for ever',
    rules: [{ name: 'x', consequence: 'DELAY', anyOf: [{ allOf: [plan('gold')] }] }],
  });
  await expect(bad).rejects.toThrow('rules.0.anyOf.0 holds at all times, so DELAY would never end');
  const time = (value: string) =>
    rules.create(caller, {
      name: 't',
      rules: [{ name: 'x', consequence: 'DELAY', anyOf: [{ allOf: [{ subject: 'TIME', values: [value] }] }] }],
    });
  await expect(time('25:00-07:00')).rejects.toThrow(
    'rules.0.anyOf.0.allOf.0.values "25:00-07:00" is not a span of the day such as 23:00-07:00',
  );
});

it('delivery and a scrub of a loaded list close whom the campaign must not call', async () => {
  const { pool, campaign, caller, standing, set, lists, entries, scrubs, world } = await open(6);
  const { organisationId, campaignId, listId } = { ...campaign, organisationId: world.organisationId };
  const { id: own } = await lists.create(caller, { name: 'own', kind: 'INTERNAL' });
  await entries.add(caller, { listId: own, kind: 'CUSTOMER_ID', values: ['c1', 'c2'], source: 'test' });
  // Of c2 one number is not listed.
  await entries.remove(caller, { listId: own, kind: 'CUSTOMER_ID', values: ['c2'], reason: 'by number instead' });
  await entries.add(caller, { listId: own, kind: 'NUMBER', values: [fictionalNumber(2)], source: 'test' });
  await pool.query(
    `UPDATE contact SET numbers = numbers || jsonb_build_array(jsonb_build_object('mode', 'Home', 'number', $2::text, 'zone', 'UTC'))
     WHERE list_id = $1 AND external_id = 'c2'`,
    [listId, fictionalNumber(90)],
  );
  const refill = async () => {
    await pool.query('DELETE FROM campaign_contact WHERE campaign_id = $1', [campaignId]);
    await pool.query('UPDATE campaign_list SET filled_at = NULL, filled_to = 0 WHERE campaign_id = $1', [campaignId]);
    await fillCampaign({ pool, clock: api.container.clock }, { organisationId, campaignId, listId });
  };
  await set({ scrubAtDelivery: false });
  await refill();
  expect(await standing()).toEqual({});
  await set({ scrubAtDelivery: true });
  await refill();
  expect(await standing()).toEqual({ 1: 'DNC' });
  await entries.add(caller, { listId: own, kind: 'NUMBER', values: [fictionalNumber(90)], source: 'test' });
  const scrub = await scrubs.start(caller, { listId });
  await expect(scrubs.start(caller, { listId })).rejects.toMatchObject({ code: 'INVALID_STATE' });
  await runScrub(
    { pool, clock: api.container.clock, pubsub: api.container.pubsub },
    { organisationId, scrubId: scrub.id },
  );
  expect(await scrubs.get(caller, scrub.id)).toMatchObject({
    state: 'COMPLETED',
    contactsRead: 6,
    contactsListed: 2,
    contactsClosed: 1,
    listedAs: { INTERNAL: 2 },
  });
  expect(await standing()).toEqual({ 1: 'DNC', 2: 'DNC' });
});

describe('an opt-out in the very moment of a claim', () => {
  it('waits for a claim that holds the number, whose call may end, and refuses the next', async () => {
    const { pool, world, caller, campaign, ids, dialled, at, optOuts } = await open(1);
    const sql = await pool.connect();
    await sql.query('BEGIN');
    await sql.query('SELECT 1 FROM organisation WHERE id = $1 FOR SHARE', [world.organisationId]);
    await tryLocks(sql, world.organisationId, 'NUMBER', [fictionalNumber(0)]);
    const order: string[] = [];
    const out = optOuts.add(caller, { number: fictionalNumber(0) }).then(() => order.push('number'));
    const person = optOuts.add(caller, { customerId: 'c0' }).then(() => order.push('customer'));
    await until(
      'both wait for the claim',
      async () => {
        const { rows } = await pool.query<{ n: number }>(
          `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows[0]?.n === 2;
      },
      5_000,
    );
    order.push('claim');
    await sql.query('COMMIT');
    sql.release();
    await Promise.all([out, person]);
    expect(order[0]).toBe('claim');
    expect(await claimOnce(pool, world, campaign, ids, { at })).toEqual([]);
    expect(await dialled()).toEqual([]);
  });

  it('is obeyed by every claim that commits after it, of any campaign, by number and by customer', async () => {
    const { pool, world, caller, at, optOuts } = await open(16, 3);
    const people = 16;
    let stopped = false;
    let attempts = 0;
    const rounds = world.campaigns.map(() => 0);
    const dialler = async (campaign: Seeded, place: number): Promise<void> => {
      while (!stopped) {
        const ids = world.contactIds.get(campaign.campaignId) as number[];
        const claimed = await claimOnce(pool, world, campaign, ids, { at });
        attempts += claimed.length;
        await endAttempts(
          pool,
          claimed.map(({ id }) => id),
          at,
        );
        await pool.query(
          `UPDATE campaign_contact SET state = 'READY', close_reason = NULL, due_at = $2, attempts = 0 WHERE campaign_id = $1`,
          [campaign.campaignId, new Date(at)],
        );
        rounds[place] = (rounds[place] ?? 0) + 1;
      }
    };
    const countOf = async (index: number): Promise<number> => {
      const { rows } = await pool.query<{ n: number }>(
        'SELECT count(*) AS n FROM call_attempt WHERE organisation_id = $1 AND number = $2',
        [world.organisationId, fictionalNumber(index)],
      );
      return rows[0]?.n ?? 0;
    };
    const dialling = world.campaigns.map(dialler);
    await until('calls are made', () => attempts >= people, 10_000);
    const final = new Map<number, number>();
    for (let index = 0; index < people; index += 1) {
      await optOuts.add(caller, index % 2 ? { customerId: `c${index}` } : { number: fictionalNumber(index) });
      // From the answer on there is no further attempt.
      final.set(index, await countOf(index));
    }
    const before = [...rounds];
    // The first round may have begun before the last opt-out.
    await until(
      'all have claimed again',
      () => rounds.every((made, place) => made >= (before[place] ?? 0) + 3),
      20_000,
    );
    stopped = true;
    await Promise.all(dialling);
    for (const [index, count] of final) expect([index, await countOf(index)]).toEqual([index, count]);
  }, 60_000);
});

describe('a registry whose import is interrupted', () => {
  it('is not in force in any part, and comes whole when it is run again', async () => {
    const { pool, caller, world, lists, ids } = await open(3);
    const { hot, pubsub, clock } = api.container;
    const home = mkdtempSync(join(tmpdir(), 'outdial-dnc-run-'));
    mkdirSync(uploadDirectory(home), { recursive: true });
    const imports = new DncImportService({ pool, pubsub, clock, home });
    const { id: listId } = await lists.create(caller, { name: 'registry', kind: 'NDNC' });
    const stage = async (lines: readonly string[]): Promise<string> => {
      const staged = await imports.create(caller, { listId, source: 'test' });
      writeFileSync(uploadPath(home, staged.import.id), lines.join('\n'));
      await pool.query(`UPDATE dnc_import SET state = 'QUEUED' WHERE id = $1`, [staged.import.id]);
      return staged.import.id;
    };
    const logger = createLogger('test', 'silent');
    const runner = (onStep?: (step: 'READ' | 'STORED') => void) =>
      new DncImportRunner({ pool: hot, pubsub, clock, logger, home, ...(onStep ? { onStep } : {}) });
    const inForce = async (): Promise<boolean[]> => {
      const people = ids.map((_, index) => ({ number: fictionalNumber(index), customerId: null }));
      const { ofNumber } = await findListed(pool, world.organisationId, people);
      return people.map(({ number }) => ofNumber.has(number));
    };
    const first = await stage([fictionalNumber(0), 'bad']);
    expect(await runner().run(world.organisationId, first)).toBe('COMPLETED');
    expect(await inForce()).toEqual([true, false, false]);
    // Numbers in every part, so that it is interrupted between parts.
    const second = await stage([
      fictionalNumber(1),
      'bad',
      ...Array.from({ length: 700 }, (_, area) => `+1${200 + area}5550199`),
    ]);
    for (const wanted of ['READ', 'STORED', 'STORED'] as const) {
      const broken = runner((step) => {
        if (step === wanted) throw new Error('killed');
      });
      await expect(broken.run(world.organisationId, second)).rejects.toThrow('killed');
      expect(await inForce()).toEqual([true, false, false]);
    }
    const stopped = new AbortController();
    const stopping = runner(() => stopped.abort());
    await expect(stopping.run(world.organisationId, second, stopped.signal)).rejects.toThrow();
    expect(await inForce()).toEqual([true, false, false]);
    expect(await runner().run(world.organisationId, second)).toBe('COMPLETED');
    expect(await inForce()).toEqual([false, true, false]);
    expect(await imports.get(caller, second)).toMatchObject({ linesRead: 702, linesRejected: 1, numbers: 701 });
    expect((await imports.errors(caller, second, { first: 10 })).rows.map(({ line }) => line)).toEqual([2]);
    // One that is cancelled while it runs changes nothing and is removed.
    const third = await stage([fictionalNumber(2)]);
    let cancelling: Promise<unknown> | undefined;
    const cancelled = runner(() => {
      // It may be complete in the very moment.
      cancelling ??= imports.cancel(caller, third).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'INVALID_STATE', message: expect.stringContaining('COMPLETED') });
      });
    });
    const end = await cancelled.run(world.organisationId, third);
    await cancelling;
    expect(['TAKEN', 'COMPLETED']).toContain(end);
    expect(await inForce()).toEqual(end === 'TAKEN' ? [false, true, false] : [false, false, true]);
    expect(readdirSync(uploadDirectory(home))).toEqual([]);
    rmSync(home, { recursive: true, force: true });
  }, 60_000);
});

import { existsSync } from 'node:fs';
import { fillCampaign } from '../../src/contacts/campaign-lists/fill-campaign';
import { expireUploads } from '../../src/contacts/imports/expire-uploads';
import { uploadPath } from '../../src/contacts/imports/upload-place';
import { OffsetClock } from '../../src/infra/clock';
import { seedCampaign } from '../setup/seed';
import { until } from '../setup/until';
import { fictional, type ImportBench, openImportBench } from './contacts-harness';

describe('an import', () => {
  let bench: ImportBench;
  beforeAll(async () => {
    bench = await openImportBench();
  });
  afterAll(() => bench.close());

  const run = async (content: string | Buffer, format: 'CSV' | 'JSON' = 'CSV', listId?: string) => {
    const list = listId ?? (await bench.makeList());
    const importId = await bench.stage(list, content, format);
    await bench.runner(3).run(bench.organisationId, importId);
    return { list, importId, row: await bench.importRow(importId), reasons: await bench.reasons(importId) };
  };

  test('takes good rows and says of each bad one where and why', async () => {
    const csv = [
      'id,name,phone',
      '1,Ann,+12125550100',
      '2,Bob,nonsense',
      '3,"Cy, the third",(212) 555-0101',
      '4,Di,+12125550100',
      '5,"Ed"x,+12125550103',
      `6,${'x'.repeat(1001)},+12125550104`,
      '7,Flo,',
      '8,Gus,+12125550105',
    ].join('\n');
    const { list, importId, row, reasons } = await run(csv);
    expect(row).toMatchObject({ state: 'COMPLETED', read: 8, imported: 3, duplicate: 1, rejected: 4 });
    expect(reasons).toEqual([
      '3 NOT_A_NUMBER phone',
      '5 DUPLICATE',
      '6 MALFORMED_ROW',
      '7 VALUE_TOO_LONG name',
      '8 MISSING_NUMBER phone',
    ]);
    expect(await bench.numbers(list)).toEqual(['+12125550100', '+12125550101', '+12125550105']);
    expect(existsSync(uploadPath(bench.home, importId))).toBe(false);
    const { rows } = await bench.pool.query('SELECT contacts, loaded_at FROM contact_list WHERE id = $1', [list]);
    expect(rows[0]).toMatchObject({ contacts: 3, loaded_at: expect.any(Date) });
  });

  test('of the same file again takes nothing twice', async () => {
    const csv = `id,name,phone\n${Array.from({ length: 10 }, (_, n) => `${n},N,${fictional(n)}`).join('\n')}`;
    const { list } = await run(csv);
    const again = await run(csv, 'CSV', list);
    expect(again.row).toMatchObject({ state: 'COMPLETED', imported: 0, duplicate: 10, rejected: 0 });
    expect(again.reasons[0]).toBe('2 DUPLICATE');
    expect(await bench.numbers(list)).toHaveLength(10);
  });

  test('takes JSON, as an array and by lines, and UTF-16', async () => {
    const people = [0, 1, 2, 3].map((n) => ({ id: n, name: `Zoë ${n}`, phone: fictional(n) }));
    const lines = people.map((person) => JSON.stringify(person)).join('\n');
    for (const json of [JSON.stringify(people), lines]) {
      expect((await run(json, 'JSON')).row).toMatchObject({ state: 'COMPLETED', imported: 4, rejected: 0 });
    }
    const csv = `id,name,phone\n${people.map(({ id, name, phone }) => `${id},${name},${phone}`).join('\n')}`;
    const { list, row } = await run(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(csv, 'utf16le')]));
    expect(row).toMatchObject({ state: 'COMPLETED', imported: 4 });
    const { rows } = await bench.pool.query('SELECT attributes FROM contact WHERE list_id = $1 ORDER BY id LIMIT 1', [
      list,
    ]);
    expect(rows[0].attributes).toEqual({ name: 'Zoë 0' });
  });

  test.each([
    ['a missing column', 'id,name\n1,Ann\n', 'MISSING_COLUMN', /"phone"/],
    ['another encoding', Buffer.from('id,name,phone\n1,caf\xe9,+12125550100\n', 'latin1'), 'WRONG_ENCODING', /line 2/],
    ['an empty file', '', 'EMPTY_FILE', /empty/],
  ])('of %s fails and takes nothing', async (_name, content, code, message) => {
    const { list, row } = await run(content);
    expect(row).toMatchObject({ state: 'FAILED', code, message: expect.stringMatching(message), imported: 0 });
    expect(await bench.numbers(list)).toEqual([]);
  });

  test('of a file that is gone fails, and says so', async () => {
    const list = await bench.makeList();
    const importId = await bench.stage(list, 'id,name,phone\n');
    const { rmSync } = await import('node:fs');
    rmSync(uploadPath(bench.home, importId));
    await bench.runner().run(bench.organisationId, importId);
    expect(await bench.importRow(importId)).toMatchObject({ state: 'FAILED', code: 'FILE_LOST' });
  });

  test('takes the rows around a line of 10 MB', async () => {
    const { row, reasons } = await run(
      `id,name,phone\n1,a,${fictional(0)}\n2,${'x'.repeat(10_000_000)},\n3,c,${fictional(1)}\n`,
    );
    expect(row).toMatchObject({ state: 'COMPLETED', imported: 2, rejected: 1 });
    expect(reasons).toEqual(['3 ROW_TOO_LONG']);
  });

  test('is run by one runner at a time', async () => {
    const list = await bench.makeList();
    const rows = Array.from({ length: 300 }, (_, n) => `${n},N,${fictional(n)}`).join('\n');
    const importId = await bench.stage(list, `id,name,phone\n${rows}`);
    const ends = await Promise.all([1, 2, 3].map(() => bench.runner(10).run(bench.organisationId, importId)));
    expect(ends.map(({ end }) => end).sort()).toEqual(['COMPLETED', 'HELD_ELSEWHERE', 'HELD_ELSEWHERE']);
    expect(await bench.importRow(importId)).toMatchObject({ read: 300, imported: 300 });
    expect(await bench.runner().run(bench.organisationId, importId)).toEqual({ end: 'NOT_RUNNABLE' });
  });

  test('of another organisation is not run', async () => {
    const list = await bench.makeList();
    const importId = await bench.stage(list, 'id,name,phone\n');
    const foreign = await seedCampaign(bench.pool, { at: new Date() });
    expect(await bench.runner().run(foreign.organisationId, importId)).toEqual({ end: 'NOT_RUNNABLE' });
  });

  test('goes on after its connection was cut', async () => {
    const list = await bench.makeList();
    const rows = Array.from({ length: 1200 }, (_, n) => `${n},N,${fictional(n)}`).join('\n');
    const importId = await bench.stage(list, `id,name,phone\n${rows}`);
    const cut = until(
      'the import is in the middle',
      async () => Number((await bench.importRow(importId)).read) > 0,
      5_000,
      1,
    ).then(() =>
      bench.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'test-contacts' AND datname = current_database() AND pid <> pg_backend_pid()`,
      ),
    );
    const [first] = await Promise.allSettled([bench.runner(5).run(bench.organisationId, importId), cut]);
    expect(first.status).toBe('rejected');
    // The connection that was ended lets go of the import when its backend has noticed.
    await until(
      'the import is free again',
      async () => (await bench.runner(100).run(bench.organisationId, importId)).end === 'COMPLETED',
      5_000,
    );
    expect(await bench.importRow(importId)).toMatchObject({
      state: 'COMPLETED',
      read: 1200,
      imported: 1200,
      duplicate: 0,
    });
    expect(await bench.numbers(list)).toHaveLength(1200);
  });

  test('that is cancelled while it runs takes nothing after that', async () => {
    const list = await bench.makeList();
    const rows = Array.from({ length: 1200 }, (_, n) => `${n},N,${fictional(n)}`).join('\n');
    const importId = await bench.stage(list, `id,name,phone\n${rows}`);
    const running = bench.runner(5).run(bench.organisationId, importId);
    await until('it is in the middle', async () => Number((await bench.importRow(importId)).read) > 0, 5_000, 1);
    await bench.pool.query(`UPDATE contact_import SET state = 'CANCELLED', seq = seq + 1 WHERE id = $1`, [importId]);
    const { imported } = await bench.importRow(importId);
    expect(await running).toMatchObject({ end: 'TAKEN' });
    expect(await bench.importRow(importId)).toMatchObject({ state: 'CANCELLED', imported });
    expect(await bench.numbers(list)).toHaveLength(Number(imported));
    expect(imported).toBeLessThan(1200);
  });

  test('whose file never came ends in time', async () => {
    const list = await bench.makeList();
    const [waiting, late, uploading] = await Promise.all([1, 2, 3].map(() => bench.stage(list, 'id,name,phone\n')));
    const set = (importId: string | undefined, state: string, expiresInMs: number) =>
      bench.pool.query('UPDATE contact_import SET state = $2, upload_expires_at = $3 WHERE id = $1', [
        importId,
        state,
        new Date(Date.now() + expiresInMs),
      ]);
    await set(waiting, 'AWAITING_UPLOAD', 60_000);
    await set(late, 'AWAITING_UPLOAD', -60_000);
    await set(uploading, 'UPLOADING', -60_000);
    const { pool, pubsub, home } = bench;
    expect(await expireUploads({ pool, pubsub, home, clock: new OffsetClock() })).toBe(1);
    expect(await bench.importRow(late ?? '')).toMatchObject({ state: 'FAILED', code: 'UPLOAD_EXPIRED' });
    const later = new OffsetClock();
    later.setOffset(7_200_000);
    expect(await expireUploads({ pool, pubsub, home, clock: later })).toBe(2);
  });

  test('gives its contacts to the campaigns that have the list, attached before or after', async () => {
    const clock = new OffsetClock();
    const { organisationId, campaignId } = await seedCampaign(bench.pool, {
      at: clock.date(),
      organisationId: bench.organisationId,
    });
    const list = await bench.makeList();
    const csv = (from: number, to: number) =>
      `id,name,phone\n${Array.from({ length: to - from }, (_, n) => `${n},N,${fictional(from + n)}`).join('\n')}`;
    await run(csv(0, 20), 'CSV', list);
    await bench.pool.query(
      'INSERT INTO campaign_list (campaign_id, list_id, organisation_id, attached_at) VALUES ($1, $2, $3, $4)',
      [campaignId, list, organisationId, clock.date()],
    );
    await run(csv(10, 30), 'CSV', list);
    const standing = async () => {
      const { rows } = await bench.pool.query(
        `SELECT count(*) AS contacts, count(DISTINCT contact_id) AS different, min(zone) AS zone FROM campaign_contact
         WHERE campaign_id = $1 AND list_id = $2 AND state = 'READY'`,
        [campaignId, list],
      );
      return rows[0];
    };
    expect(await standing()).toMatchObject({ contacts: 10 });
    const fill = { organisationId, campaignId, listId: list };
    expect(await fillCampaign({ pool: bench.pool, clock }, fill)).toBe(true);
    expect(await standing()).toEqual({ contacts: 30, different: 30, zone: 'America/New_York' });
    expect(await fillCampaign({ pool: bench.pool, clock }, fill)).toBe(false);
    // While a file is on its way into the list, the campaign has not got it whole.
    const importId = await bench.stage(list, csv(30, 40));
    await bench.pool.query('UPDATE campaign_list SET filled_at = NULL WHERE list_id = $1', [list]);
    expect(await fillCampaign({ pool: bench.pool, clock }, fill)).toBe(false);
    await bench.runner().run(bench.organisationId, importId);
    expect(await fillCampaign({ pool: bench.pool, clock }, fill)).toBe(true);
    expect(await standing()).toMatchObject({ contacts: 40, different: 40 });
  });
});

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { create } from '../../src/api-client/change';
import { stageImport } from '../../src/api-client/import-file';
import { runDncImport } from '../../src/cli/dnc';
import { OptOutService } from '../../src/contacts/dnc/opt-out-service';
import { uploadDirectory } from '../../src/contacts/imports/upload-place';
import { newId } from '../../src/infra/ids';
import { ADMIN_TOKEN } from '../setup/api';
import { seedCampaign, seedOrganisation } from '../setup/seed';
import { until } from '../setup/until';
import { DNC_IMPORT, type DncWorld, type ImportView, openDncWorld } from './dnc-harness';

const number = (last: number): string => `+1202555${String(last).padStart(4, '0')}`;
const line = (last: number): string => number(last).slice(2);

describe('do-not-call lists', () => {
  let world: DncWorld;
  beforeAll(async () => {
    world = await openDncWorld();
  });
  afterAll(() => world.close());

  const add = (listId: string, kind: string, values: string[], more: object = {}) =>
    world.ask<{ added: number; known: number }>(
      'addDncEntries',
      'AddedDncEntries',
      'added known',
      'AddDncEntriesInput',
      { listId, kind, values, source: 'letter', ...more },
    );

  test('forbid by number, prefix and customer id, of whoever has chosen them', async () => {
    const own = await world.makeList({ name: 'Own', kind: 'INTERNAL' });
    const chosen = await world.makeList({ name: 'Chosen', kind: 'CUSTOM' });
    const registry = await world.makeList({ name: 'By hand', kind: 'NDNC' });
    expect(await add(own, 'NUMBER', [number(100), number(101), number(100)])).toMatchObject({ added: 2, known: 0 });
    expect(await add(own, 'NUMBER', [number(101), number(102)])).toMatchObject({ added: 1, known: 1 });
    await add(chosen, 'PREFIX', ['+120255501']);
    await add(own, 'CUSTOMER_ID', ['c-1']);
    await add(registry, 'NUMBER', [number(199)]);
    await add(own, 'NUMBER', [number(150)], { expiresAt: new Date(Date.now() + 300).toISOString() });
    const asked = { numbers: [number(100), number(199), '+442079460000'], customerIds: ['c-1', 'c-2'] };
    expect(await world.check(asked)).toEqual([
      `${number(100)} INTERNAL by NUMBER`,
      `${number(199)} NDNC by NUMBER`,
      'c-1 INTERNAL by CUSTOMER_ID',
    ]);
    expect(await world.check({ ...asked, ndnc: false, dncListIds: [chosen] })).toEqual([
      `${number(100)} CUSTOM by PREFIX`,
      `${number(100)} INTERNAL by NUMBER`,
      `${number(199)} CUSTOM by PREFIX`,
      'c-1 INTERNAL by CUSTOMER_ID',
    ]);
    await until('the entry has ended', async () => (await world.check({ numbers: [number(150)] })).length === 0, 5_000);
    const remove = (values: string[]) =>
      world.ask('removeDncEntries', 'RemovedDncEntries', 'removed', 'RemoveDncEntriesInput', {
        listId: own,
        kind: 'NUMBER',
        values,
        reason: 'asked to be called',
      });
    expect(await remove([number(100), number(777)])).toMatchObject({ removed: 1 });
    expect(await world.refused(remove([number(777)]))).toMatchObject({ code: 'NOT_FOUND', field: 'values' });
    expect(await world.check({ numbers: [number(100)] })).toEqual([]);
    const { entries } = await world.admin.query<{ entries: { edges: { node: Record<string, unknown> }[] } }>(
      'query ($id: ID!) { entries: dncEntries(listId: $id, kind: CUSTOMER_ID) { edges { node { value source addedBy } } } }',
      { id: own },
    );
    expect(entries.edges.map(({ node }) => node)).toEqual([{ value: 'c-1', source: 'letter', addedBy: 'admin-token' }]);
  });

  test('refuse what is no entry, by field and without the number', async () => {
    const listId = await world.makeList({ name: 'Strict', kind: 'CUSTOM' });
    const message = async (kind: string, values: string[], more?: object) =>
      (await world.refused(add(listId, kind, values, more))).message;
    expect(await message('NUMBER', [number(100), '2025550101'])).toBe(
      'values.1 2025****01 is not a telephone number in E.164 form (+12025550100)',
    );
    expect(await message('PREFIX', ['+1'])).toBe('values.0 *** is not a prefix: + and 2–14 digits (+1202555)');
    expect(await message('CUSTOMER_ID', [' '])).toBe('values.0 must have 1–100 characters');
    expect(await message('NUMBER', [])).toBe('values must have at least 1 entries');
    expect(await message('NUMBER', [number(100)], { expiresAt: '2020-01-01T00:00:00Z' })).toMatch(
      /^expiresAt .* is past/,
    );
    expect(await world.refused(world.makeList({ name: 'X', kind: 'NDNC', country: 'Atlantis' }))).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'country',
    });
    expect(await world.refused(world.makeList({ name: 'Strict', kind: 'NDNC' }))).toMatchObject({ code: 'CONFLICT' });
    const foreign = await world.clientOf(['ADMIN'], await seedOrganisation(world.api.container.hot, new Date()));
    const theirs = world.ask(
      'addDncEntries',
      'AddedDncEntries',
      'added',
      'AddDncEntriesInput',
      { listId, kind: 'NUMBER', values: [number(100)], source: 'x' },
      foreign,
    );
    expect(await world.refused(theirs)).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a registry is taken in by a file: bad lines are reported, the next one takes its place at once', async () => {
    const listId = await world.makeList({ name: 'National', kind: 'NDNC' });
    const staged = await world.stage(listId);
    const heard = world.admin.subscribe<{ dncImport: ImportView }>(
      `subscription ($id: ID!) { dncImport(id: $id) { ${DNC_IMPORT} } }`,
      { id: staged.import.id },
    );
    const states: string[] = [];
    const listening = (async () => {
      for await (const { dncImport } of heard) {
        states.push(dncImport.state);
        if (dncImport.state === 'COMPLETED') return;
      }
    })();
    // Many of one block, few of others, one twice, and lines that hold no number.
    const many = Array.from({ length: 900 }, (_, index) => line(index));
    const file = [...many, line(5), 'nobody', '', '+44 7700 900123', '555', `${line(1)}9999999`].join('\n');
    const upload = () => fetch(`${world.api.url}${staged.uploadUrl}`, { method: 'PUT', body: file });
    await until('where it stands is heard', () => states.length > 0, 10_000);
    expect((await upload()).status).toBe(202);
    expect((await upload()).status).toBe(404);
    const first = await world.ended(staged.import.id);
    expect(first).toMatchObject({
      state: 'COMPLETED',
      linesRead: 905,
      linesRejected: 3,
      linesDuplicate: 1,
      numbers: 901,
    });
    await listening;
    expect(states[0]).toBe('AWAITING_UPLOAD');
    const report = await fetch(`${world.api.url}/dnc-imports/${first.id}/errors.csv`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expect((await report.text()).trim().split('\n')).toEqual([
      'line,code,message',
      '902,NOT_A_NUMBER,the line holds signs that no telephone number has',
      '905,NUMBER_TOO_SHORT,the line has too few digits for a telephone number',
      '906,NUMBER_TOO_LONG,the line has more digits than a telephone number can have',
    ]);
    const asked = { numbers: [number(0), number(899), number(900), '+447700900123'] };
    expect(await world.check(asked)).toEqual([
      `${number(0)} NDNC by NUMBER`,
      `${number(899)} NDNC by NUMBER`,
      '+447700900123 NDNC by NUMBER',
    ]);
    // Added to it: both a block that it has and one that it has not.
    const more = await world.importFile(listId, `phone,since\n${line(950)},2026\n3035550100,2026\nx,y\n`, {
      format: 'CSV',
      numberColumn: 'phone',
      replaces: false,
    });
    expect(more).toMatchObject({ state: 'COMPLETED', numbers: 2, linesRejected: 1 });
    expect(await world.check({ numbers: [number(0), number(950), '+13035550100', '+447700900123'] })).toHaveLength(4);
    // A file that holds no number changes nothing, one that does replaces all.
    const bad = await world.importFile(listId, 'none\nof these\n');
    expect(bad).toMatchObject({ state: 'FAILED', errorCode: 'NO_NUMBERS' });
    expect(await world.importFile(listId, 'a,b\n1,2\n', { format: 'CSV', numberColumn: 'phone' })).toMatchObject({
      errorCode: 'MISSING_COLUMN',
    });
    expect(await world.check({ numbers: [number(0), number(950)] })).toHaveLength(2);
    expect(await world.importFile(listId, `${line(1)}\n`)).toMatchObject({ state: 'COMPLETED', numbers: 1 });
    expect(await world.check({ numbers: [number(0), number(1), number(950)] })).toEqual([
      `${number(1)} NDNC by NUMBER`,
    ]);
    const { list } = await world.admin.query<{ list: { importedNumbers: number } }>(
      'query ($id: ID!) { list: dncList(id: $id) { importedNumbers } }',
      { id: listId },
    );
    expect(list.importedNumbers).toBe(1);
    await until(
      'what is in force no more is removed',
      async () => {
        const { rows } = await world.api.container.hot.query<{ n: number }>(
          'SELECT count(*) AS n FROM dnc_block b JOIN dnc_import i USING (generation) WHERE i.list_id = $1',
          [listId],
        );
        return rows[0]?.n === 1;
      },
      20_000,
    );
    expect(readdirSync(uploadDirectory(world.home))).toEqual([]);
  });

  test('are removed with a reason, unless a campaign has chosen them', async () => {
    const listId = await world.makeList({ name: 'Mistake', kind: 'INTERNAL' });
    expect(await world.importFile(listId, `${line(800)}\n`)).toMatchObject({ state: 'COMPLETED' });
    await add(listId, 'PREFIX', ['+12025559']);
    const asked = { numbers: [number(800), number(9000)], ndnc: false };
    expect(await world.check(asked)).toHaveLength(2);
    const removed = await world.ask('removeDncList', 'DncList', 'name', 'RemoveDncListInput', {
      id: listId,
      reason: 'the wrong file',
    });
    expect(removed).toMatchObject({ name: 'Mistake' });
    expect((await world.check({ numbers: [number(800), number(9000)] })).filter((one) => /INTERNAL/.test(one))).toEqual(
      [],
    );
  });

  test('the command takes a file in, shows what it came to and writes the report', async () => {
    const file = join(world.home, 'registry.txt');
    const errors = join(world.home, 'registry-errors.csv');
    writeFileSync(file, `${line(300)}\n${line(301)}\nbad\n`);
    const said: string[] = [];
    const phases: string[] = [];
    const terminal = {
      say: (text: string) => void said.push(text),
      progress: {
        phase: (name: string) => void phases.push(name),
        update: () => undefined,
        stop: () => undefined,
      },
      signal: new AbortController().signal,
    };
    const options = { list: 'Commanded', kind: 'CUSTOM' as const, country: 'US', errors };
    const api = { url: world.api.url, token: ADMIN_TOKEN };
    expect(await runDncImport(file, options, api, terminal)).toBe(0);
    expect(said).toEqual([
      'Into a new CUSTOM list "Commanded" (numbers without country: US)',
      '3 lines: 2 numbers, 0 repeated, 1 rejected',
      `Line and reason of each stand in ${errors}`,
    ]);
    expect(phases.slice(0, 2)).toEqual(['Uploading', 'Importing']);
    expect(readFileSync(errors, 'utf8')).toContain('3,NOT_A_NUMBER');
    writeFileSync(file, 'nothing\n');
    expect(await runDncImport(file, { ...options, append: true }, api, terminal)).toBe(1);
    expect(said).toContain(
      'Failed (NO_NUMBERS): no line of the file holds a number: what is in force stays so; list "Commanded" is as it was',
    );
  });

  test('keep rows out of a contact list as they are loaded, with the reason', async () => {
    const own = await world.makeList({ name: 'At load', kind: 'INTERNAL' });
    const registry = await world.makeList({ name: 'At load, national', kind: 'NDNC' });
    await add(own, 'NUMBER', [number(400)]);
    await add(own, 'CUSTOMER_ID', ['gone']);
    await add(registry, 'NUMBER', [number(401)]);
    const load = async (dncScrubAtLoad: string) => {
      const { id: listId } = await create(world.admin, 'ContactList', {
        name: `Scrubbed by ${dncScrubAtLoad}`,
        defaultCountry: 'US',
        dncScrubAtLoad,
        fieldMapping: { modes: [{ mode: 'Mobile', column: 'phone' }], externalId: 'id' },
      });
      const staged = await stageImport(world.admin, { listId, format: 'CSV' });
      const rows = [
        `a,${number(400)}`,
        `b,${number(401)}`,
        `gone,${number(402)}`,
        `c,${number(403)}`,
        `d,${number(403)}`,
      ];
      await fetch(`${world.api.url}${staged.uploadUrl}`, { method: 'PUT', body: `id,phone\n${rows.join('\n')}\n` });
      const view = await until(
        'the import has ended',
        async () => {
          const { one } = await world.admin.query<{ one: Record<string, unknown> }>(
            'query ($id: ID!) { one: contactImport(id: $id) { state rowsImported rowsRejected rowsDuplicate } }',
            { id: staged.import.id },
          );
          return one.state === 'COMPLETED' ? one : undefined;
        },
        20_000,
      );
      const { errors } = await world.admin.query<{ errors: { edges: { node: object }[] } }>(
        'query ($id: ID!) { errors: contactImportErrors(importId: $id) { edges { node { line code message } } } }',
        { id: staged.import.id },
      );
      return { listId, view, errors: errors.edges.map(({ node }) => Object.values(node).slice(0, 3).join(' ')) };
    };
    const all = await load('ALL');
    expect(all.view).toMatchObject({ rowsImported: 1, rowsRejected: 3, rowsDuplicate: 1 });
    expect(all.errors).toEqual([
      "2 DNC the person must not be called: the organisation's own list",
      '3 DNC the person must not be called: a national registry',
      "4 DNC the person must not be called: the organisation's own list",
      '6 DUPLICATE the number of this row stands in line 5 already',
    ]);
    const internal = await load('INTERNAL');
    expect(internal.view).toMatchObject({ rowsImported: 2, rowsRejected: 2 });
    const none = await load('NONE');
    expect(none.view).toMatchObject({ rowsImported: 4, rowsRejected: 0 });
    // One by one as by file.
    await add(own, 'NUMBER', [number(404)]);
    await add(registry, 'NUMBER', [number(405)]);
    const one = (listId: string, to: string, externalId = 'x') =>
      create(world.admin, 'Contact', { listId, externalId, numbers: [{ mode: 'Mobile', number: to }] });
    const refusal = {
      code: 'INVALID_INPUT',
      field: 'numbers',
      message: "numbers: the person must not be called: the organisation's own list",
    };
    expect(await world.refused(one(all.listId, number(404)))).toEqual(refusal);
    expect(await world.refused(one(internal.listId, number(406), 'gone'))).toEqual(refusal);
    const national = { ...refusal, message: 'numbers: the person must not be called: a national registry' };
    expect(await world.refused(one(all.listId, number(405)))).toEqual(national);
    await one(internal.listId, number(405));
    await one(none.listId, number(404));
  });

  test('an agent opts out the person of its own call and nobody else', async () => {
    const { hot } = world.api.container;
    const seeded = await seedCampaign(hot, {
      at: new Date(),
      organisationId: world.organisationId,
      agents: 2,
      contacts: 1,
    });
    const attempt = async (agentId: string, to: string): Promise<string> => {
      const id = newId();
      await hot.query(
        `INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone,
           caller_id, attempt_no, agent_id, covered, claimed_at, not_after, phase, verdict_id)
         VALUES ($1, $2, $3, $4, 1, $5, 1, $6, 'Mobile', 'UTC', '+12025550100', 1, $7, true, $8, $8, 'CONNECTED', gen_random_uuid())`,
        [id, world.organisationId, seeded.campaignId, seeded.listId, seeded.dialerId, to, agentId, new Date()],
      );
      return id;
    };
    const [mine, other] = seeded.agents.map(({ id }) => id) as [string, string];
    const own = await attempt(mine, number(500));
    const theirs = await attempt(other, number(501));
    const optOuts = new OptOutService({ pool: hot, clock: world.api.container.clock });
    const agent = {
      organisationId: world.organisationId,
      actor: 'user:x',
      agentId: mine,
      roles: ['AGENT'] as const,
    };
    const added = await optOuts.add(agent, { attemptId: own, source: 'DESKTOP', reason: 'never again' });
    expect(added).toMatchObject({ kind: 'NUMBER', value: '+120******00', source: 'DESKTOP', attemptId: own });
    await expect(optOuts.add(agent, { attemptId: theirs })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(optOuts.add(agent, { number: number(502) })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect(await world.check({ numbers: [number(500), number(501)], ndnc: false })).toEqual([
      `${number(500)} OPT_OUT by NUMBER`,
    ]);
    // Over the API, by key press as a flow reports it, and back again.
    const say = (input: object) =>
      world.ask<{ id: string }>('addOptOut', 'OptOut', 'id value', 'OptOutInput', { ...input });
    await say({ attemptId: theirs, source: 'KEY_PRESS', idempotencyKey: 'pressed 9' });
    const again = await say({ attemptId: theirs, source: 'KEY_PRESS', idempotencyKey: 'pressed 9' });
    expect(again).toMatchObject({ value: number(501) });
    expect(await world.refused(say({ number: number(1), customerId: 'x' }))).toMatchObject({ field: 'number' });
    const back = (input: object) =>
      world.ask('withdrawOptOut', 'OptOut', 'withdrawalReason', 'WithdrawOptOutInput', { ...input });
    await expect(back({ number: number(501) })).rejects.toThrow(/reason/);
    expect(await back({ number: number(501), reason: 'asked for a call' })).toMatchObject({
      withdrawalReason: 'asked for a call',
    });
    expect(await world.check({ numbers: [number(501)], ndnc: false })).toEqual([]);
    expect(await world.refused(back({ number: number(501), reason: 'again' }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

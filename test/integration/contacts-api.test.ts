import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorker, type Worker } from '../../jobs/worker';
import { change, create, Refused } from '../../src/api-client/change';
import { newId } from '../../src/infra/ids';
import { generateApiKey } from '../../src/organisations/tokens';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { seedCampaign, seedOrganisation } from '../setup/seed';
import { until } from '../setup/until';
import { fictional, MAPPING } from './contacts-harness';

const IMPORT = 'id state rowsRead rowsImported rowsDuplicate rowsRejected errorCode errorMessage bytesTotal seq';
interface Import {
  id: string;
  state: string;
  rowsImported: number;
  rowsRejected: number;
  rowsDuplicate: number;
  seq: number;
}

describe('contacts over the API', () => {
  const home = mkdtempSync(join(tmpdir(), 'outdial-contacts-'));
  let api: TestApi;
  let worker: Worker;
  let admin: TestClient;
  let foreign: TestClient;
  let foreignToken: string;
  let organisationId: string;
  let listId: string;

  const keyOf = async (organisation: string, roles: string[]): Promise<string> => {
    const { secret, prefix, hash } = generateApiKey();
    await api.container.hot.query(
      `INSERT INTO api_key (id, organisation_id, name, prefix, key_hash, roles, created_by, created_at)
       VALUES ($1, $2, 'test', $3, $4, $5, 'test', $6)`,
      [newId(), organisation, prefix, hash, roles, new Date()],
    );
    return secret;
  };

  beforeAll(async () => {
    api = await startTestApi({ OUTDIAL_HOME: home });
    organisationId = await seedOrganisation(api.container.hot, new Date(Date.now() - 60_000));
    const { databaseUrl, redisUrl } = api.stores;
    worker = startWorker(api.container, { databaseUrl, redisUrl });
    admin = createClient(api.url, ADMIN_TOKEN);
    foreignToken = await keyOf(await seedOrganisation(api.container.hot, new Date()), ['ADMIN']);
    foreign = createClient(api.url, foreignToken);
    const input = { name: 'People', fieldMapping: MAPPING, defaultCountry: 'US' };
    ({ id: listId } = await create(admin, 'ContactList', input));
  });
  afterAll(async () => {
    await Promise.all([admin.close(), foreign.close()]);
    await worker.stop(5_000);
    await api.close();
    rmSync(home, { recursive: true, force: true });
  });

  const stage = (client = admin, list = listId, key?: string) =>
    change<{ import: Import; uploadUrl: string }>(
      client,
      'StagedContactImport',
      'createContactImport(input: $input)',
      `import { ${IMPORT} } uploadUrl`,
      { input: { type: 'CreateContactImportInput!', value: { listId: list, format: 'CSV', idempotencyKey: key } } },
    );
  const upload = (uploadUrl: string, body: string) => fetch(`${api.url}${uploadUrl}`, { method: 'PUT', body });
  const ended = (id: string): Promise<Import> =>
    until(
      'the import has ended',
      async () => {
        const { contactImport } = await admin.query<{ contactImport: Import }>(
          `query ($id: ID!) { contactImport(id: $id) { ${IMPORT} } }`,
          { id },
        );
        return ['COMPLETED', 'FAILED', 'CANCELLED'].includes(contactImport.state) ? contactImport : undefined;
      },
      15_000,
    );
  const refusal = (asked: Promise<unknown>): Promise<Refused> =>
    asked.then(
      () => Promise.reject(new Error('it was not refused')),
      (error) => error,
    );

  test('a file goes in by a single-use address, its progress is heard, its bad rows are reported', async () => {
    const staged = await stage();
    const states: string[] = [];
    const heard = (async () => {
      const stream = admin.subscribe<{ contactImport: Import }>(
        `subscription ($id: ID!) { contactImport(id: $id) { ${IMPORT} } }`,
        { id: staged.import.id },
      );
      for await (const { contactImport } of stream) {
        states.push(contactImport.state);
        if (contactImport.state === 'COMPLETED') return contactImport;
      }
      return undefined;
    })();
    await until('the snapshot came', () => states.length > 0, 5_000);
    const csv = `id,name,phone\n1,Ann,${fictional(0)}\n2,Bob,=HYPERLINK\n3,Cy,${fictional(0)}\n4,Di,${fictional(1)}\n`;
    const answer = await upload(staged.uploadUrl, csv);
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ importId: staged.import.id, bytes: csv.length });
    expect((await upload(staged.uploadUrl, csv)).status).toBe(404);
    expect(await heard).toMatchObject({ rowsRead: 4, rowsImported: 2, rowsDuplicate: 1, rowsRejected: 1 });
    expect(states[0]).toBe('AWAITING_UPLOAD');

    const path = `${api.url}/imports/${staged.import.id}/errors.csv`;
    const report = await fetch(path, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } });
    expect(report.headers.get('content-type')).toContain('text/csv');
    const lines = (await report.text()).trim().split('\n');
    expect(lines[0]).toBe('line,row,field,code,message');
    expect(lines[1]).toMatch(/^3,2,phone,NOT_A_NUMBER,/);
    expect(lines[2]).toMatch(/^4,3,,DUPLICATE,/);
    expect((await fetch(path)).status).toBe(401);
    expect((await fetch(path, { headers: { authorization: `Bearer ${foreignToken}` } })).status).toBe(404);
    const agent = await keyOf(organisationId, ['AGENT']);
    expect((await fetch(path, { headers: { authorization: `Bearer ${agent}` } })).status).toBe(403);
    const { contactImportErrors } = await admin.query<{ contactImportErrors: { edges: { node: { line: number } }[] } }>(
      'query ($id: ID!) { contactImportErrors(importId: $id) { edges { node { line code field message } } } }',
      { id: staged.import.id },
    );
    expect(contactImportErrors.edges.map(({ node }) => node.line)).toEqual([3, 4]);
  });

  test('numbers are masked for those who may not see them', async () => {
    const ask = `query ($id: ID!) { contacts(listId: $id, first: 1) { edges { node { id numbers { number zones } } }
      pageInfo { hasNextPage } } }`;
    const read = async (client: TestClient) =>
      (await client.query<{ contacts: unknown }>(ask, { id: listId })).contacts as {
        edges: { node: { numbers: { number: string; zones: string[] }[] } }[];
      };
    const shown = (await read(admin)).edges[0]?.node.numbers[0];
    expect(shown).toEqual({ number: '+12125550100', zones: ['America/New_York'] });
    const analyst = createClient(api.url, await keyOf(organisationId, ['ANALYST']));
    expect((await read(analyst)).edges[0]?.node.numbers[0]?.number).toBe('+121******00');
    expect((await read(foreign)).edges).toEqual([]);
  });

  test('the mapping is frozen once something is loaded', async () => {
    const { contactList } = await admin.query<{ contactList: { version: number } }>(
      'query ($id: ID!) { contactList(id: $id) { version contacts fieldMapping { modes { mode column } } } }',
      { id: listId },
    );
    const update = (input: object) =>
      change(admin, 'ContactList', 'updateContactList(input: $input)', 'id name', {
        input: { type: 'UpdateContactListInput!', value: { id: listId, version: contactList.version, ...input } },
      });
    const fieldMapping = { modes: [{ mode: 'Mobile', column: 'other' }] };
    expect(await refusal(update({ fieldMapping }))).toMatchObject({ code: 'INVALID_STATE', field: 'fieldMapping' });
    expect(await update({ name: 'Renamed' })).toMatchObject({ name: 'Renamed' });
  });

  test.each([
    [{ defaultCountry: 'XX' }, 'defaultCountry'],
    [{ fieldMapping: { modes: [] } }, 'fieldMapping.modes'],
    [{ name: '' }, 'name'],
  ])('a list with %j is refused', async (wrong, field) => {
    const input = { name: 'Wrong', fieldMapping: MAPPING, defaultCountry: 'US', ...wrong };
    expect(await refusal(create(admin, 'ContactList', input))).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  test('a staged import is made once by its key, and is of its own organisation', async () => {
    const first = await stage(admin, listId, 'key-1');
    const second = await stage(admin, listId, 'key-1');
    expect(second.import.id).toBe(first.import.id);
    // The first address has been replaced by the second.
    expect((await upload(first.uploadUrl, 'id,name,phone\n')).status).toBe(404);
    expect((await upload(second.uploadUrl, 'id,name,phone\n')).status).toBe(202);
    expect(await ended(first.import.id)).toMatchObject({ state: 'COMPLETED', rowsImported: 0 });
    expect(await refusal(stage(foreign))).toMatchObject({ code: 'NOT_FOUND' });
    const seen = await foreign.query('query ($id: ID!) { contactImport(id: $id) { id } }', { id: first.import.id });
    expect(seen).toEqual({ contactImport: null });
    const stream = foreign.subscribe('subscription ($id: ID!) { contactImport(id: $id) { id } }', {
      id: first.import.id,
    });
    await expect(stream.next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('an upload that breaks off may be sent again; one that is cancelled may not', async () => {
    const { uploadUrl, import: made } = await stage();
    await new Promise<void>((resolve) => {
      const broken = request(`${api.url}${uploadUrl}`, { method: 'PUT', headers: { 'content-length': '1000' } });
      broken.once('error', () => resolve());
      broken.write('id,name,phone\n');
      setTimeout(() => broken.destroy(new Error('gone')), 100);
    });
    await until(
      'the address is open again',
      async () => (await upload(uploadUrl, 'id,name,phone\n')).status === 202,
      5_000,
    );
    expect(await ended(made.id)).toMatchObject({ state: 'COMPLETED' });
    const other = await stage();
    const cancel = (id: string) =>
      change<Import>(admin, 'ContactImport', 'cancelContactImport(id: $id)', IMPORT, {
        id: { type: 'ID!', value: id },
      });
    expect(await cancel(other.import.id)).toMatchObject({ state: 'CANCELLED' });
    expect(await cancel(other.import.id)).toMatchObject({ state: 'CANCELLED' });
    expect((await upload(other.uploadUrl, 'id,name,phone\n')).status).toBe(404);
    expect(await refusal(cancel(made.id))).toMatchObject({ code: 'INVALID_STATE' });
  });

  test('a list is attached, filled, added to and detached', async () => {
    const { campaignId } = await seedCampaign(api.container.hot, { at: new Date(), organisationId });
    const on = (mutation: string, type: string, fields: string, input: object) =>
      change<Record<string, unknown>>(admin, type, `${mutation}ContactList(input: $input)`, fields, {
        input: { type: `${mutation === 'attach' ? 'Attach' : 'Detach'}ContactListInput!`, value: input },
      });
    const input = { campaignId, listId };
    const standing = async () =>
      (
        await api.container.hot.query('SELECT state FROM campaign_contact WHERE campaign_id = $1 AND list_id = $2', [
          campaignId,
          listId,
        ])
      ).rowCount;
    expect(await on('attach', 'CampaignList', 'filledAt', input)).toMatchObject({ filledAt: null });
    expect(await refusal(on('attach', 'CampaignList', 'filledAt', input))).toMatchObject({ code: 'CONFLICT' });
    await until(
      'the campaign is filled',
      async () => {
        const { campaignLists } = await admin.query<{ campaignLists: { listId: string; filledAt: string | null }[] }>(
          'query ($id: ID!) { campaignLists(campaignId: $id) { listId filledAt } }',
          { id: campaignId },
        );
        return campaignLists.find((list) => list.listId === listId)?.filledAt ?? undefined;
      },
      10_000,
    );
    expect(await standing()).toBe(2);
    const numbers = [{ mode: 'Mobile', number: '(808) 555-0150' }];
    const contact = { listId, numbers, attributes: [{ name: 'name', value: 'Kai' }], idempotencyKey: 'kai' };
    const made = await create(admin, 'Contact', contact, 'id numbers { number zones } attributes { name value }');
    expect(made).toMatchObject({ numbers: [{ number: '+18085550150', zones: ['Pacific/Honolulu'] }] });
    expect(await create(admin, 'Contact', contact)).toEqual(expect.objectContaining({ id: made.id }));
    expect(await refusal(create(admin, 'Contact', { ...contact, idempotencyKey: 'kai-2' }))).toMatchObject({
      code: 'CONFLICT',
    });
    const wrong = { ...contact, idempotencyKey: undefined, numbers: [{ mode: 'Fax', number: '+18085550150' }] };
    expect(await refusal(create(admin, 'Contact', wrong))).toMatchObject({ code: 'INVALID_INPUT', field: 'numbers' });
    expect(await standing()).toBe(3);
    await on('detach', 'DetachedList', 'listId', input);
    expect(await standing()).toBe(0);
    expect(await refusal(on('detach', 'DetachedList', 'listId', input))).toMatchObject({ code: 'INVALID_STATE' });
  });

  test('DNC numbers', async () => {
    const add = (input: object, client = admin) =>
      change<Record<string, unknown>>(
        client,
        'DncNumber',
        'addDncNumber(input: $input)',
        'number source reason addedBy',
        {
          input: { type: 'AddDncNumberInput!', value: input },
        },
      );
    const entry = { number: '+12125550199', source: 'caller', reason: 'asked' };
    expect(await add({ ...entry, idempotencyKey: 'a' })).toEqual(
      expect.objectContaining({ ...entry, addedBy: 'admin-token' }),
    );
    expect(await add({ ...entry, idempotencyKey: 'a' })).toMatchObject(entry);
    expect(await refusal(add(entry))).toMatchObject({ code: 'CONFLICT', field: 'number' });
    expect(await refusal(add({ ...entry, number: '12' }))).toMatchObject({ code: 'INVALID_INPUT', field: 'number' });
    expect(await refusal(add({ ...entry, source: 'x'.repeat(101) }))).toMatchObject({ field: 'source' });
    expect(await add(entry, foreign)).toMatchObject({ number: entry.number });
    const list = async (client: TestClient) =>
      (
        await client.query<{ dncNumbers: { edges: { node: { number: string } }[] } }>(
          '{ dncNumbers { edges { node { number } } } }',
        )
      ).dncNumbers.edges.length;
    expect(await list(admin)).toBe(1);
    const remove = () =>
      change(admin, 'DncNumber', 'removeDncNumber(input: $input)', 'number', {
        input: { type: 'RemoveDncNumberInput!', value: { number: entry.number, reason: 'a mistake' } },
      });
    await remove();
    expect(await refusal(remove())).toMatchObject({ code: 'NOT_FOUND' });
    expect([await list(admin), await list(foreign)]).toEqual([0, 1]);
  });
});

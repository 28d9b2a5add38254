import { change, create, type Refused } from '../../src/api-client/change';
import { applyRetries } from '../../src/contacts/retry/apply-retries';
import { newId } from '../../src/infra/ids';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { seedCampaign, seedOrganisation } from '../setup/seed';
import { until } from '../setup/until';

const NEW_YORK = '+12125550110';
const HONOLULU = '+18085550111';
const DENVER = '+13035550112';
const FIELDS = 'id version externalId numbers { mode number zones } attributes { name value }';
interface Contact {
  id: string;
  version: number;
  externalId: string | null;
  numbers: { mode: string; number: string; zones: string[] }[];
  attributes: { name: string; value: string }[];
}

describe('changes of contacts, DNC numbers and organisations over the API', () => {
  let api: TestApi;
  let admin: TestClient;
  let foreign: TestClient;
  let foreignId: string;
  let organisationId: string;
  let listId: string;
  let campaigns: string[];
  let count = 0;

  const sql = <T extends object>(text: string, values: unknown[] = []): Promise<T[]> =>
    api.container.hot.query<T>(text, values).then(({ rows }) => rows);

  beforeAll(async () => {
    api = await startTestApi();
    const at = new Date();
    organisationId = await seedOrganisation(api.container.hot, new Date(at.getTime() - 60_000));
    admin = createClient(api.url, ADMIN_TOKEN);
    const { made } = await admin.query<{ made: { organisation: { id: string }; adminKey: string } }>(
      'mutation { made: createOrganisation(input: { name: "Beta" }) { ... on NewOrganisation { organisation { id } adminKey } } }',
    );
    foreignId = made.organisation.id;
    foreign = createClient(api.url, made.adminKey);
    const fieldMapping = {
      modes: [
        { mode: 'Mobile', column: 'mobile' },
        { mode: 'Home', column: 'home' },
      ],
      attributes: ['name', 'plan'],
    };
    ({ id: listId } = await create(admin, 'ContactList', { name: 'People', fieldMapping, defaultCountry: 'US' }));
    const seeded = [];
    for (let n = 0; n < 2; n++) seeded.push(await seedCampaign(api.container.hot, { at, organisationId }));
    campaigns = seeded.map(({ campaignId }) => campaignId).sort();
    await sql(
      `INSERT INTO campaign_list (campaign_id, list_id, organisation_id, attached_at, filled_at)
       SELECT c, $2, $3, $4, $4 FROM unnest($1::uuid[]) AS c`,
      [campaigns, listId, organisationId, at],
    );
  });
  afterEach(() => sql('DELETE FROM contact WHERE list_id = $1', [listId]));
  afterAll(async () => {
    await Promise.all([admin.close(), foreign.close()]);
    await api.close();
  });

  const add = (mobile = NEW_YORK, home: string | null = HONOLULU): Promise<Contact> => {
    const numbers = [{ mode: 'Mobile', number: mobile }, ...(home === null ? [] : [{ mode: 'Home', number: home }])];
    const attributes = [
      { name: 'name', value: 'Kai' },
      { name: 'plan', value: 'gold' },
    ];
    const input = { listId, externalId: `c${++count}`, numbers, attributes };
    return create<Contact>(admin, 'Contact', input, FIELDS);
  };
  const update = (input: object, client = admin): Promise<Contact> =>
    change(client, 'Contact', 'updateContact(input: $input)', FIELDS, {
      input: { type: 'UpdateContactInput!', value: input },
    });
  const refusal = (asked: Promise<unknown>): Promise<Refused> =>
    asked.then(
      () => Promise.reject(new Error('it was not refused')),
      (error) => error,
    );
  const standings = (id: string) =>
    sql<{ state: string; index: number; zone: string; version: number; attempts: number }>(
      `SELECT state, number_index AS index, zone, version, attempts FROM campaign_contact
       WHERE contact_id = $1 ORDER BY campaign_id`,
      [id],
    );
  const stand = (id: string, campaign: number, state: string, index = 1) =>
    sql(
      `UPDATE campaign_contact SET state = $3, number_index = $4, zone = 'Pacific/Honolulu', attempts = 2
       WHERE contact_id = $1 AND campaign_id = $2`,
      [id, campaigns[campaign], state, index],
    );
  const keyOf = async (role: string): Promise<TestClient> => {
    const { made } = await admin.query<{ made: { secret: string } }>(
      `mutation { made: createApiKey(input: { name: "${role}", roles: [${role}] }) { ... on NewApiKey { secret } } }`,
    );
    return createClient(api.url, made.secret);
  };
  const mobile = (number: string) => [{ mode: 'Mobile', number }];

  test('where the person is said to be moves zone and law, of what waits too', async () => {
    const law = (id: string) =>
      sql<{ zone: string; law: string; numbers: { law: string }[] }>(
        `SELECT DISTINCT cc.zone, cc.law, c.numbers FROM campaign_contact cc JOIN contact c ON c.id = cc.contact_id
         WHERE c.id = $1`,
        [id],
      );
    const made = await add();
    expect(await law(made.id)).toMatchObject([
      { zone: 'America/New_York', law: 'US|US-NY', numbers: [{}, { law: 'US|US-HI' }] },
    ]);
    await update({ id: made.id, version: 1, postalCode: '90210' });
    expect(await law(made.id)).toMatchObject([{ zone: 'America/Los_Angeles', law: 'US|US-CA|US-NY' }]);
    const said = await update({ id: made.id, version: 2, jurisdiction: 'US-OK' });
    expect(await law(made.id)).toMatchObject([{ zone: 'America/Los_Angeles', law: 'US|US-NY|US-OK' }]);
    expect(said).toMatchObject({ version: 3 });
    const refused = await refusal(update({ id: made.id, version: 3, jurisdiction: 'Oklahoma' }));
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', field: 'jurisdiction' });
    await sql(`UPDATE campaign_contact SET state = 'IN_FLIGHT' WHERE contact_id = $1`, [made.id]);
    expect(await refusal(update({ id: made.id, version: 3, postalCode: '33101' }))).toMatchObject({
      code: 'INVALID_STATE',
    });
  });

  test('what is given changes, the rest stays; the audit has no number and no attribute', async () => {
    const made = await add();
    expect(made.version).toBe(1);
    const attributes = [{ name: 'plan', value: '' }];
    const changed = await update({ id: made.id, version: 1, externalId: 'new', attributes });
    expect(changed).toMatchObject({ version: 2, externalId: 'new', numbers: made.numbers });
    expect(changed.attributes).toEqual([
      { name: 'name', value: 'Kai' },
      { name: 'plan', value: '' },
    ]);
    expect((await standings(made.id)).map(({ version }) => version)).toEqual([1, 1]);
    await update({ id: made.id, version: 2, externalId: '', numbers: mobile(DENVER) });
    const { contact } = await admin.query<{ contact: Contact }>(`query ($id: ID!) { contact(id: $id) { ${FIELDS} } }`, {
      id: made.id,
    });
    expect(contact).toMatchObject({ version: 3, externalId: null });
    expect(contact.numbers).toEqual([{ mode: 'Mobile', number: DENVER, zones: ['America/Denver'] }]);
    const entries = await sql<{ before: object; after: object; action: string }>(
      `SELECT action, before, after FROM audit_entry WHERE entity = 'contact' AND entity_id = $1 ORDER BY id`,
      [made.id],
    );
    expect(entries.map(({ action }) => action)).toEqual(['create', 'update', 'update']);
    expect(entries[1]?.after).toMatchObject({ externalId: 'new', attributesGiven: ['plan'], version: 2 });
    expect(JSON.stringify(entries)).not.toMatch(/555|Kai/);
    expect(JSON.stringify(entries[2]?.after)).toContain('+130******12');
  });

  test('wherever it waits it goes on with the first of its new numbers', async () => {
    const { id } = await add();
    await stand(id, 0, 'AWAITING_RETRY');
    const waiting = { index: 0, zone: 'America/Denver', version: 2 };
    await update({ id, version: 1, numbers: mobile('(303) 555-0112') });
    expect(await standings(id)).toEqual([
      { ...waiting, state: 'AWAITING_RETRY', attempts: 2 },
      { ...waiting, state: 'READY', attempts: 0 },
    ]);
    await stand(id, 1, 'CLOSED', 0);
    await update({ id, version: 2, numbers: mobile(HONOLULU) });
    // Attached again, a closed one is dialled again: it must not come back with the old zone.
    expect((await standings(id)).map(({ zone, version }) => [zone, version])).toEqual([
      ['Pacific/Honolulu', 3],
      ['Pacific/Honolulu', 3],
    ]);
  });

  test('the same numbers are no change; another zone alone keeps the number that is next', async () => {
    const { id } = await add();
    await stand(id, 0, 'IN_FLIGHT');
    const numbers = [
      { mode: 'Home', number: HONOLULU },
      { mode: 'Mobile', number: NEW_YORK },
    ];
    expect(await update({ id, version: 1, numbers, attributes: [{ name: 'plan', value: 'tin' }] })).toMatchObject({
      version: 2,
    });
    await stand(id, 0, 'READY');
    const moved = await update({ id, version: 2, timeZone: 'America/Chicago' });
    expect(moved.numbers.map(({ zones }) => zones)).toEqual([['America/Chicago'], ['America/Chicago']]);
    expect((await standings(id)).map(({ zone, index }) => [zone, index])).toEqual([
      ['America/Chicago', 1],
      ['America/Chicago', 0],
    ]);
    expect(await refusal(update({ id, version: 3, timeZone: 'Mars/North' }))).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'timeZone',
    });
  });

  test('refused: old version, during a call, a number of another contact, what the list does not have', async () => {
    const { id } = await add();
    await add(DENVER, null);
    await stand(id, 1, 'IN_FLIGHT');
    const before = [await standings(id), await sql('SELECT * FROM contact WHERE id = $1', [id])];
    const refused = async (input: object) => {
      const { code, field } = await refusal(update({ id, version: 1, ...input }));
      return [code, field];
    };
    expect(await refused({ version: 7 })).toEqual(['VERSION_CONFLICT', 'version']);
    expect(await refused({ numbers: mobile('+16025550113') })).toEqual(['INVALID_STATE', 'numbers']);
    expect(await refused({ timeZone: 'America/Chicago' })).toEqual(['INVALID_STATE', 'timeZone']);
    await stand(id, 1, 'READY', 0);
    before[0] = await standings(id);
    expect(await refused({ numbers: mobile(DENVER) })).toEqual(['CONFLICT', 'numbers']);
    expect(await refused({ numbers: [] })).toEqual(['INVALID_INPUT', 'numbers']);
    expect(await refused({ numbers: [{ mode: 'Fax', number: DENVER }] })).toEqual(['INVALID_INPUT', 'numbers']);
    expect(await refused({ attributes: [{ name: 'age', value: '4' }] })).toEqual(['INVALID_INPUT', 'attributes']);
    expect(await refused({ id: 'x' })).toEqual(['INVALID_INPUT', 'id']);
    const { code } = await refusal(update({ id, version: 1, externalId: 'theirs' }, foreign));
    expect(code).toBe('NOT_FOUND');
    expect([await standings(id), await sql('SELECT * FROM contact WHERE id = $1', [id])]).toEqual(before);
  });

  test('a claim whose statement began before the change does not get the old number', async () => {
    const { id } = await add();
    const reader = await api.container.hot.connect();
    const keeper = await api.container.hot.connect();
    try {
      await keeper.query('SELECT pg_advisory_lock(4711)');
      await reader.query('BEGIN');
      // Shaped like the claim's and the retry's; held up between its snapshot and its locks.
      const read = reader.query(
        `WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(4711)::text AS up)
         SELECT cc.zone, ct.numbers FROM held CROSS JOIN campaign_contact cc JOIN contact ct ON ct.id = cc.contact_id
         WHERE held.up IS NOT NULL AND cc.contact_id = $1 FOR UPDATE OF cc SKIP LOCKED`,
        [id],
      );
      await until(
        'the reader is held up',
        async () =>
          (await sql(`SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted`)).length > 0,
        5_000,
      );
      await update({ id, version: 1, numbers: mobile(DENVER) });
      await keeper.query('SELECT pg_advisory_unlock(4711)');
      expect((await read).rows).toEqual([]);
    } finally {
      await reader.query('ROLLBACK');
      reader.release();
      keeper.release();
    }
  });

  test('a change and a worker that applies retries leave one of the new numbers next', async () => {
    const { id } = await add();
    await stand(id, 0, 'AWAITING_RETRY');
    const attemptId = newId();
    const at = new Date(Date.now() - 60_000);
    await sql(
      `WITH a AS (
         INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode,
           zone, caller_id, attempt_no, covered, claimed_at, not_after, ended_at, phase, outcome, verdict_id)
         SELECT $1, $2, c.id, $3, $4, g.dialer_id, 1, $5, 'Home', 'UTC', '+12025550100', 1, false, $6, $6, $6, 'ENDED',
           'NO_ANSWER', gen_random_uuid() FROM campaign c JOIN campaign_group g ON g.id = c.group_id WHERE c.id = $7)
       UPDATE campaign_contact SET last_attempt_id = $1, last_outcome = 'NO_ANSWER', attempts = 0
       WHERE contact_id = $4 AND campaign_id = $7`,
      [attemptId, organisationId, listId, id, HONOLULU, at, campaigns[0]],
    );
    const apply = () =>
      applyRetries(api.container.hot, { organisationId, campaignId: campaigns[0] as string }, () => new Date());
    await Promise.all([update({ id, version: 1, numbers: mobile(DENVER) }), apply()]);
    await apply();
    expect((await standings(id))[0]).toMatchObject({ state: 'READY', index: 0, zone: 'America/Denver' });
  });

  test('a DNC number is read and changed by number', async () => {
    const number = '+12125550198';
    const on = (mutation: string, input: object, client = admin) =>
      change<object>(client, 'DncNumber', `${mutation}DncNumber(input: $input)`, 'number source reason version', {
        input: { type: `${mutation === 'add' ? 'Add' : 'Update'}DncNumberInput!`, value: input },
      });
    const read = async (client = admin, asked = number) =>
      (
        await client.query<{ dncNumber: object | null }>(
          'query ($number: String!) { dncNumber(number: $number) { number source reason version } }',
          { number: asked },
        )
      ).dncNumber;
    expect(await read()).toBeNull();
    await on('add', { number, source: 'caller', reason: 'asked' });
    expect(await read()).toEqual({ number, source: 'caller', reason: 'asked', version: 1 });
    expect(await on('update', { number, version: 1, reason: '' })).toMatchObject({
      source: 'caller',
      reason: '',
      version: 2,
    });
    expect(await on('update', { number, version: 2, source: 'letter' })).toMatchObject({
      source: 'letter',
      reason: '',
    });
    expect(await refusal(on('update', { number, version: 2 }))).toMatchObject({ code: 'VERSION_CONFLICT' });
    expect(await refusal(on('update', { number, version: 3 }, foreign))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await read(foreign)).toBeNull();
    await expect(read(admin, '12')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const rows = await sql<{ before: { source: string }; after: { source: string } }>(
      `SELECT before, after FROM audit_entry WHERE entity = 'DNC number' AND action = 'update' ORDER BY id`,
    );
    expect(rows.map(({ before, after }) => [before.source, after.source])).toEqual([
      ['caller', 'caller'],
      ['caller', 'letter'],
    ]);
    const analyst = await keyOf('ANALYST');
    await expect(read(analyst)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(on('update', { number, version: 3 }, analyst)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(update({ id: '1', version: 1 }, analyst)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await analyst.close();
  });

  test('organisations: all for the fixed token, the own one for everybody else', async () => {
    type Page = { edges: { cursor: string; node: { id: string } }[]; pageInfo: { hasNextPage: boolean } };
    const page = async (client: TestClient, args = '') =>
      (
        await client.query<{ organisations: Page }>(
          `{ organisations${args} { edges { cursor node { id } } pageInfo { hasNextPage } } }`,
        )
      ).organisations;
    const idsOf = ({ edges }: Page) => edges.map(({ node }) => node.id);
    expect(idsOf(await page(admin))).toEqual([organisationId, foreignId].sort());
    const first = await page(admin, '(first: 1)');
    expect(first.pageInfo.hasNextPage).toBe(true);
    expect(idsOf(await page(admin, `(first: 1, after: "${first.edges[0]?.cursor}")`))).toEqual([foreignId]);
    expect(idsOf(await page(foreign))).toEqual([foreignId]);
    expect(idsOf(await page(foreign, `(after: "${Buffer.from(foreignId).toString('base64url')}")`))).toEqual([]);
    const ownAdmin = await keyOf('ADMIN');
    expect(idsOf(await page(ownAdmin))).toEqual([organisationId]);
    const one = async (client: TestClient, id?: string) =>
      (
        await client.query<{ organisation: { id: string } | null }>(
          'query ($id: ID) { organisation(id: $id) { id name } }',
          { id },
        )
      ).organisation?.id;
    expect([await one(foreign), await one(foreign, foreignId)]).toEqual([foreignId, foreignId]);
    expect([await one(foreign, organisationId), await one(ownAdmin, foreignId)]).toEqual([undefined, undefined]);
    expect([await one(foreign, ''), await one(admin, foreignId)]).toEqual([undefined, foreignId]);
    const supervisor = await keyOf('SUPERVISOR');
    await expect(page(supervisor)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    expect([await one(supervisor), await one(supervisor, foreignId)]).toEqual([organisationId, undefined]);
    await Promise.all([ownAdmin.close(), supervisor.close()]);
  });
});

import { newId } from '../../src/infra/ids';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { type BuiltCampaign, buildCampaign } from '../setup/build-campaign';
import { createClient, GraphqlFailure, type TestClient } from '../setup/graphql-client';
import { seedContacts, seedOrganisation } from '../setup/seed';

interface Answer {
  __typename: string;
  code?: string;
  message?: string;
  state?: string;
}

describe('actions by the api', () => {
  let api: TestApi;
  let admin: TestClient;
  let organisationId: string;

  beforeAll(async () => {
    api = await startTestApi();
    organisationId = await seedOrganisation(api.container.hot, new Date());
    admin = createClient(api.url, ADMIN_TOKEN);
  });
  afterAll(() => api.close());

  const act = async (action: string, id: string, key?: string): Promise<Answer> => {
    const { made } = await admin.query<{ made: Answer }>(
      `mutation ($id: ID!, $key: String) { made: ${action}Campaign(id: $id, idempotencyKey: $key) {
        __typename ... on Campaign { state } ... on Refusal { code message } } }`,
      { id, key },
    );
    return made;
  };

  const fill = async (built: BuiltCampaign): Promise<void> => {
    const { hot } = api.container;
    const at = new Date();
    const listId = newId();
    await hot.query(
      `INSERT INTO contact_list (id, organisation_id, name, field_mapping, default_country, contacts, created_at)
       VALUES ($1::uuid, $2, $1::uuid::text, '{"modes": {"Mobile": "phone"}}', 'US', 2, $3)`,
      [listId, organisationId, at],
    );
    const of = { organisationId, campaignId: built.campaignId, listId };
    await hot.query(
      `INSERT INTO campaign_list (campaign_id, list_id, organisation_id, attached_at, filled_at) VALUES ($1, $2, $3, $4, $4)`,
      [built.campaignId, listId, organisationId, at],
    );
    await seedContacts(hot, of, 2, { at });
  };

  test('a campaign with no agents and no list says what it lacks', async () => {
    const built = await buildCampaign(admin, { suffix: 'empty', agents: 0 });
    expect(await act('start', built.campaignId)).toEqual({
      __typename: 'Refusal',
      code: 'NOT_READY',
      message:
        'campaign "Campaign empty" cannot start: the teams of its group have no agents; no contact list is attached',
    });
    const { campaign } = await admin.query<{ campaign: unknown }>(
      'query ($id: ID!) { campaign(id: $id) { readiness { missing { code } } } }',
      { id: built.campaignId },
    );
    expect(campaign).toEqual({ readiness: { missing: [{ code: 'NO_AGENTS' }, { code: 'NO_LIST' }] } });
  });

  test('without a dialer a start says so and can be asked again by its key', async () => {
    const built = await buildCampaign(admin, { suffix: 'alone', agents: 1 });
    await fill(built);
    const key = 'start-alone';
    await expect(act('start', built.campaignId, key)).rejects.toMatchObject({
      code: 'DIALER_UNAVAILABLE',
      message: expect.stringContaining(key),
    });
    // The dialer's answer, written in the transaction of its effect.
    await api.container.hot.query(
      `WITH done AS (UPDATE dialer_command SET result = '{"ok": true}', done_at = created_at WHERE id = $1)
       UPDATE campaign SET state = 'RUNNING' WHERE id = $2`,
      [key, built.campaignId],
    );
    expect(await act('start', built.campaignId, key)).toEqual({ __typename: 'Campaign', state: 'RUNNING' });
    expect(await act('start', built.campaignId)).toMatchObject({
      code: 'INVALID_STATE',
      message: expect.stringContaining('is RUNNING'),
    });
  });

  test('what the dialer refuses is a refusal', async () => {
    const built = await buildCampaign(admin, { suffix: 'refused', agents: 1 });
    await fill(built);
    const refusal = { ok: false, code: 'INVALID_STATE', message: 'not now' };
    const answering = setInterval(() => {
      void api.container.hot.query(
        `UPDATE dialer_command SET result = $1, done_at = created_at WHERE target = $2 AND result IS NULL`,
        [JSON.stringify(refusal), `campaign:${built.campaignId}`],
      );
    }, 50);
    try {
      expect(await act('start', built.campaignId)).toMatchObject({ code: 'INVALID_STATE', message: 'not now' });
    } finally {
      clearInterval(answering);
    }
  });

  test('what the law demands of the message to an abandoned person is named until it is declared, and audited', async () => {
    const built = await buildCampaign(admin, { suffix: 'message', agents: 1 });
    const warnings = async () => {
      const { campaign } = await admin.query<{
        campaign: { version: number; readiness: { warnings: { element: string; profile: string; message: string }[] } };
      }>('query ($id: ID!) { campaign(id: $id) { version readiness { warnings { element profile message } } } }', {
        id: built.campaignId,
      });
      return { version: campaign.version, warnings: campaign.readiness.warnings };
    };
    expect((await warnings()).warnings).toEqual([]);
    await fill(built);
    await api.container.hot.query(
      `UPDATE campaign_contact SET law = CASE WHEN contact_id % 2 = 0 THEN 'GB' ELSE 'US|US-FL' END WHERE campaign_id = $1`,
      [built.campaignId],
    );
    const before = await warnings();
    const elements = before.warnings.map(({ element }) => element).sort();
    expect(elements).toEqual([
      ...['CALLBACK_NUMBER', 'CALLER_NAME', 'NO_MARKETING', 'OPT_OUT_BY_KEY', 'OPT_OUT_NUMBER', 'PURPOSE'],
    ]);
    const optOut = before.warnings.find(({ element }) => element === 'OPT_OUT_NUMBER');
    expect(optOut?.message).toBe(
      'the message to an abandoned person must hold a number by which to opt out (OPT_OUT_NUMBER), by GB@2017-03-01: Ofcom, policy on persistent misuse: name of the organisation, a free or basic rate number to opt out, no marketing; say in abandonedMessageElements that it does',
    );
    await admin.query(
      'mutation ($input: UpdateCampaignInput!) { made: updateCampaign(input: $input) { __typename } }',
      {
        input: {
          id: built.campaignId,
          version: before.version,
          abandonedMessageElements: elements.filter((element) => element !== 'PURPOSE'),
        },
      },
    );
    const { warnings: left } = await warnings();
    expect(left.map(({ element, profile }) => `${element} ${profile}`)).toEqual(['PURPOSE US@2024-10-15']);
    const answering = setInterval(() => {
      void api.container.hot.query(
        `UPDATE dialer_command SET result = '{"ok": true}', done_at = created_at WHERE target = $1 AND result IS NULL`,
        [`campaign:${built.campaignId}`],
      );
    }, 50);
    await act('start', built.campaignId).finally(() => clearInterval(answering));
    const { rows } = await api.container.hot.query<{ after: { warnings: string[] } }>(
      `SELECT after FROM audit_entry WHERE entity_id = $1 AND action = 'start'`,
      [built.campaignId],
    );
    expect(rows.map(({ after }) => after.warnings)).toEqual([left.map(({ message }) => message)]);
  });

  test('a campaign that is not running cannot be paused; one that is not there is not found', async () => {
    const built = await buildCampaign(admin, { suffix: 'draft', agents: 0 });
    expect(await act('pause', built.campaignId)).toMatchObject({ code: 'INVALID_STATE' });
    expect(await act('start', newId())).toMatchObject({ code: 'NOT_FOUND' });
    expect(await act('start', 'nonsense')).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a mode that is not dialled yet can be set up, not started', async () => {
    const group = { pacingMode: 'PREVIEW', dialingRate: undefined };
    const built = await buildCampaign(admin, { suffix: 'preview', agents: 1, group });
    await fill(built);
    expect(await act('start', built.campaignId)).toMatchObject({ code: 'NOT_READY' });
  });

  test('the emergency stop stands in PostgreSQL, is audited, and says which dialers confirmed', async () => {
    const { rows } = await api.container.hot.query<{ id: string }>('SELECT id FROM dialer ORDER BY id LIMIT 1');
    const running = rows[0]?.id;
    await api.container.hot.query(
      `INSERT INTO dialer_lease (dialer_id, owner, expires_at) VALUES ($1, 'silent', clock_timestamp() + interval '1 hour')`,
      [running],
    );
    const STATE = 'stoppedAt stoppedBy reason dialers { dialerId confirmation }';
    const started = Date.now();
    const { stop } = await admin.query<{
      stop: { stoppedAt: string; dialers: { dialerId: string; confirmation: string }[] };
    }>(`mutation { stop: emergencyStop(reason: "a fault") { ... on DiallingState { ${STATE} } } }`);
    expect(Date.now() - started).toBeLessThan(3_500);
    expect(stop).toMatchObject({ stoppedBy: 'admin-token', reason: 'a fault' });
    for (const { dialerId, confirmation } of stop.dialers) {
      expect(confirmation).toBe(dialerId === running ? 'UNCONFIRMED' : 'NOT_RUNNING');
    }
    const flag = () =>
      api.container.hot.query('SELECT dialling_stopped_at AS at FROM organisation WHERE id = $1', [organisationId]);
    expect((await flag()).rows[0].at).toEqual(new Date(stop.stoppedAt));
    const { resume } = await admin.query<{ resume: unknown }>(
      `mutation { resume: resumeDialling(reason: "mended") { ... on DiallingState { stoppedAt } } }`,
    );
    expect(resume).toEqual({ stoppedAt: null });
    const { rows: entries } = await api.container.hot.query(
      `SELECT action FROM audit_entry WHERE entity = 'organisation' AND organisation_id = $1 ORDER BY id`,
      [organisationId],
    );
    expect(entries.map(({ action }) => action)).toEqual(['emergency stop', 'resume dialling: mended']);
    await api.container.hot.query('DELETE FROM dialer_lease');
  });

  test('while PostgreSQL refuses connections the api says so, and recovers by itself', async () => {
    const name = new URL(api.stores.databaseUrl).pathname.slice(1);
    const other = new URL(api.stores.databaseUrl);
    other.pathname = '/postgres';
    const { Client } = await import('pg');
    const server = new Client({ connectionString: other.toString() });
    await server.connect();
    const failure = () =>
      admin.query('{ teams { edges { cursor } } }').then(
        () => 'OK',
        (error: GraphqlFailure) => error.code,
      );
    try {
      await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await server.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      expect(await failure()).toBe('STORE_UNAVAILABLE');
      const { status } = await fetch(`${api.url}/readyz`);
      expect(status).toBe(503);
    } finally {
      await server.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await server.end();
    }
    let answer = await failure();
    for (let tries = 0; answer !== 'OK' && tries < 20; tries += 1) answer = await failure();
    expect(answer).toBe('OK');
  });
});

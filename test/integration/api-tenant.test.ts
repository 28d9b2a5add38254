import type { GraphQLSchema } from 'graphql';
import { declaredRoles } from '../../graphql/auth/allow';
import { createSchema } from '../../graphql/schema';
import { ROLES } from '../../src/organisations/caller';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { type BuiltCampaign, buildCampaign, makeRecord } from '../setup/build-campaign';
import { createClient, GraphqlFailure, type TestClient } from '../setup/graphql-client';
import { callOf, type RootField, rootFields, takesIds } from '../setup/schema-walk';
import { seedContacts, seedOrganisation } from '../setup/seed';
import { seedContactWork } from '../setup/seed-contact-work';

/** In every name of the organisation that must not be seen. */
const MARK = 'SECRETALPHA';

describe('tenants and roles, over the whole schema', () => {
  let api: TestApi;
  let schema: GraphQLSchema;
  let admin: TestClient;
  let foreign: TestClient;
  let foreignId: string;
  let ownId: string;
  let ids: Record<string, string>;

  const rowsOf = async (organisationId: string): Promise<string> => {
    const { hot } = api.container;
    const { rows: tables } = await hot.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.columns
       WHERE table_schema = 'public' AND column_name = 'organisation_id' ORDER BY table_name`,
    );
    const parts: unknown[] = [];
    for (const { name } of tables) {
      const { rows } = await hot.query(
        `SELECT to_jsonb(t) - 'last_used_at' AS row FROM "${name}" t WHERE organisation_id = $1 ORDER BY 1`,
        [organisationId],
      );
      parts.push([name, rows.map(({ row }) => row)]);
    }
    const { rows } = await hot.query('SELECT to_jsonb(o) FROM organisation o WHERE id = $1', [organisationId]);
    return JSON.stringify([...parts, rows], null, 1);
  };

  const seedCalls = async (built: BuiltCampaign): Promise<void> => {
    const { hot } = api.container;
    const at = new Date();
    const listId = ids.contactList as string;
    const of = { organisationId: ownId, campaignId: built.campaignId, listId };
    await seedContacts(hot, of, 3, { at });
    const { rows } = await hot.query<{ id: number; number: string }>(
      'SELECT id, number FROM contact ORDER BY id LIMIT 1',
    );
    ids.contact = String(rows[0]?.id);
    const agentId = ids.agent as string;
    ids.attempt = '0190a000-0000-7000-8000-000000000001';
    await hot.query(
      `INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone,
         caller_id, attempt_no, agent_id, covered, claimed_at, not_after, phase, verdict_id)
       VALUES ($1, $2, $3, $4, $5, $6, 1, $7, 'Mobile', 'UTC', '+12025550100', 1, $8, true, $9, $9, 'CONNECTED', gen_random_uuid())`,
      [ids.attempt, ownId, built.campaignId, listId, rows[0]?.id, built.dialerId, rows[0]?.number, agentId, at],
    );
    ids.callback = '0190a000-0000-7000-8000-000000000002';
    await hot.query(
      `INSERT INTO callback (id, organisation_id, campaign_id, contact_id, agent_id, from_at, until_at, fallback, note, created_by,
         created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $6::timestamptz + interval '1 h', 'QUEUE', $7, 'test', $6)`,
      [ids.callback, ownId, built.campaignId, rows[0]?.id, agentId, at, MARK],
    );
    await hot.query(
      `INSERT INTO agent_state (agent_id, organisation_id, dialer_id, state, since, campaign_id, attempt_id, seq)
       VALUES ($1, $2, $3, 'CONNECTED', $4, $5, $6, 7)`,
      [agentId, ownId, built.dialerId, at, built.campaignId, ids.attempt],
    );
    ids.simulation = '0190a000-0000-7000-8000-000000000002';
    await hot.query(
      `INSERT INTO simulation (id, organisation_id, campaign_id, state, input, created_by, created_at)
       VALUES ($1, $2, $3, 'QUEUED', $4, 'user', $5)`,
      [ids.simulation, ownId, built.campaignId, JSON.stringify({ hitRate: 0.4711 }), at],
    );
    await hot.query(
      `INSERT INTO campaign_live (campaign_id, organisation_id, seq, view, at) VALUES ($1, $2, 3, '{"attempts": 4711}', $3)`,
      [built.campaignId, ownId, at],
    );
  };

  beforeAll(async () => {
    api = await startTestApi();
    schema = await createSchema();
    ownId = await seedOrganisation(api.container.hot, new Date());
    admin = createClient(api.url, ADMIN_TOKEN);
    const built = await buildCampaign(admin, { suffix: MARK, agents: 1 });
    const [agent] = built.agents;
    const { made: key } = await admin.query<{ made: { apiKey: { id: string } } }>(
      `mutation { made: createApiKey(input: { name: "${MARK}", roles: [ANALYST] }) { ... on NewApiKey { apiKey { id } } } }`,
    );
    const list = await api.container.hot.query<{ id: string }>(
      `INSERT INTO contact_list (id, organisation_id, name, field_mapping, default_country, contacts, created_at)
       VALUES (gen_random_uuid(), $1, $2, '{"modes": {"Mobile": "phone"}}', 'US', 3, $3) RETURNING id`,
      [ownId, MARK, new Date()],
    );
    const businessOutcomeGroup = await makeRecord(admin, 'BusinessOutcomeGroup', {
      name: MARK,
      outcomes: [{ name: MARK, kind: 'SUCCESS' }],
    });
    const wrapUpCodeSet = await makeRecord(admin, 'WrapUpCodeSet', {
      name: MARK,
      businessOutcomeGroupId: businessOutcomeGroup.id,
      codes: [{ code: MARK, action: 'CLOSE', businessOutcome: MARK }],
    });
    const telephonyOutcomeSet = await makeRecord(admin, 'TelephonyOutcomeSet', { name: MARK });
    const contactStrategy = await makeRecord(admin, 'ContactStrategy', { name: MARK, modes: [{ mode: 'Mobile' }] });
    ids = {
      contactStrategy: contactStrategy.id,
      businessOutcomeGroup: businessOutcomeGroup.id,
      wrapUpCodeSet: wrapUpCodeSet.id,
      telephonyOutcomeSet: telephonyOutcomeSet.id,
      organisation: ownId,
      user: agent?.userId as string,
      apiKey: key.apiKey.id,
      dialer: built.dialerId,
      team: built.teamId,
      agent: agent?.id as string,
      device: agent?.deviceId as string,
      queue: built.queueId,
      entryPoint: built.entryPointId,
      campaignGroup: built.groupId,
      group: built.groupId,
      campaign: built.campaignId,
      contactList: list.rows[0]?.id as string,
    };
    const { campaignId } = built;
    const work = { organisationId: ownId, campaignId, listId: ids.contactList as string, mark: MARK };
    Object.assign(ids, await seedContactWork(api.container.hot, work));
    const version = { from: '2026-01-01' };
    const profile = await makeRecord(admin, 'ComplianceProfile', {
      jurisdiction: 'X-OWN',
      name: MARK,
      versions: [version],
    });
    const override = await makeRecord(admin, 'ComplianceOverride', {
      profile: 'US-FL',
      rule: { caps: [] },
      reason: `${MARK} decided so`,
      from: '2026-01-01',
      to: '2026-01-02',
    });
    ids.complianceProfile = profile.id;
    ids.complianceOverride = override.id;
    await seedCalls(built);
    const { made } = await admin.query<{ made: { organisation: { id: string }; adminKey: string } }>(
      `mutation { made: createOrganisation(input: { name: "Beta" }) { ... on NewOrganisation { organisation { id } adminKey } } }`,
    );
    foreignId = made.organisation.id;
    foreign = createClient(api.url, made.adminKey);
  });
  afterAll(async () => {
    await Promise.all([admin.close(), foreign.close()]);
    await api.close();
  });

  /** `teamId`, `teamIds` → the team; plain `id` → `kind`. */
  const idFor = (kind: string) => (name: string) => {
    const base = name.replace(/Ids?$/, '');
    return (ids[base] ?? ids[kind]) as string;
  };

  const answerTo = async (client: TestClient, root: RootField, kind: string): Promise<unknown> => {
    const { document, variables } = callOf(root, idFor(kind));
    try {
      if (root.operation !== 'subscription') return await client.query(document, variables);
      for await (const heard of client.subscribe(document, variables)) return heard;
      return undefined;
    } catch (error) {
      if (error instanceof GraphqlFailure) return { code: error.code, message: error.message };
      throw error;
    }
  };

  test('the walk itself finds what it looks for in the own organisation', async () => {
    const campaign = rootFields(schema).find(({ field }) => field.name === 'campaign') as RootField;
    expect(JSON.stringify(await answerTo(admin, campaign, 'campaign'))).toContain(MARK);
    const live = rootFields(schema).find(({ field }) => field.name === 'campaignLive') as RootField;
    expect(JSON.stringify(await answerTo(admin, live, 'campaign'))).toContain('4711');
    const simulation = rootFields(schema).find(({ field }) => field.name === 'simulationProgress') as RootField;
    expect(JSON.stringify(await answerTo(admin, simulation, 'simulation'))).toContain('4711');
    for (const [name, kind, told] of [
      ['contactJob', 'contactJob', MARK],
      ['contactImport', 'contactImport', MARK],
      ['dncImport', 'dncImport', MARK],
      ['dncScrub', 'dncScrub', '4711'],
      ['campaignRanking', 'campaign', '4711'],
      ['campaignSkipForecast', 'campaign', '"contacts":3'],
    ] as const) {
      const heard = rootFields(schema).find(
        ({ field, operation }) => field.name === name && operation === 'subscription',
      ) as RootField;
      expect(JSON.stringify(await answerTo(admin, heard, kind))).toContain(told);
    }
    const entries = rootFields(schema).find(({ field }) => field.name === 'dncEntries') as RootField;
    expect(JSON.stringify(await answerTo(admin, entries, 'dncList'))).toContain(MARK);
    const desktop = rootFields(schema).find(({ field }) => field.name === 'agentDesktop') as RootField;
    expect(JSON.stringify(await answerTo(admin, desktop, 'agent'))).toContain(MARK);
  });

  test('with ids of another organisation nothing is read, written or heard', async () => {
    const before = await rowsOf(ownId);
    const told: string[] = [];
    for (const root of rootFields(schema)) {
      const kinds = takesIds(root) ? [...new Set(Object.keys(ids))] : ['campaign'];
      const answers = await Promise.all(
        kinds.map(async (kind) => ({ kind, text: JSON.stringify(await answerTo(foreign, root, kind)) ?? '' })),
      );
      for (const { kind, text } of answers) {
        const leak = text.includes(MARK) || text.includes('4711') || text.includes('+1201555');
        if (leak) told.push(`${root.field.name} with the ${kind}: ${text.slice(0, 300)}`);
        if (root.operation === 'subscription' && !/NOT_FOUND|INVALID_INPUT|FORBIDDEN/.test(text)) {
          told.push(`${root.field.name} with the ${kind} was not refused: ${text.slice(0, 300)}`);
        }
      }
    }
    expect(told).toEqual([]);
    expect(await rowsOf(ownId)).toBe(before);
    const theirs = await rowsOf(foreignId);
    for (const [kind, id] of Object.entries(ids)) {
      if (kind === 'contact') continue;
      expect([kind, theirs.includes(id)]).toEqual([kind, false]);
    }
  }, 120_000);

  test('a role that a field does not name is refused there', async () => {
    const open: string[] = [];
    for (const role of ROLES.filter((one) => one !== 'ADMIN')) {
      const { made } = await admin.query<{ made: { secret: string } }>(
        `mutation { made: createApiKey(input: { name: "${role}", roles: [${role}] }) { ... on NewApiKey { secret } } }`,
      );
      const client = createClient(api.url, made.secret);
      const closed = rootFields(schema).filter(({ field }) => {
        const allowed = declaredRoles(field) ?? [];
        return !allowed.includes(role) && !allowed.includes('PUBLIC');
      });
      await Promise.all(
        closed.map(async (root) => {
          const answer = JSON.stringify(await answerTo(client, root, 'campaign')) ?? '';
          if (!answer.includes('FORBIDDEN')) open.push(`${role}: ${root.field.name}: ${answer.slice(0, 200)}`);
        }),
      );
      await client.close();
    }
    expect(open).toEqual([]);
  }, 120_000);

  test('another organisation has its own names, keys and idempotency keys', async () => {
    const input = { name: `Dialer ${MARK}`, idempotencyKey: 'the same key' };
    const theirs = await makeRecord(foreign, 'Dialer', input);
    const ours = await makeRecord(admin, 'Dialer', { ...input, name: 'Another' });
    expect(ours.id).not.toBe(theirs.id);
  });

  test('only the fixed administrator token makes organisations', async () => {
    const attempt = foreign.query('mutation { createOrganisation(input: { name: "Gamma" }) { __typename } }');
    await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});

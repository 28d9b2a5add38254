import { signSession } from '../../src/organisations/tokens';
import { ADMIN_TOKEN, JWT_SECRET, startTestApi, type TestApi } from '../setup/api';
import { makeRecord } from '../setup/build-campaign';
import { createClient, GraphqlFailure, type TestClient } from '../setup/graphql-client';
import { seedDialer, seedOrganisation } from '../setup/seed';

const PASSWORD = 'a password of tests';

describe('the life of users, keys and tokens', () => {
  let api: TestApi;
  let admin: TestClient;
  let organisationId: string;

  beforeAll(async () => {
    api = await startTestApi();
    organisationId = await seedOrganisation(api.container.hot, new Date());
    admin = createClient(api.url, ADMIN_TOKEN);
  });
  afterAll(() => api.close());

  const codeOf = async (token: string): Promise<string | undefined> => {
    try {
      await createClient(api.url, token).query('{ me { actor } }');
      return 'OK';
    } catch (error) {
      return (error as GraphqlFailure).code;
    }
  };
  const logIn = async (email: string, password = PASSWORD): Promise<string> => {
    const { logIn: answer } = await createClient(api.url).query<{ logIn: { token: string } }>(
      'mutation ($email: String!, $password: String!) { logIn(email: $email, password: $password) { token } }',
      { email, password },
    );
    return answer.token;
  };
  const makeUser = async (name: string, roles = ['ANALYST']) => {
    const email = `${name}@example.com`;
    const { id } = await makeRecord(admin, 'User', { email, name, roles, password: PASSWORD });
    return { id, email };
  };
  const makeKey = async (client: TestClient, input: string) => {
    const { made } = await client.query<{ made: { apiKey?: { id: string }; secret: string; message?: string } }>(
      `mutation { made: createApiKey(input: { ${input} }) {
        ... on NewApiKey { apiKey { id } secret } ... on Refusal { message } } }`,
    );
    return made;
  };
  const update = (input: Record<string, unknown>) =>
    admin.query('mutation ($input: UpdateUserInput!) { updateUser(input: $input) { __typename } }', { input });

  test('a user logs in; the e-mail address is not case sensitive', async () => {
    const { email } = await makeUser('mixed');
    expect(await codeOf(await logIn(email.toUpperCase()))).toBe('OK');
    await expect(logIn(email, 'another password')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('a disabled user is out at once and cannot come in', async () => {
    const { id, email } = await makeUser('leaver');
    const token = await logIn(email);
    const { secret } = await makeKey(admin, `name: "of leaver", roles: [ANALYST], userId: "${id}"`);
    expect([await codeOf(token), await codeOf(secret)]).toEqual(['OK', 'OK']);
    await update({ id, version: 1, status: 'DISABLED' });
    expect([await codeOf(token), await codeOf(secret)]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED']);
    await expect(logIn(email)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('a new password ends the tokens before it, not the one after', async () => {
    const { email } = await makeUser('changer');
    const token = await logIn(email);
    const { changed } = await createClient(api.url, token).query<{ changed: { __typename: string } }>(
      `mutation { changed: changePassword(currentPassword: "${PASSWORD}", newPassword: "another password") { __typename } }`,
    );
    expect(changed.__typename).toBe('User');
    expect(await codeOf(token)).toBe('UNAUTHENTICATED');
    expect(await codeOf(await logIn(email, 'another password'))).toBe('OK');
  });

  test('a token that has expired says so', async () => {
    const { id } = await makeUser('sleeper');
    const now = Date.now();
    const session = { userId: id, organisationId, issuedAt: now - 10_000, expiresAt: now - 5_000 };
    expect(await codeOf(await signSession(JWT_SECRET, session))).toBe('TOKEN_EXPIRED');
    const forged = await signSession('another secret that is long enough for it', {
      ...session,
      expiresAt: now + 60_000,
    });
    expect(await codeOf(forged)).toBe('UNAUTHENTICATED');
  });

  test('a key is shown once, has no more than its maker, and ends when it is revoked', async () => {
    const made = await makeKey(admin, 'name: "manager", roles: [CAMPAIGN_MANAGER], idempotencyKey: "key-1"');
    expect(made.secret).toMatch(/^odk_[0-9a-f]{8}_/);
    const again = await makeKey(admin, 'name: "manager", roles: [CAMPAIGN_MANAGER], idempotencyKey: "key-1"');
    expect(again).toMatchObject({ apiKey: made.apiKey, secret: null });
    const manager = createClient(api.url, made.secret);
    expect(await makeKey(manager, 'name: "more", roles: [ADMIN]')).toMatchObject({
      message: 'roles ADMIN are not your own',
    });
    await admin.query(`mutation { revokeApiKey(id: "${made.apiKey?.id}") { __typename } }`);
    expect(await codeOf(made.secret)).toBe('UNAUTHENTICATED');
    const { rows } = await api.container.hot.query('SELECT * FROM api_key WHERE id = $1', [made.apiKey?.id]);
    expect(JSON.stringify(rows)).not.toContain(made.secret.split('_')[2]);
  });

  test('a key ends at its time', async () => {
    const soon = new Date(Date.now() + 700).toISOString();
    const { secret } = await makeKey(admin, `name: "short", roles: [ANALYST], expiresAt: "${soon}"`);
    expect(await codeOf(secret)).toBe('OK');
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(await codeOf(secret)).toBe('TOKEN_EXPIRED');
  });

  test('nobody disables themselves', async () => {
    const { id, email } = await makeUser('boss', ['ADMIN']);
    const { refused } = await createClient(api.url, await logIn(email)).query<{ refused: unknown }>(
      `mutation { refused: updateUser(input: { id: "${id}", version: 1, status: DISABLED }) { ... on Refusal { code } } }`,
    );
    expect(refused).toEqual({ code: 'INVALID_STATE' });
  });

  describe('over WebSocket', () => {
    let campaignId: string;
    const LIVE = 'subscription ($id: ID!) { campaignLive(campaignId: $id) { seq state } }';

    beforeAll(async () => {
      const { hot } = api.container;
      const dialer = await seedDialer(hot, organisationId, { at: new Date() });
      const team = await makeRecord(admin, 'Team', { name: 'T', dialerId: dialer });
      const queue = await makeRecord(admin, 'Queue', { name: 'Q', outboundCampaign: true, teamIds: [team.id] });
      const entry = await makeRecord(admin, 'EntryPoint', { name: 'E', queueId: queue.id });
      const group = await makeRecord(admin, 'CampaignGroup', {
        name: 'G',
        dialerId: dialer,
        entryPointId: entry.id,
        teamIds: [team.id],
        pacingMode: 'PROGRESSIVE',
      });
      campaignId = (await makeRecord(admin, 'Campaign', { name: 'C', groupId: group.id })).id;
    });

    /** How a subscription with this token ends. */
    const endOf = async (token: string, first: () => Promise<void> = async () => undefined): Promise<unknown> => {
      const client = createClient(api.url, token);
      try {
        let started = false;
        for await (const _message of client.subscribe(LIVE, { id: campaignId })) {
          if (!started) await first();
          started = true;
        }
        return 'completed';
      } catch (error) {
        const { code, reason } = error as { code?: unknown; reason?: unknown };
        return { code, reason };
      } finally {
        await client.close();
      }
    };

    test('a faulty token is told at the door', async () => {
      expect(await endOf('odk_00000000_nothing')).toEqual({ code: 4401, reason: 'UNAUTHENTICATED' });
    });

    test('a subscription ends with its token, by a code that says: come again', async () => {
      const { id } = await makeUser('listener');
      const now = Date.now();
      const session = { userId: id, organisationId, issuedAt: now, expiresAt: now + 2_000 };
      expect(await endOf(await signSession(JWT_SECRET, session))).toEqual({ code: 4401, reason: 'TOKEN_EXPIRED' });
    });

    test('a revoked key hears nothing for long', async () => {
      const { apiKey, secret } = await makeKey(admin, 'name: "listener", roles: [ANALYST]');
      const end = await endOf(secret, async () => {
        await admin.query(`mutation { revokeApiKey(id: "${apiKey?.id}") { __typename } }`);
      });
      expect(end).toEqual({ code: 4401, reason: 'UNAUTHENTICATED' });
    });

    test('depth and cost are limited there too', async () => {
      const client = createClient(api.url, ADMIN_TOKEN);
      const deep = `{ campaigns { edges { node { ${'group { '.repeat(20)} id ${'}'.repeat(20)} } } } }`;
      await expect(client.subscribe(deep).next()).rejects.toMatchObject({ code: 'QUERY_TOO_DEEP' });
      await client.close();
    });
  });

  test('a costly query is refused', async () => {
    const part = (index: number) =>
      `a${index}: campaigns(first: 200) { edges { node { id name group { name dialer { name } teams { name dialer { name } } } } } }`;
    const costly = `{ ${Array.from({ length: 12 }, (_, index) => part(index)).join(' ')} }`;
    await expect(admin.query(costly)).rejects.toMatchObject({ code: 'QUERY_TOO_COSTLY' });
    await expect(admin.query(`{ ${part(0)} }`)).resolves.toBeDefined();
  });

  test('introspection is open to the explorer', async () => {
    const { __schema: found } = await admin.query<{ __schema: { types: unknown[] } }>(
      '{ __schema { types { name } } }',
    );
    expect(found.types.length).toBeGreaterThan(50);
  });

  test('an INTERNAL error names only a reference', async () => {
    await api.container.hot.query('ALTER TABLE audit_entry RENAME TO audit_gone');
    try {
      const failure = await admin
        .query('{ auditEntries { edges { cursor } } }')
        .catch((error) => error as GraphqlFailure);
      expect(failure).toBeInstanceOf(GraphqlFailure);
      expect((failure as GraphqlFailure).errors[0]).toMatchObject({
        message: expect.stringMatching(/^something went wrong; the log has it under [0-9a-f-]{36}$/),
        extensions: { code: 'INTERNAL', retryable: false },
      });
    } finally {
      await api.container.hot.query('ALTER TABLE audit_gone RENAME TO audit_entry');
    }
  });
});

import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type GraphqlFailure } from '../setup/graphql-client';
import { seedOrganisation } from '../setup/seed';

describe('the api as a server', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
    await seedOrganisation(api.container.hot, new Date());
  });
  afterAll(() => api.close());

  const failure = (document: string, token?: string): Promise<GraphqlFailure> =>
    createClient(api.url, token)
      .query(document)
      .then(
        () => Promise.reject(new Error('it was answered')),
        (error) => error,
      );

  test('answers health, readiness and metrics', async () => {
    expect(await (await fetch(`${api.url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${api.url}/readyz`)).json()).toEqual({ ready: true, degraded: false, notReady: {} });
    expect(await (await fetch(`${api.url}/metrics`)).text()).toContain('outdial_graphql_seconds');
  });

  test('serves the explorer from its own files', async () => {
    const page = await (await fetch(api.url)).text();
    expect(page).not.toMatch(/(src|href)="https?:/);
    const scripts = [...page.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map((match) => match[1] as string);
    expect(scripts.length).toBeGreaterThan(1);
    for (const script of scripts) {
      const found = await fetch(new URL(script, `${api.url}/explorer/`));
      expect([script, found.status]).toEqual([script, 200]);
    }
  });

  test('knows its caller', async () => {
    const { me } = await createClient(api.url, ADMIN_TOKEN).query<{ me: unknown }>('{ me { actor roles } }');
    expect(me).toEqual({ actor: 'admin-token', roles: ['ADMIN'] });
  });

  test('refuses without a token, with a wrong one, with a broken one', async () => {
    expect((await failure('{ me { actor } }')).code).toBe('UNAUTHENTICATED');
    expect((await failure('{ me { actor } }', 'odk_12345678_nothing')).code).toBe('UNAUTHENTICATED');
    expect((await failure('{ me { actor } }', 'no.such.token')).code).toBe('UNAUTHENTICATED');
  });

  test('refuses what is too deep, before anything runs', async () => {
    const deep = (depth: number) =>
      `{ ${'campaigns { edges { node { group { '.repeat(depth)} id ${'}'.repeat(4 * depth)} }`;
    expect((await failure(deep(10), ADMIN_TOKEN)).code).toBe('QUERY_TOO_DEEP');
  });

  test('answers a fault in the query without stack or inputs', async () => {
    const unknown = await failure('{ nothingOfTheKind }', ADMIN_TOKEN);
    expect(unknown.code).toBe('INVALID_INPUT');
    expect(JSON.stringify(unknown.errors)).not.toMatch(/stack|node_modules/);
    expect((await failure('{ me {', ADMIN_TOKEN)).code).toBe('INVALID_INPUT');
  });

  test('refuses a body that is too large', async () => {
    const response = await fetch(`${api.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ me { actor } } # ${'x'.repeat(1_100_000)}` }),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] });
  });

  test('limits failed log-ins', async () => {
    const logIn = 'mutation { logIn(email: "nobody@example.com", password: "wrong") { token } }';
    const codes: (string | undefined)[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) codes.push((await failure(logIn)).code);
    expect(codes).toEqual([...Array(5).fill('UNAUTHENTICATED'), 'TOO_MANY_ATTEMPTS']);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWorker, type Worker } from '../../jobs/worker';
import { change, create, Refused } from '../../src/api-client/change';
import { newId } from '../../src/infra/ids';
import { generateApiKey } from '../../src/organisations/tokens';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { seedOrganisation } from '../setup/seed';
import { until } from '../setup/until';

export const DNC_IMPORT = `id state linesRead linesRejected linesDuplicate numbers storedPercent errorCode errorMessage seq`;
export interface ImportView {
  id: string;
  state: string;
  linesRead: number;
  linesRejected: number;
  linesDuplicate: number;
  numbers: number;
  storedPercent: number;
  errorCode: string | null;
  errorMessage: string | null;
  seq: number;
}

type Input = Record<string, unknown>;

/** An api and a worker in this process, with what tests of do-not-call lists ask again and again. */
export interface DncWorld {
  api: TestApi;
  admin: TestClient;
  organisationId: string;
  home: string;
  clientOf(roles: string[], organisation?: string): Promise<TestClient>;
  makeList(input: Input): Promise<string>;
  /** `mutation(input: <type>!)` of which `fields` are wanted of `of`. */
  ask<T>(mutation: string, of: string, fields: string, type: string, input: Input, client?: TestClient): Promise<T>;
  refused(asked: Promise<unknown>): Promise<{ code: string; message: string; field: string | null }>;
  /** Values of those that must not be called: `+1202… INTERNAL by NUMBER`. */
  check(input: Input): Promise<string[]>;
  stage(listId: string, input?: Input): Promise<{ import: ImportView; uploadUrl: string }>;
  ended(importId: string): Promise<ImportView>;
  importFile(listId: string, content: string, input?: Input): Promise<ImportView>;
  close(): Promise<void>;
}

export const openDncWorld = async (): Promise<DncWorld> => {
  const home = mkdtempSync(join(tmpdir(), 'outdial-dnc-'));
  const api = await startTestApi({ OUTDIAL_HOME: home });
  const { hot } = api.container;
  const organisationId = await seedOrganisation(hot, new Date(Date.now() - 60_000));
  const { databaseUrl, redisUrl } = api.stores;
  const worker: Worker = startWorker(api.container, { databaseUrl, redisUrl });
  const admin = createClient(api.url, ADMIN_TOKEN);
  const clients = [admin];

  const world: DncWorld = {
    api,
    admin,
    organisationId,
    home,
    async clientOf(roles, organisation = organisationId) {
      const { secret, prefix, hash } = generateApiKey();
      await hot.query(
        `INSERT INTO api_key (id, organisation_id, name, prefix, key_hash, roles, created_by, created_at)
         VALUES ($1, $2, 'test', $3, $4, $5, 'test', $6)`,
        [newId(), organisation, prefix, hash, roles, new Date()],
      );
      const client = createClient(api.url, secret);
      clients.push(client);
      return client;
    },
    makeList: async (input) => (await create(admin, 'DncList', input)).id,
    ask: (mutation, of, fields, type, input, client = admin) =>
      change(client, of, `${mutation}(input: $input)`, fields, { input: { type: `${type}!`, value: input } }),
    async refused(asked) {
      const error = await asked.then(
        () => new Error('it was not refused'),
        (cause: unknown) => cause,
      );
      if (!(error instanceof Refused)) throw error;
      const { code, message, field } = error;
      return { code, message, field };
    },
    async check(input) {
      const { checked } = await admin.query<{
        checked: { value: string; listings: { kind: string; by: string }[] }[];
      }>(
        'query ($input: CheckDoNotCallInput!) { checked: checkDoNotCall(input: $input) { value listings { kind by } } }',
        { input },
      );
      return checked
        .flatMap(({ value, listings }) => listings.map(({ kind, by }) => `${value} ${kind} by ${by}`))
        .sort();
    },
    stage: (listId, input = {}) =>
      world.ask('createDncImport', 'StagedDncImport', `import { ${DNC_IMPORT} } uploadUrl`, 'CreateDncImportInput', {
        listId,
        source: 'test',
        ...input,
      }),
    ended: (importId) =>
      until(
        'the import has ended',
        async () => {
          const { found } = await admin.query<{ found: ImportView }>(
            `query ($id: ID!) { found: dncImport(id: $id) { ${DNC_IMPORT} } }`,
            { id: importId },
          );
          return ['COMPLETED', 'FAILED', 'CANCELLED'].includes(found.state) ? found : undefined;
        },
        20_000,
      ),
    async importFile(listId, content, input) {
      const staged = await world.stage(listId, input);
      const answer = await fetch(`${api.url}${staged.uploadUrl}`, { method: 'PUT', body: content });
      expect(answer.status).toBe(202);
      return world.ended(staged.import.id);
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
      await worker.stop(5_000);
      await api.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return world;
};

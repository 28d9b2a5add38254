import { startWorker, type Worker } from '../../jobs/worker';
import { FOLLOWABLE, runFollow } from '../../src/cli/follow';
import type { Progress } from '../../src/cli/import-progress';
import { newId } from '../../src/infra/ids';
import { generateApiKey } from '../../src/organisations/tokens';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { type Seeded, seedCampaign, seedOrganisation } from '../setup/seed';

let api: TestApi;
let worker: Worker;
let admin: TestClient;
let organisationId: string;
let campaign: Seeded;

const CONTACTS = 2_500;

beforeAll(async () => {
  api = await startTestApi();
  const { hot } = api.container;
  organisationId = await seedOrganisation(hot, new Date());
  campaign = await seedCampaign(hot, { at: new Date(), organisationId, contacts: CONTACTS });
  const { databaseUrl, redisUrl } = api.stores;
  worker = startWorker(api.container, { databaseUrl, redisUrl });
  admin = createClient(api.url, ADMIN_TOKEN);
});
afterAll(async () => {
  await admin.close();
  await worker.stop(5_000);
  await api.close();
});

/** What a person at a terminal would see: each state of the bar, then the last line. */
const follow = async (kind: string, id: string, { token = ADMIN_TOKEN, stopAt = Number.POSITIVE_INFINITY } = {}) => {
  const said: string[] = [];
  const bar: { done: number; total: number }[] = [];
  const controller = new AbortController();
  let total = 0;
  const progress: Progress = {
    phase: (_name, of) => {
      total = of;
    },
    update: (done) => {
      bar.push({ done, total });
      if (bar.length >= stopAt) controller.abort();
    },
    stop: () => undefined,
  };
  const terminal = { say: (line: string) => void said.push(line), progress, signal: controller.signal };
  const code = await runFollow(kind, id, { url: api.url, token }, terminal);
  return { code, said: said.join('\n'), bar };
};

const act = async (document: string, input: object): Promise<string> => {
  const { done } = await admin.query<{ done: { id: string } }>(document, { input });
  return done.id;
};

test('a recycling, from where it stands to its end', async () => {
  const { hot } = api.container;
  const { campaignId, dialerId, listId } = campaign;
  await hot.query(
    `WITH made AS (
       INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone, caller_id,
         attempt_no, covered, claimed_at, not_after, phase, verdict_id, outcome)
       SELECT gen_random_uuid(), $1, $2, $3, contact_id, $4, 1, '+12025550100', 'Mobile', 'UTC', '+12025550100', 1, true, $5, $5,
         'ENDED', gen_random_uuid(), 'BUSY'
       FROM campaign_contact WHERE campaign_id = $2 RETURNING id, contact_id)
     UPDATE campaign_contact cc SET state = 'CLOSED', close_reason = 'BUSY', last_attempt_id = made.id FROM made
     WHERE cc.campaign_id = $2 AND cc.contact_id = made.contact_id`,
    [organisationId, campaignId, listId, dialerId, new Date()],
  );
  const id = await act(
    'mutation ($input: RecycleContactsInput!) { done: recycleContacts(input: $input) { ... on ContactJob { id } } }',
    { campaignId, outcomes: ['BUSY'] },
  );
  const { code, said, bar } = await follow('job', id);
  expect({ code, said }).toEqual({ code: 0, said: `RECYCLE; ${CONTACTS} contacts: ${CONTACTS} changed` });
  expect(bar.at(-1)).toEqual({ done: CONTACTS, total: CONTACTS });
  const steps = bar.map(({ done }) => done);
  expect([...steps].sort((a, b) => a - b)).toEqual(steps);
  // One that has ended is told as it ended.
  expect(await follow('job', id)).toMatchObject({ code: 0, bar: [{ done: CONTACTS, total: CONTACTS }] });
});

test('a scrub, a ranking and a forecast', async () => {
  const { campaignId, listId } = campaign;
  const scrub = await act(
    'mutation ($input: ScrubContactListInput!) { done: scrubContactList(input: $input) { ... on DncScrub { id } } }',
    { listId },
  );
  expect(await follow('scrub', scrub)).toMatchObject({
    code: 0,
    said: `COMPLETED; ${CONTACTS} contacts: 0 listed, 0 closed`,
  });
  expect(await follow('ranking', campaignId)).toMatchObject({ code: 1, said: 'There is nothing to follow' });
  await api.container.hot.query(
    'INSERT INTO campaign_ranking (campaign_id, organisation_id, version, started_at) VALUES ($1, $2, 1, $3)',
    [campaignId, organisationId, new Date()],
  );
  expect(await follow('ranking', campaignId)).toMatchObject({
    code: 0,
    said: `${CONTACTS} contacts: 0 changed their place`,
  });
  await api.container.hot.query(
    `UPDATE campaign_contact SET attempts = 100 WHERE contact_id IN (
       SELECT contact_id FROM campaign_contact WHERE campaign_id = $1 ORDER BY 1 LIMIT 40)`,
    [campaignId],
  );
  const forecast = await follow('forecast', campaignId);
  expect(forecast.bar.map(({ done }) => done)).toEqual([0, 1_000, 2_000, CONTACTS]);
  expect(forecast.said).toContain('ATTEMPTS 40');
});

test('Ctrl-C leaves the job alone; what is not there is refused, also to another organisation', async () => {
  const id = newId();
  await api.container.hot.query(
    `INSERT INTO simulation (id, organisation_id, state, input, created_by, created_at, ended_at) VALUES ($1, $2, 'FAILED', '{}', 'test', $3, $3)`,
    [id, organisationId, new Date()],
  );
  expect(await follow('simulation', id)).toMatchObject({ code: 1, said: 'FAILED' });
  const { rows } = await api.container.hot.query<{ id: string; state: string }>(
    `INSERT INTO contact_import (id, organisation_id, list_id, format, upload_token_hash, upload_expires_at, state, created_by,
       created_at) VALUES (gen_random_uuid(), $1, $2, 'CSV', '\\x00', $3::timestamptz + interval '1 h', 'AWAITING_UPLOAD', 'test', $3)
     RETURNING id`,
    [organisationId, campaign.listId, new Date()],
  );
  const waiting = String(rows[0]?.id);
  expect(await follow('import', waiting, { stopAt: 1 })).toEqual({ code: 130, said: '', bar: [{ done: 0, total: 0 }] });
  const { one } = await admin.query<{ one: object }>('query ($id: ID!) { one: contactImport(id: $id) { state } }', {
    id: waiting,
  });
  expect(one).toEqual({ state: 'AWAITING_UPLOAD' });
  const { secret, prefix, hash } = generateApiKey();
  const other = await seedOrganisation(api.container.hot, new Date());
  await api.container.hot.query(
    `INSERT INTO api_key (id, organisation_id, name, prefix, key_hash, roles, created_by, created_at)
     VALUES ($1, $2, 'test', $3, $4, '{ADMIN}', 'test', $5)`,
    [newId(), other, prefix, hash, new Date()],
  );
  for (const [kind, { argument }] of Object.entries(FOLLOWABLE)) {
    const known = argument === 'id' ? id : campaign.campaignId;
    await expect(follow(kind, known, { token: secret })).rejects.toThrow('does not exist');
  }
  await expect(follow('dance', id)).rejects.toThrow('"dance" is not a kind of job: import, dnc-import, scrub, job');
}, 30_000);

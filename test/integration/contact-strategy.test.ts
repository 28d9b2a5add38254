import * as fc from 'fast-check';
import type { Pool } from 'pg';
import { lawOf } from '../../src/compliance/law/law-of';
import { LawRegistry } from '../../src/compliance/law/registry';
import { loadShippedProfiles } from '../../src/compliance/law/shipped';
import { fillCampaign } from '../../src/contacts/campaign-lists/fill-campaign';
import { expireLists, openContactJobs, runContactJob } from '../../src/contacts/changes/run-contact-job';
import { applyRetries } from '../../src/contacts/retry/apply-retries';
import { Judge } from '../../src/dialer/shell/claim/judge';
import { readBatch } from '../../src/dialer/shell/claim/read-batch';
import { writeRefused } from '../../src/dialer/shell/claim/refused';
import { transaction } from '../../src/infra/postgres';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { type Seeded, seedCampaign, seedOrganisation } from '../setup/seed';
import { NO_GUARD } from './gate-world';
import { seedAttempts } from './reporting-facts';

const at = new Date('2026-05-04T15:00:00.000Z');
const laws = new LawRegistry(loadShippedProfiles());

let api: TestApi;
let admin: TestClient;
let pool: Pool;
let organisationId: string;

beforeAll(async () => {
  api = await startTestApi();
  pool = api.container.hot;
  organisationId = await seedOrganisation(pool, at);
  admin = createClient(api.url, ADMIN_TOKEN);
});

afterAll(async () => {
  await admin?.close();
  await api?.close();
});

interface Made {
  __typename: string;
  id: string;
  version: number;
  message?: string;
}

const change = async (action: string, type: string, input: object): Promise<Made> => {
  const { made } = await admin.query<{ made: Made }>(
    `mutation ($input: ${action[0]?.toUpperCase()}${action.slice(1)}Input!) { made: ${action}(input: $input) {
       __typename ... on ${type} { id version } ... on Refusal { message } } }`,
    { input },
  );
  return made;
};

const choose = async (seeded: Seeded, chosen: object): Promise<void> => {
  const { rows } = await pool.query<{ version: number }>('SELECT version FROM campaign WHERE id = $1', [
    seeded.campaignId,
  ]);
  const input = { id: seeded.campaignId, version: rows[0]?.version, ...chosen };
  expect(await change('updateCampaign', 'Campaign', input)).toMatchObject({ __typename: 'Campaign' });
};

const standing = async (seeded: Seeded) =>
  (
    await pool.query(
      `SELECT contact_id, state, due_at, number_index, attempts, priority, close_reason, tried FROM campaign_contact
       WHERE campaign_id = $1 ORDER BY contact_id`,
      [seeded.campaignId],
    )
  ).rows;

describe('a strategy by the api', () => {
  test('is read back as it was made, and changed in part', async () => {
    const weekly = { monday: [{ start: '18:00', end: '20:30' }] };
    const made = await change('createContactStrategy', 'ContactStrategy', {
      name: 'Evenings',
      modes: [{ mode: 'Mobile', attempts: 4, gapMinutes: 120, weekly }, { mode: 'Home' }],
      maxAttemptsPerDay: 2,
      limits: [{ scope: 'PERSON', max: 3, hours: 24 }],
    });
    await change('updateContactStrategy', 'ContactStrategy', { id: made.id, version: 1, sequentialDialling: true });
    const { strategy } = await admin.query<{ strategy: unknown }>(
      `query ($id: ID!) { strategy: contactStrategy(id: $id) { version sequentialDialling windowRule maxAttemptsPerDay
         limits { scope max hours } modes { mode attempts gapMinutes weekly { monday { start end } tuesday { start } } } } }`,
      { id: made.id },
    );
    expect(strategy).toEqual({
      version: 2,
      sequentialDialling: true,
      windowRule: 'PER_NUMBER',
      maxAttemptsPerDay: 2,
      limits: [{ scope: 'PERSON', max: 3, hours: 24 }],
      modes: [
        { mode: 'Mobile', attempts: 4, gapMinutes: 120, weekly: { ...weekly, tuesday: null } },
        { mode: 'Home', attempts: 3, gapMinutes: 0, weekly: null },
      ],
    });
  });

  test.each([
    [{ modes: [] }, 'modes must have at least 1 entries'],
    [{ modes: [{ mode: 'Home' }, { mode: 'Home' }] }, 'modes has "Home" twice'],
    [{ modes: [{ mode: 'Home', weekly: {} }] }, 'modes.Home.weekly has no shift: the mode could never be dialled'],
    [
      { modes: [{ mode: 'Home', weekly: { monday: [{ start: '12:00', end: '09:00' }] } }] },
      'modes.Home.weekly.monday 12:00–09:00 ends before it starts',
    ],
    [{ modes: [{ mode: 'Home', attempts: 0 }] }, 'modes.0.attempts 0 is outside 1–100 attempts'],
  ])('%j is refused', async (settings, message) => {
    expect(await change('createContactStrategy', 'ContactStrategy', { name: 'Bad', ...settings })).toMatchObject({
      message,
    });
  });
});

/** Everything a claim does but for placing: the gates, at a moment, and what follows from a refusal. */
const claim = (seeded: Seeded, contactId: number, moment: number) =>
  transaction(pool, async (sql) => {
    const lawAt = (codes: string, when: number) => lawOf(codes, when, laws);
    const wanted = [{ campaignId: seeded.campaignId, contactId }];
    const shippedLaws = { lawOf: lawAt, read: async () => lawAt };
    const question = { organisationId, wanted, locking: 'CLAIM' as const, now: () => moment, laws: shippedLaws };
    const batch = await readBatch(sql, question);
    const slots = [{ slot: 0, pledge: null }];
    const part = { claimId: 'c', campaignId: seeded.campaignId, slots, contactIds: [contactId] };
    const { attempts, refused } = new Judge([part], NO_GUARD).judge(batch);
    await writeRefused(sql, refused);
    return attempts[0];
  });

const NUMBERS = [
  { mode: 'Home', number: '+12125550101', zone: 'America/New_York', law: 'US|US-NY' },
  { mode: 'Work', number: '+13125550102', zone: 'America/Chicago', law: 'US|US-IL' },
  { mode: 'Mobile', number: '+13035550103', zone: 'America/Denver|America/Phoenix', law: 'US' },
];

describe('the preview agrees with what claim and worker do', () => {
  const shifts = fc.record({ from: fc.integer({ min: 6, max: 19 }), hours: fc.integer({ min: 1, max: 4 }) });
  const weekly = shifts.map(({ from, hours }) => {
    const two = (hour: number) => `${String(hour).padStart(2, '0')}:00`;
    const shift = [{ start: two(from), end: two(from + hours) }];
    return { monday: shift, tuesday: shift, thursday: shift, saturday: shift };
  });
  const modePlan = fc.record(
    {
      attempts: fc.integer({ min: 1, max: 3 }),
      gapMinutes: fc.integer({ min: 0, max: 300 }),
      weekly,
    },
    { requiredKeys: ['attempts'] },
  );
  const policy = fc.record({
    modes: fc
      .tuple(
        fc.shuffledSubarray(['Home', 'Work', 'Mobile'], { minLength: 1 }),
        fc.array(modePlan, { minLength: 3, maxLength: 3 }),
      )
      .map(([names, plans]) => names.map((mode, index) => ({ mode, ...plans[index] }))),
    sequentialDialling: fc.boolean(),
    windowRule: fc.constantFrom('PER_NUMBER', 'ALL_NUMBERS'),
    outcomes: fc.array(
      fc.constantFrom('BUSY', 'NO_ANSWER', 'MACHINE', 'CONGESTION', 'UNREACHABLE', 'NOT_PLACED', 'CUSTOMER_ABANDONED'),
      { minLength: 1, maxLength: 5 },
    ),
    nextMode: fc.constantFrom('SAME', 'NEXT'),
    maxAttempts: fc.integer({ min: 1, max: 6 }),
    fromHour: fc.integer({ min: 0, max: 72 }),
  });

  type Random = typeof policy extends fc.Arbitrary<infer T> ? T : never;

  const play = async (seeded: Seeded, contactId: number, outcomes: string[], attemptMs: number) => {
    const made: { at: string; mode: string; outcome: string }[] = [];
    for (let round = 0; round < 400; round += 1) {
      const [contact] = await standing(seeded);
      if (contact.state === 'CLOSED') return { made, closed: contact.close_reason };
      const moment = contact.due_at.getTime();
      const attempt = await claim(seeded, contactId, moment);
      if (!attempt) continue;
      const outcome = outcomes[Math.min(made.length, outcomes.length - 1)] as string;
      made.push({ at: new Date(moment).toISOString(), mode: attempt.mode, outcome });
      const endedAt = new Date(moment + attemptMs);
      const told = outcome === 'UNREACHABLE' ? 'NO_ANSWER' : outcome;
      const [id] = await seedAttempts(
        pool,
        seeded,
        [{ claimedAt: contact.due_at, endedAt, outcome: told, contactId, number: attempt.number, mode: attempt.mode }],
        endedAt,
      );
      await pool.query('UPDATE call_attempt SET q850 = $2 WHERE id = $1', [id, outcome === 'UNREACHABLE' ? 20 : null]);
      await pool.query(
        `UPDATE campaign_contact SET state = 'AWAITING_RETRY', last_attempt_id = $2, last_outcome = $3, version = version + 1
         WHERE campaign_id = $1`,
        [seeded.campaignId, id, told],
      );
      await applyRetries(pool, seeded, () => endedAt);
    }
    throw new Error('it does not come to an end');
  };

  test('attempt by attempt, to the moment, over random policies', async () => {
    let name = 0;
    const compare = async ({ outcomes, nextMode, maxAttempts, fromHour, ...settings }: Random) => {
      name += 1;
      const from = new Date(at.getTime() + fromHour * 3_600_000);
      const seeded = await seedCampaign(pool, { at: from, contacts: 1, organisationId, maxAttempts });
      await pool.query(`UPDATE campaign SET state = 'RUNNING' WHERE id = $1`, [seeded.campaignId]);
      await pool.query('UPDATE contact SET numbers = $2, number = $3 WHERE list_id = $1', [
        seeded.listId,
        JSON.stringify(NUMBERS),
        NUMBERS[0]?.number,
      ]);
      await pool.query('UPDATE campaign_contact SET zone = $2, law = $3 WHERE campaign_id = $1', [
        seeded.campaignId,
        NUMBERS[0]?.zone,
        NUMBERS[0]?.law,
      ]);
      const strategy = await change('createContactStrategy', 'ContactStrategy', { name: `S${name}`, ...settings });
      const rules = [{ outcome: 'BUSY', action: 'RETRY', delayMinutes: 20, backOffMultiplier: 2, nextMode }];
      const set = await change('createTelephonyOutcomeSet', 'TelephonyOutcomeSet', { name: `O${name}`, rules });
      await choose(seeded, { contactStrategyId: strategy.id, telephonyOutcomeSetId: set.id });
      const contactId = (await standing(seeded))[0].contact_id;
      const { preview } = await admin.query<{
        preview: { attempts: { at: string; mode: string; outcome: string }[]; closed: string | null };
      }>(
        `query ($input: PreviewAttemptsInput!) { preview: previewAttempts(input: $input) { closed attempts { at mode outcome } } }`,
        {
          input: {
            campaignId: seeded.campaignId,
            contactId: String(contactId),
            from: from.toISOString(),
            attempts: outcomes.map((outcome) => ({ outcome })),
            attemptSeconds: 45,
          },
        },
      );
      const played = await play(seeded, contactId, outcomes, 45_000);
      expect({ attempts: played.made, closed: played.closed }).toEqual(preview);
    };
    await fc.assert(fc.asyncProperty(policy, compare), { numRuns: Number(process.env.FC_RUNS) || 3 });
  }, 120_000);
});

describe('lists', () => {
  const work = async (): Promise<void> => {
    for (const job of await openContactJobs(pool)) await runContactJob({ ...api.container, pool }, job);
  };
  const act = (action: string, id: string) =>
    admin.query(`mutation ($id: ID!) { done: ${action}(id: $id) { __typename ... on ContactList { stoppedAt } } }`, {
      id,
    });
  const states = async (seeded: Seeded) => (await standing(seeded)).map(({ state, close_reason: why }) => why ?? state);

  test('a stopped list is refused by the gate at once, closed by the worker, and opened again as it stood', async () => {
    const seeded = await seedCampaign(pool, { at, contacts: 3, organisationId, zone: 'America/New_York' });
    await pool.query(`UPDATE campaign SET state = 'RUNNING' WHERE id = $1`, [seeded.campaignId]);
    const [first, second] = await standing(seeded);
    await pool.query(`UPDATE campaign_contact SET state = 'CLOSED', close_reason = 'FAX' WHERE contact_id = $1`, [
      second.contact_id,
    ]);
    await pool.query(`UPDATE campaign_contact SET state = 'IN_FLIGHT' WHERE contact_id = $1`, [second.contact_id + 1]);
    await act('stopContactList', seeded.listId);
    expect(await claim(seeded, first.contact_id, at.getTime() + 3_600_000)).toBeUndefined();
    expect(await states(seeded)).toEqual(['LIST_STOPPED', 'FAX', 'IN_FLIGHT']);
    await work();
    const other = await seedCampaign(pool, { at, organisationId });
    const { attached } = await admin.query<{ attached: { message: string } }>(
      `mutation ($input: AttachContactListInput!) { attached: attachContactList(input: $input) { ... on Refusal { message } } }`,
      { input: { campaignId: other.campaignId, listId: seeded.listId } },
    );
    expect(attached.message).toMatch(/is stopped: resume it first$/);
    const { rows } = await pool.query(`SELECT close_after FROM campaign_contact WHERE contact_id = $1`, [
      second.contact_id + 1,
    ]);
    expect(rows).toEqual([{ close_after: 'LIST_STOPPED' }]);
    await act('resumeContactList', seeded.listId);
    await work();
    expect(await states(seeded)).toEqual(['READY', 'FAX', 'IN_FLIGHT']);
  });

  test('a list expires, and a later date opens it again', async () => {
    const seeded = await seedCampaign(pool, { at, contacts: 2, organisationId });
    const now = api.container.clock.date().getTime();
    const past = { id: seeded.listId, version: 1, expiresAt: new Date(now - 1000).toISOString() };
    expect(await change('updateContactList', 'ContactList', past)).toMatchObject({
      message: expect.stringMatching(/^expiresAt .* is past: to end the list now, stop it$/),
    });
    const soon = { ...past, expiresAt: new Date(now + 60_000).toISOString() };
    expect(await change('updateContactList', 'ContactList', soon)).toMatchObject({ version: 2 });
    await expireLists(pool, new Date(now + 30_000));
    expect(await openContactJobs(pool)).toEqual([]);
    await expireLists(pool, new Date(now + 60_000));
    await work();
    expect(await states(seeded)).toEqual(['LIST_EXPIRED', 'LIST_EXPIRED']);
    const more = { ...past, version: 2, expiresAt: new Date(now + 3_600_000).toISOString() };
    expect(await change('updateContactList', 'ContactList', more)).toMatchObject({ version: 3 });
    await work();
    expect(await states(seeded)).toEqual(['READY', 'READY']);
  });

  test('closed contacts are recycled by how their last attempt ended, in batches; the law’s are not', async () => {
    const contacts = 1_200;
    const seeded = await seedCampaign(pool, { at, contacts, organisationId });
    const ids = (await standing(seeded)).map((row) => row.contact_id as number);
    const outcomes = ids.map((_, index) => (index % 2 ? 'BUSY' : 'NO_ANSWER'));
    const attempts = await seedAttempts(
      pool,
      seeded,
      ids.map((contactId, index) => ({ claimedAt: at, outcome: outcomes[index] as string, contactId })),
      at,
    );
    await pool.query(
      `UPDATE campaign_contact cc SET state = 'CLOSED', attempts = 3, last_attempt_id = n.attempt, tried = '{"Mobile": {"n": 3, "at": 0}}',
         close_reason = CASE WHEN n.place = 2 THEN 'DNC' ELSE 'MAX_ATTEMPTS' END
       FROM unnest($2::bigint[], $3::uuid[]) WITH ORDINALITY n (contact, attempt, place)
       WHERE cc.campaign_id = $1 AND cc.contact_id = n.contact`,
      [seeded.campaignId, ids, attempts],
    );
    const ask = { campaignId: seeded.campaignId, outcomes: ['BUSY'], idempotencyKey: 'recycle once' };
    const { first, second } = await admin.query<Record<'first' | 'second', { id: string }>>(
      `mutation ($input: RecycleContactsInput!) { first: recycleContacts(input: $input) { ... on ContactJob { id } }
         second: recycleContacts(input: $input) { ... on ContactJob { id } } }`,
      { input: ask },
    );
    expect(second).toEqual(first);
    await work();
    const { job } = await admin.query<{ job: unknown }>(
      `query ($id: ID!) { job: contactJob(id: $id) { contactsSeen contactsChanged endedAt } }`,
      { id: first.id },
    );
    expect(job).toMatchObject({
      contactsSeen: contacts,
      contactsChanged: contacts / 2 - 1,
      endedAt: expect.any(String),
    });
    const rows = await standing(seeded);
    expect(rows.slice(0, 4).map(({ state }) => state)).toEqual(['CLOSED', 'CLOSED', 'CLOSED', 'READY']);
    expect(rows[3]).toMatchObject({ attempts: 0, tried: null, number_index: 0, close_reason: null });
    const { refused } = await admin.query<{ refused: object }>(
      `mutation ($input: RecycleContactsInput!) { refused: recycleContacts(input: $input) { ... on Refusal { field } } }`,
      { input: { campaignId: seeded.campaignId } },
    );
    expect(refused).toEqual({ field: 'outcomes' });
  });

  test('one contact goes to the head of the queue, and back to its place after the attempt', async () => {
    const seeded = await seedCampaign(pool, { at, contacts: 2, organisationId });
    const [, second] = await standing(seeded);
    await pool.query(`UPDATE campaign_contact SET due_at = '2030-01-01' WHERE contact_id = $1`, [second.contact_id]);
    const input = { campaignId: seeded.campaignId, contactId: String(second.contact_id) };
    const next = () =>
      admin.query<{ done: object }>(
        `mutation ($input: DialNextInput!) { done: dialNext(input: $input) { ... on ContactStanding { state dueAt } ... on Refusal { message } } }`,
        { input },
      );
    expect((await next()).done).toMatchObject({ state: 'READY' });
    expect((await standing(seeded))[1]).toMatchObject({ priority: 0 });
    const [id] = await seedAttempts(
      pool,
      seeded,
      [{ claimedAt: at, outcome: 'BUSY', contactId: second.contact_id }],
      at,
    );
    await pool.query(
      `UPDATE campaign_contact SET state = 'AWAITING_RETRY', last_attempt_id = $2, last_outcome = 'BUSY' WHERE contact_id = $1`,
      [second.contact_id, id],
    );
    await applyRetries(pool, seeded, () => at);
    expect((await standing(seeded))[1]).toMatchObject({ priority: 100, state: 'READY' });
    await pool.query(`UPDATE campaign_contact SET state = 'CLOSED' WHERE contact_id = $1`, [second.contact_id]);
    const message = `contact ${second.contact_id} cannot be dialled next: it is closed; recycle it first`;
    expect((await next()).done).toEqual({ message });
  });

  test('contacts that join a campaign later are under its strategy from their first attempt on', async () => {
    const seeded = await seedCampaign(pool, { at, contacts: 1, organisationId });
    await pool.query(`UPDATE campaign SET state = 'RUNNING' WHERE id = $1`, [seeded.campaignId]);
    await pool.query('UPDATE contact SET numbers = $2 WHERE list_id = $1', [seeded.listId, JSON.stringify(NUMBERS)]);
    await pool.query('DELETE FROM campaign_contact WHERE campaign_id = $1', [seeded.campaignId]);
    await pool.query('UPDATE campaign_list SET filled_at = NULL WHERE campaign_id = $1', [seeded.campaignId]);
    await fillCampaign({ pool, clock: api.container.clock }, seeded);
    const strategy = await change('createContactStrategy', 'ContactStrategy', {
      name: 'Mobile only',
      modes: [{ mode: 'Mobile' }],
    });
    await choose(seeded, { contactStrategyId: strategy.id });
    const moment = Date.parse('2026-05-04T17:00:00Z');
    await pool.query('UPDATE campaign_contact SET due_at = $2 WHERE campaign_id = $1', [seeded.campaignId, at]);
    const [{ contact_id: contactId }] = await standing(seeded);
    expect(await claim(seeded, contactId, moment)).toBeUndefined();
    expect(await standing(seeded)).toMatchObject([{ number_index: 2, state: 'READY', due_at: new Date(moment) }]);
    expect(await claim(seeded, contactId, moment)).toMatchObject({ number: NUMBERS[2]?.number, law: 'US' });
  });
});

import { DateTime } from 'luxon';
import type { Pool } from 'pg';
import { LawBook } from '../../src/compliance/own/law-book';
import { CallbackService } from '../../src/contacts/callbacks/callback-service';
import { missCallbacks } from '../../src/contacts/callbacks/miss-callbacks';
import { applyRetries } from '../../src/contacts/retry/apply-retries';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../setup/api';
import { createClient, type TestClient } from '../setup/graphql-client';
import { fictionalNumber, type Seeded, seedCampaign, seedOrganisation } from '../setup/seed';
import { seedAttempts } from './reporting-facts';

const ZONE = 'America/New_York';
const now = new Date();
/** A Wednesday noon where the person is, a week or so ahead: lawful whatever the day of the test. */
const noon = DateTime.fromJSDate(now, { zone: ZONE })
  .plus({ weeks: 1 })
  .set({ weekday: 3 })
  .startOf('day')
  .set({ hour: 12 });
const iso = (time: DateTime) => time.toUTC().toISO() as string;

let api: TestApi;
let admin: TestClient;
let pool: Pool;
let organisationId: string;

beforeAll(async () => {
  api = await startTestApi();
  pool = api.container.hot;
  organisationId = await seedOrganisation(pool, now);
  admin = createClient(api.url, ADMIN_TOKEN);
});

afterAll(async () => {
  await admin?.close();
  await api?.close();
});

interface Answer {
  id: string;
  state: string;
  message?: string;
  code?: string;
}

const schedule = async (input: object): Promise<Answer> =>
  (
    await admin.query<{ made: Answer }>(
      `mutation ($input: ScheduleCallbackInput!) { made: scheduleCallback(input: $input) {
         ... on Callback { id state from until fallback agentId } ... on Refusal { code message } } }`,
      { input },
    )
  ).made;

let seeds = 0;
const seed = (contacts: number, maxAttempts = 3): Promise<Seeded> => {
  seeds += 1;
  const number = (index: number) => fictionalNumber(seeds * 100 + index);
  return seedCampaign(pool, { at: now, contacts, organisationId, zone: ZONE, maxAttempts, number });
};

const standing = async (seeded: Seeded) =>
  (
    await pool.query(
      `SELECT contact_id, state, due_at, priority, attempts, close_reason, callback_id, callback_until FROM campaign_contact
       WHERE campaign_id = $1 ORDER BY contact_id`,
      [seeded.campaignId],
    )
  ).rows;

const states = async (seeded: Seeded): Promise<string[]> => {
  const { callbacks } = await admin.query<{ callbacks: { edges: { node: Answer }[] } }>(
    `query ($id: ID!) { callbacks(campaignId: $id) { edges { node { id state endReason follows } } } }`,
    { id: seeded.campaignId },
  );
  return callbacks.edges.map(({ node }) => node.state);
};

const counts = async (seeded: Seeded) =>
  (
    await admin.query<{ counts: object }>(
      `query ($id: ID!) { counts: callbackCounts(campaignId: $id) { scheduled due done missed cancelled } }`,
      { id: seeded.campaignId },
    )
  ).counts;

/** An attempt at the first contact that has ended and awaits the next step. */
const attempt = async (seeded: Seeded, outcome: string, talked: boolean): Promise<string> => {
  const [contact] = await standing(seeded);
  const spec = { claimedAt: now, endedAt: now, outcome, contactId: contact.contact_id };
  const talk = talked ? { connectedAt: now, agentId: seeded.agents[0]?.id as string, wrappedUpAt: now } : {};
  const [id] = await seedAttempts(pool, seeded, [{ ...spec, ...talk }], now);
  await pool.query(
    `UPDATE campaign_contact SET state = 'AWAITING_RETRY', last_attempt_id = $2, last_outcome = $3 WHERE campaign_id = $1`,
    [seeded.campaignId, id, outcome],
  );
  return id as string;
};

const service = () =>
  new CallbackService({ pool, clock: api.container.clock, laws: new LawBook(), changed: async () => undefined });
const asAgent = (seeded: Seeded, index = 0) => ({
  organisationId,
  actor: 'user:test',
  agentId: seeded.agents[index]?.id as string,
  roles: ['AGENT' as const],
});

test('a waiting contact is promised a call: due then, before others', async () => {
  const seeded = await seed(1);
  const [contact] = await standing(seeded);
  const made = await schedule({
    campaignId: seeded.campaignId,
    contactId: String(contact.contact_id),
    from: iso(noon),
  });
  expect(made).toMatchObject({ state: 'SCHEDULED', fallback: 'NEXT_BUSINESS_DAY', agentId: null });
  expect(await standing(seeded)).toMatchObject([
    { state: 'READY', due_at: noon.toJSDate(), priority: 0, callback_until: noon.plus({ minutes: 30 }).toJSDate() },
  ]);
  const replaced = await schedule({
    campaignId: seeded.campaignId,
    contactId: String(contact.contact_id),
    from: iso(noon.plus({ hours: 2 })),
    until: iso(noon.plus({ hours: 4 })),
    fallback: 'CLOSE',
  });
  expect(await states(seeded)).toEqual(['CANCELLED', 'SCHEDULED']);
  const { done } = await admin.query<{ done: Answer }>(
    `mutation ($input: CancelCallbackInput!) { done: cancelCallback(input: $input) { ... on Callback { state endReason } } }`,
    { input: { id: replaced.id, reason: 'the person asked for it' } },
  );
  expect(done).toEqual({ state: 'CANCELLED', endReason: 'the person asked for it' });
  expect(await standing(seeded)).toMatchObject([
    { state: 'READY', priority: 100, callback_id: null, callback_until: null },
  ]);
});

test('a moment that is past, unlawful or too far is refused with what is allowed', async () => {
  const seeded = await seed(2);
  const [contact, other] = await standing(seeded);
  const of = { campaignId: seeded.campaignId, contactId: String(contact.contact_id) };
  const night = noon.set({ hour: 3 });
  expect((await schedule({ ...of, from: iso(night) })).message).toMatch(
    new RegExp(
      `^from .* is 03:00 in ${ZONE}: calls are lawful there that day \\d\\d:00–\\d\\d:00; the next lawful moment is `,
    ),
  );
  expect((await schedule({ ...of, from: '2026-01-05T15:00:00Z' })).message).toMatch(
    /^from 2026-01-05T15:00:00.000Z is past/,
  );
  expect((await schedule({ ...of, from: iso(noon.plus({ days: 120 })) })).message).toMatch(/more than 90 days ahead$/);
  expect((await schedule({ ...of, from: iso(noon), until: iso(noon.plus({ minutes: 2 })) })).message).toMatch(
    /is not 5 minutes to a day after from/,
  );
  expect((await schedule({ ...of, from: iso(noon), mode: 'Home' })).message).toBe(
    "mode Home is none of the contact's: it has Mobile",
  );
  await pool.query(
    `INSERT INTO phone_number (organisation_id, number, opted_out_at, opt_out_source)
     SELECT organisation_id, number, $2, 'test' FROM contact WHERE id = $1`,
    [contact.contact_id, now],
  );
  expect((await schedule({ ...of, from: iso(noon) })).message).toBe(
    'no callback can be promised: the person has opted out',
  );
  await pool.query(`UPDATE campaign_contact SET state = 'IN_FLIGHT' WHERE contact_id = $1`, [other.contact_id]);
  expect(await schedule({ ...of, contactId: String(other.contact_id), from: iso(noon) })).toMatchObject({
    code: 'INVALID_STATE',
  });
  await pool.query(`UPDATE campaign_contact SET state = 'CLOSED', close_reason = 'DNC' WHERE contact_id = $1`, [
    other.contact_id,
  ]);
  expect((await schedule({ ...of, contactId: String(other.contact_id), from: iso(noon) })).message).toMatch(
    /it is closed: DNC$/,
  );
  expect(await states(seeded)).toEqual([]);
});

test('promised in a call: it stands when attempts are used up, is tried again in its window, and is kept once reached', async () => {
  const seeded = await seed(1, 1);
  const first = await attempt(seeded, 'LIVE_VOICE', true);
  await expect(
    service().schedule(asAgent(seeded, 1), { attemptId: first, from: noon.toJSDate() }),
  ).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  const promised = { attemptId: first, from: noon.toJSDate(), until: noon.plus({ hours: 3 }).toJSDate() };
  expect(await service().schedule(asAgent(seeded), promised)).toMatchObject({ agentId: seeded.agents[0]?.id });
  await applyRetries(pool, seeded, () => now);
  expect(await standing(seeded)).toMatchObject([{ state: 'READY', due_at: noon.toJSDate(), attempts: 0, priority: 0 }]);
  // Not reached, and that does not count: once more within the window.
  await attempt(seeded, 'CONGESTION', false);
  await applyRetries(pool, seeded, () => now);
  expect(await standing(seeded)).toMatchObject([{ state: 'READY', priority: 0, callback_id: expect.any(String) }]);
  expect(await states(seeded)).toEqual(['SCHEDULED']);
  await attempt(seeded, 'LIVE_VOICE', true);
  await applyRetries(pool, seeded, () => now);
  expect(await standing(seeded)).toMatchObject([{ state: 'CLOSED', close_reason: 'LIVE_VOICE', callback_id: null }]);
  expect(await counts(seeded)).toEqual({ scheduled: 0, due: 0, done: 1, missed: 0, cancelled: 0 });
  const own = await service().list(asAgent(seeded), { first: 10 }, {});
  expect(own.rows.map(({ state, endReason }) => [state, endReason])).toEqual([['DONE', 'REACHED']]);
  expect((await service().list(asAgent(seeded, 1), { first: 10 }, {})).rows).toEqual([]);
});

test('a call that cannot be repeated misses the promise', async () => {
  const seeded = await seed(1, 2);
  const [contact] = await standing(seeded);
  await schedule({ campaignId: seeded.campaignId, contactId: String(contact.contact_id), from: iso(noon) });
  await attempt(seeded, 'INVALID_NUMBER', false);
  await applyRetries(pool, seeded, () => now);
  expect(await standing(seeded)).toMatchObject([
    { state: 'CLOSED', close_reason: 'INVALID_NUMBER', callback_id: null },
  ]);
  expect(await counts(seeded)).toMatchObject({ missed: 1, scheduled: 0 });
});

test('missed ones are told, and what was agreed is done', async () => {
  const seeded = await seed(4);
  const contacts = await standing(seeded);
  const fallbacks = ['NEXT_BUSINESS_DAY', 'QUEUE', 'CLOSE', 'QUEUE'];
  for (const [index, fallback] of fallbacks.entries()) {
    const contactId = String(contacts[index].contact_id);
    await schedule({ campaignId: seeded.campaignId, contactId, from: iso(noon), fallback });
  }
  // The last one has been closed by the law meanwhile.
  await pool.query(`UPDATE campaign_contact SET state = 'CLOSED', close_reason = 'DNC' WHERE contact_id = $1`, [
    contacts[3].contact_id,
  ]);
  const end = noon.plus({ minutes: 30 }).toJSDate();
  await missCallbacks(pool, new LawBook(), () => new Date(end.getTime() - 1));
  expect(await states(seeded)).toEqual(['SCHEDULED', 'SCHEDULED', 'SCHEDULED', 'CANCELLED']);
  await missCallbacks(pool, new LawBook(), () => end);
  expect(await states(seeded)).toEqual(['MISSED', 'MISSED', 'MISSED', 'CANCELLED', 'SCHEDULED']);
  expect(await standing(seeded)).toMatchObject([
    { state: 'READY', due_at: noon.plus({ days: 1 }).toJSDate(), priority: 0, callback_id: expect.any(String) },
    { state: 'READY', priority: 100, callback_id: null, callback_until: null },
    { state: 'CLOSED', close_reason: 'CALLBACK_MISSED', callback_id: null },
    { state: 'CLOSED', close_reason: 'DNC', callback_id: null },
  ]);
  // Thursday, Friday, over the weekend to Monday; then it is one among the others.
  const days = [1, 2, 5];
  for (const day of days) {
    const due = noon.plus({ days: day });
    expect((await standing(seeded))[0].due_at).toEqual(due.toJSDate());
    await missCallbacks(pool, new LawBook(), () => due.plus({ minutes: 30 }).toJSDate());
  }
  expect((await standing(seeded))[0]).toMatchObject({ state: 'READY', priority: 100, callback_id: null });
  expect(await counts(seeded)).toEqual({ scheduled: 0, due: 0, done: 0, missed: 6, cancelled: 1 });
});

test('an agent may have so many open ones', async () => {
  const seeded = await seed(1);
  await pool.query('UPDATE campaign SET callback_limit_per_agent = 1 WHERE id = $1', [seeded.campaignId]);
  const first = await attempt(seeded, 'LIVE_VOICE', true);
  const other = await seed(1);
  await service().schedule(asAgent(seeded), { attemptId: first, from: noon.toJSDate() });
  await pool.query('UPDATE campaign SET callback_limit_per_agent = 1 WHERE id = $1', [other.campaignId]);
  const second = await attempt(other, 'LIVE_VOICE', true);
  await pool.query('UPDATE call_attempt SET agent_id = $2 WHERE id = $1', [second, seeded.agents[0]?.id]);
  await expect(service().schedule(asAgent(seeded), { attemptId: second, from: noon.toJSDate() })).rejects.toMatchObject(
    {
      code: 'CONFLICT',
      message: expect.stringMatching(/^the agent has 1 open callbacks: campaign ".*" allows 1$/),
    },
  );
  // Its own is replaced, not added.
  await service().schedule(asAgent(seeded), { attemptId: first, from: noon.plus({ hours: 1 }).toJSDate() });
});

import { LawBook } from '../../src/compliance/own/law-book';
import { missCallbacks } from '../../src/contacts/callbacks/miss-callbacks';
import { applyRetries } from '../../src/contacts/retry/apply-retries';
import { type Answer, type Callbacks, iso, noon, now, startCallbacks, ZONE } from './callback-harness';

let on: Callbacks;
beforeAll(async () => {
  on = await startCallbacks();
});
afterAll(() => on?.close());

test('a waiting contact is promised a call: due then, before others', async () => {
  const seeded = await on.seed(1);
  const [contact] = await on.standing(seeded);
  const made = await on.schedule({
    campaignId: seeded.campaignId,
    contactId: String(contact.contact_id),
    from: iso(noon),
  });
  expect(made).toMatchObject({ state: 'SCHEDULED', fallback: 'NEXT_BUSINESS_DAY', agentId: null });
  expect(await on.standing(seeded)).toMatchObject([
    { state: 'READY', due_at: noon.toJSDate(), priority: 0, callback_until: noon.plus({ minutes: 30 }).toJSDate() },
  ]);
  const replaced = await on.schedule({
    campaignId: seeded.campaignId,
    contactId: String(contact.contact_id),
    from: iso(noon.plus({ hours: 2 })),
    until: iso(noon.plus({ hours: 4 })),
    fallback: 'CLOSE',
  });
  expect(await on.states(seeded)).toEqual(['CANCELLED', 'SCHEDULED']);
  const { done } = await on.admin.query<{ done: Answer }>(
    `mutation ($input: CancelCallbackInput!) { done: cancelCallback(input: $input) { ... on Callback { state endReason } } }`,
    { input: { id: replaced.id, reason: 'the person asked for it' } },
  );
  expect(done).toEqual({ state: 'CANCELLED', endReason: 'the person asked for it' });
  expect(await on.standing(seeded)).toMatchObject([
    { state: 'READY', priority: 100, callback_id: null, callback_until: null },
  ]);
});

test('a moment that is past, unlawful or too far is refused with what is allowed', async () => {
  const seeded = await on.seed(2);
  const [contact, other] = await on.standing(seeded);
  const of = { campaignId: seeded.campaignId, contactId: String(contact.contact_id) };
  const night = noon.set({ hour: 3 });
  expect((await on.schedule({ ...of, from: iso(night) })).message).toMatch(
    new RegExp(
      `^from .* is 03:00 in ${ZONE}: calls are lawful there that day \\d\\d:00–\\d\\d:00; the next lawful moment is `,
    ),
  );
  expect((await on.schedule({ ...of, from: '2026-01-05T15:00:00Z' })).message).toMatch(
    /^from 2026-01-05T15:00:00.000Z is past/,
  );
  expect((await on.schedule({ ...of, from: iso(noon.plus({ days: 120 })) })).message).toMatch(
    /more than 90 days ahead$/,
  );
  expect((await on.schedule({ ...of, from: iso(noon), until: iso(noon.plus({ minutes: 2 })) })).message).toMatch(
    /is not 5 minutes to a day after from/,
  );
  expect((await on.schedule({ ...of, from: iso(noon), mode: 'Home' })).message).toBe(
    "mode Home is none of the contact's: it has Mobile",
  );
  await on.pool.query(
    `INSERT INTO phone_number (organisation_id, number, opted_out_at, opt_out_source)
     SELECT organisation_id, number, $2, 'test' FROM contact WHERE id = $1`,
    [contact.contact_id, now],
  );
  expect((await on.schedule({ ...of, from: iso(noon) })).message).toBe(
    'no callback can be promised: the person has opted out',
  );
  await on.pool.query(`UPDATE campaign_contact SET state = 'IN_FLIGHT' WHERE contact_id = $1`, [other.contact_id]);
  expect(await on.schedule({ ...of, contactId: String(other.contact_id), from: iso(noon) })).toMatchObject({
    code: 'INVALID_STATE',
  });
  await on.pool.query(`UPDATE campaign_contact SET state = 'CLOSED', close_reason = 'DNC' WHERE contact_id = $1`, [
    other.contact_id,
  ]);
  expect((await on.schedule({ ...of, contactId: String(other.contact_id), from: iso(noon) })).message).toMatch(
    /it is closed: DNC$/,
  );
  expect(await on.states(seeded)).toEqual([]);
});

test('promised in a call: it stands when attempts are used up, is tried again in its window, and is kept once reached', async () => {
  const seeded = await on.seed(1, 1);
  const first = await on.attempt(seeded, 'LIVE_VOICE', true);
  await expect(
    on.service().schedule(on.asAgent(seeded, 1), { attemptId: first, from: noon.toJSDate() }),
  ).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  const promised = { attemptId: first, from: noon.toJSDate(), until: noon.plus({ hours: 3 }).toJSDate() };
  expect(await on.service().schedule(on.asAgent(seeded), promised)).toMatchObject({ agentId: seeded.agents[0]?.id });
  await applyRetries(on.pool, seeded, () => now);
  expect(await on.standing(seeded)).toMatchObject([
    { state: 'READY', due_at: noon.toJSDate(), attempts: 0, priority: 0 },
  ]);
  // Not reached, and that does not count: once more within the window.
  await on.attempt(seeded, 'CONGESTION', false);
  await applyRetries(on.pool, seeded, () => now);
  expect(await on.standing(seeded)).toMatchObject([{ state: 'READY', priority: 0, callback_id: expect.any(String) }]);
  expect(await on.states(seeded)).toEqual(['SCHEDULED']);
  await on.attempt(seeded, 'LIVE_VOICE', true);
  await applyRetries(on.pool, seeded, () => now);
  expect(await on.standing(seeded)).toMatchObject([{ state: 'CLOSED', close_reason: 'LIVE_VOICE', callback_id: null }]);
  expect(await on.counts(seeded)).toEqual({ scheduled: 0, due: 0, done: 1, missed: 0, cancelled: 0 });
  const own = await on.service().list(on.asAgent(seeded), { first: 10 }, {});
  expect(own.rows.map(({ state, endReason }) => [state, endReason])).toEqual([['DONE', 'REACHED']]);
  expect((await on.service().list(on.asAgent(seeded, 1), { first: 10 }, {})).rows).toEqual([]);
});

test('a call that cannot be repeated misses the promise', async () => {
  const seeded = await on.seed(1, 2);
  const [contact] = await on.standing(seeded);
  await on.schedule({ campaignId: seeded.campaignId, contactId: String(contact.contact_id), from: iso(noon) });
  await on.attempt(seeded, 'INVALID_NUMBER', false);
  await applyRetries(on.pool, seeded, () => now);
  expect(await on.standing(seeded)).toMatchObject([
    { state: 'CLOSED', close_reason: 'INVALID_NUMBER', callback_id: null },
  ]);
  expect(await on.counts(seeded)).toMatchObject({ missed: 1, scheduled: 0 });
});

test('missed ones are told, and what was agreed is done', async () => {
  const seeded = await on.seed(4);
  const contacts = await on.standing(seeded);
  const fallbacks = ['NEXT_BUSINESS_DAY', 'QUEUE', 'CLOSE', 'QUEUE'];
  for (const [index, fallback] of fallbacks.entries()) {
    const contactId = String(contacts[index].contact_id);
    await on.schedule({ campaignId: seeded.campaignId, contactId, from: iso(noon), fallback });
  }
  // The last one has been closed by the law meanwhile.
  await on.pool.query(`UPDATE campaign_contact SET state = 'CLOSED', close_reason = 'DNC' WHERE contact_id = $1`, [
    contacts[3].contact_id,
  ]);
  const end = noon.plus({ minutes: 30 }).toJSDate();
  await missCallbacks(on.pool, new LawBook(), () => new Date(end.getTime() - 1));
  expect(await on.states(seeded)).toEqual(['SCHEDULED', 'SCHEDULED', 'SCHEDULED', 'CANCELLED']);
  await missCallbacks(on.pool, new LawBook(), () => end);
  expect(await on.states(seeded)).toEqual(['MISSED', 'MISSED', 'MISSED', 'CANCELLED', 'SCHEDULED']);
  expect(await on.standing(seeded)).toMatchObject([
    { state: 'READY', due_at: noon.plus({ days: 1 }).toJSDate(), priority: 0, callback_id: expect.any(String) },
    { state: 'READY', priority: 100, callback_id: null, callback_until: null },
    { state: 'CLOSED', close_reason: 'CALLBACK_MISSED', callback_id: null },
    { state: 'CLOSED', close_reason: 'DNC', callback_id: null },
  ]);
  // Thursday, Friday, over the weekend to Monday; then it is one among the others.
  const days = [1, 2, 5];
  for (const day of days) {
    const due = noon.plus({ days: day });
    expect((await on.standing(seeded))[0].due_at).toEqual(due.toJSDate());
    await missCallbacks(on.pool, new LawBook(), () => due.plus({ minutes: 30 }).toJSDate());
  }
  expect((await on.standing(seeded))[0]).toMatchObject({ state: 'READY', priority: 100, callback_id: null });
  expect(await on.counts(seeded)).toEqual({ scheduled: 0, due: 0, done: 0, missed: 6, cancelled: 1 });
});

test('an agent may have so many open ones', async () => {
  const seeded = await on.seed(1);
  await on.pool.query('UPDATE campaign SET callback_limit_per_agent = 1 WHERE id = $1', [seeded.campaignId]);
  const first = await on.attempt(seeded, 'LIVE_VOICE', true);
  const other = await on.seed(1);
  await on.service().schedule(on.asAgent(seeded), { attemptId: first, from: noon.toJSDate() });
  await on.pool.query('UPDATE campaign SET callback_limit_per_agent = 1 WHERE id = $1', [other.campaignId]);
  const second = await on.attempt(other, 'LIVE_VOICE', true);
  await on.pool.query('UPDATE call_attempt SET agent_id = $2 WHERE id = $1', [second, seeded.agents[0]?.id]);
  await expect(
    on.service().schedule(on.asAgent(seeded), { attemptId: second, from: noon.toJSDate() }),
  ).rejects.toMatchObject({
    code: 'CONFLICT',
    message: expect.stringMatching(/^the agent has 1 open callbacks: campaign ".*" allows 1$/),
  });
  // Its own is replaced, not added.
  await on.service().schedule(on.asAgent(seeded), { attemptId: first, from: noon.plus({ hours: 1 }).toJSDate() });
});

import { readDesktop } from '../../src/agents/desktop-view';
import { LawBook } from '../../src/compliance/own/law-book';
import type { Callback } from '../../src/contacts/callbacks/callback';
import { CallbackService } from '../../src/contacts/callbacks/callback-service';
import { ContactExplanations } from '../../src/dialer/explain/contact-explanation';
import { presenceKey } from '../../src/dialer/shell/presence';
import { noonZone, type Seeded, type SeedOptions } from '../setup/seed';
import { startWorld, until, type World } from './dialer-harness';

/** Of these area codes one answers at once, the other lets it ring; nobody hangs up before the agent does. */
const QUICK = '+1201';
const SLOW = '+1202';
const MINUTE = 60_000;

let world: World;
beforeAll(async () => {
  const talks = { outcome: 'answer' as const, voice: 'person' as const, talkMs: 10 * MINUTE };
  world = await startWorld({
    rules: [
      { prefix: QUICK, script: { ...talks, ringMs: 50 } },
      { prefix: SLOW, script: { ...talks, ringMs: 2_000 } },
    ],
  });
});
afterAll(() => world?.close());

/** The n-th contact has a number of the n-th area code. */
const seed = async (
  areas: string[],
  options: Partial<SeedOptions> = {},
): Promise<Seeded & { contactIds: number[] }> => {
  const number = (index: number) => `${areas[index]}55501${String(index).padStart(2, '0')}`;
  const zone = noonZone(world.clock.date());
  const seeded = await world.seed({ contacts: areas.length, agents: 2, zone, number, ...options });
  const { rows } = await world.pool.query<{ contact_id: number }>(
    'SELECT contact_id FROM campaign_contact WHERE campaign_id = $1 ORDER BY contact_id',
    [seeded.campaignId],
  );
  await world.startDialer(seeded.dialerId).served;
  return { ...seeded, contactIds: rows.map((row) => row.contact_id) };
};

const agentOf = ({ agents }: Seeded, index: number): Seeded['agents'][number] =>
  agents[index] as Seeded['agents'][number];

const logIn = async (seeded: Seeded, index: number, available = true): Promise<void> => {
  const { id, deviceId } = agentOf(seeded, index);
  await world.redis.set(presenceKey(seeded.organisationId, id), 'x', 'PX', 600_000);
  expect(await world.send(seeded, 'AGENT_LOGIN', id, { deviceId })).toMatchObject({ ok: true });
  if (available) expect(await world.send(seeded, 'AGENT_AVAILABLE', id, {})).toMatchObject({ ok: true });
};

const start = async (seeded: Seeded): Promise<void> => {
  expect(await world.send(seeded, 'CAMPAIGN_START', seeded.campaignId, {})).toMatchObject({ ok: true });
};

const managerOf = ({ organisationId }: Seeded) => ({
  ...{ organisationId, actor: 'user:test', roles: ['CAMPAIGN_MANAGER' as const] },
});

const promise = (seeded: Seeded, contactId: number | undefined, more: object): Promise<Callback> =>
  new CallbackService({
    ...{ pool: world.pool, clock: world.clock, laws: new LawBook(), changed: async () => undefined },
  }).schedule(managerOf(seeded), {
    ...{ campaignId: seeded.campaignId, contactId: String(contactId), from: new Date(world.clock.now() + 100) },
    ...more,
  });

interface Attempt {
  id: string;
  contactId: number;
  agentId: string | null;
  phase: string;
}

const attempts = async ({ campaignId }: Seeded): Promise<Attempt[]> =>
  (
    await world.pool.query<Attempt>(
      `SELECT id, contact_id AS "contactId", agent_id AS "agentId", phase FROM call_attempt
       WHERE campaign_id = $1 ORDER BY claimed_at, id`,
      [campaignId],
    )
  ).rows;

const attemptAt = (seeded: Seeded, contactId: number | undefined, phase: string): Promise<Attempt> =>
  until(`${phase} of contact ${contactId}`, async () =>
    (await attempts(seeded)).find((attempt) => attempt.contactId === contactId && attempt.phase === phase),
  );

const stateOf = async (seeded: Seeded, index: number): Promise<{ state: string; campaign_id: string | null }> =>
  (
    await world.pool.query('SELECT state, campaign_id FROM agent_state WHERE agent_id = $1', [
      agentOf(seeded, index).id,
    ])
  ).rows[0];

const callbackWaits = (seeded: Seeded): Promise<boolean> =>
  until('a callback that waits for its agent', async () => {
    const { rows } = await world.pool.query<{ why: string[] }>(
      `SELECT view -> 'whyNotDialling' AS why FROM campaign_live WHERE campaign_id = $1`,
      [seeded.campaignId],
    );
    return rows[0]?.why.includes('CALLBACKS_WAIT_FOR_AGENTS');
  });

const hangUp = async (seeded: Seeded, index: number, attemptId: string): Promise<void> => {
  const { id } = agentOf(seeded, index);
  await world.send(seeded, 'AGENT_HANG_UP', id, { attemptId });
  await until('the wrap-up', async () => (await stateOf(seeded, index)).state === 'WRAP_UP');
  expect(await world.send(seeded, 'AGENT_WRAP_UP', id, { attemptId, code: 'DONE' })).toMatchObject({ ok: true });
};

const ADA = 0;
const BOB = 1;

it('is made by its agent, once that is free, and not by whoever is free before', async () => {
  const seeded = await seed([QUICK, QUICK]);
  const [first, second] = seeded.contactIds;
  // For later: the campaign has one contact for anyone.
  const ada = agentOf(seeded, ADA).id;
  await promise(seeded, second, { from: new Date(world.clock.now() + 60 * MINUTE) });
  await logIn(seeded, ADA);
  await start(seeded);
  const talk = await attemptAt(seeded, first, 'CONNECTED');
  expect(talk.agentId).toBe(ada);
  const made = await promise(seeded, second, { kind: 'PERSONAL', agentId: ada, note: 'asks about the invoice' });
  expect(made).toMatchObject({ kind: 'PERSONAL', ifAway: 'ANYONE', agentId: ada });
  await logIn(seeded, BOB);
  await callbackWaits(seeded);
  expect(await attempts(seeded)).toHaveLength(1);
  expect(await stateOf(seeded, BOB)).toMatchObject({ state: 'AVAILABLE', campaign_id: null });
  await hangUp(seeded, ADA, talk.id);
  expect((await attemptAt(seeded, second, 'CONNECTED')).agentId).toBe(ada);
  const told = { id: made.id, kind: 'PERSONAL', from: made.from, until: made.until, note: 'asks about the invoice' };
  await until('the panel', async () => (await readDesktop(world.pool, managerOf(seeded), ada))?.customer);
  const desktop = await readDesktop(world.pool, managerOf(seeded), ada);
  expect(desktop).toMatchObject({ customer: { callback: told }, popOver: { customer: { callback: told } } });
});

it('is made by anyone when its agent is logged out, or waits if that was agreed', async () => {
  const seeded = await seed([QUICK, QUICK]);
  const [first, second] = seeded.contactIds;
  const [ada, bob] = [agentOf(seeded, ADA).id, agentOf(seeded, BOB).id];
  await promise(seeded, first, { kind: 'PERSONAL', agentId: ada });
  await promise(seeded, second, { kind: 'PERSONAL', agentId: ada, ifAway: 'WAIT' });
  await logIn(seeded, BOB);
  await start(seeded);
  const talk = await attemptAt(seeded, first, 'CONNECTED');
  expect(talk.agentId).toBe(bob);
  await hangUp(seeded, BOB, talk.id);
  await callbackWaits(seeded);
  expect(await attempts(seeded)).toHaveLength(1);
  const explanations = new ContactExplanations({ pool: world.pool, clock: world.clock, laws: new LawBook() });
  const told = await explanations.of(managerOf(seeded), seeded.campaignId, String(second));
  expect(told?.numbers[0]?.gates.filter(({ allowed }) => !allowed)).toEqual([
    { gate: 'CALLBACK_AGENT', allowed: false, detail: `the callback waits for agent ${ada}`, nextAt: null },
  ]);
  await logIn(seeded, ADA);
  expect((await attemptAt(seeded, second, 'CONNECTED')).agentId).toBe(ada);
});

it('is made by anyone in the last part of its window when its agent has not come to it', async () => {
  const seeded = await seed([QUICK]);
  const [contactId] = seeded.contactIds;
  const from = new Date(world.clock.now() + 100);
  await promise(seeded, contactId, { kind: 'PERSONAL', agentId: agentOf(seeded, ADA).id, from });
  const read = 'SELECT callback_anyone_at AS at FROM campaign_contact WHERE contact_id = $1';
  const { rows } = await world.pool.query<{ at: Date }>(read, [contactId]);
  expect(rows[0]?.at.getTime()).toBe(from.getTime() + 20 * MINUTE);
  await logIn(seeded, ADA, false);
  await logIn(seeded, BOB);
  await start(seeded);
  await callbackWaits(seeded);
  expect(await attempts(seeded)).toHaveLength(0);
  await world.pool.query('UPDATE campaign_contact SET callback_anyone_at = $2 WHERE contact_id = $1', [
    ...[contactId, world.clock.date()],
  ]);
  expect((await attemptAt(seeded, contactId, 'CONNECTED')).agentId).toBe(agentOf(seeded, BOB).id);
});

it('goes to another agent when its own is lost while it rings', async () => {
  const seeded = await seed([SLOW]);
  const [contactId] = seeded.contactIds;
  await promise(seeded, contactId, { kind: 'PERSONAL', agentId: agentOf(seeded, ADA).id, ifAway: 'WAIT' });
  await logIn(seeded, ADA);
  await logIn(seeded, BOB);
  await start(seeded);
  expect((await attemptAt(seeded, contactId, 'RINGING')).agentId).toBe(agentOf(seeded, ADA).id);
  const answer = await fetch(`http://127.0.0.1:${world.gateway.port}/simulator/faults`, {
    method: 'POST',
    body: JSON.stringify({ kind: 'agentHangup', endpoint: agentOf(seeded, ADA).address }),
  });
  expect(answer.status).toBe(204);
  expect((await attemptAt(seeded, contactId, 'CONNECTED')).agentId).toBe(agentOf(seeded, BOB).id);
  expect(await stateOf(seeded, ADA)).toMatchObject({ state: 'IDLE' });
});

it('keeps its agent from the person of another line that is answered while it rings', async () => {
  const seeded = await seed([SLOW, QUICK], { dialingRate: 2.5 });
  const [own, other] = seeded.contactIds;
  await promise(seeded, own, { kind: 'PERSONAL', agentId: agentOf(seeded, ADA).id });
  // Available first, so that every other line's person would be hers.
  await logIn(seeded, ADA);
  await logIn(seeded, BOB);
  // Not before there is a line for the callback.
  const due = 'UPDATE campaign_contact SET due_at = $2 WHERE contact_id = $1';
  await world.pool.query(due, [other, new Date(world.clock.now() + MINUTE)]);
  await start(seeded);
  await until('a line for the callback', async () =>
    (await attempts(seeded)).some(({ contactId }) => contactId === own),
  );
  await world.pool.query(due, [other, world.clock.date()]);
  const [quick, slow] = await Promise.all([attemptAt(seeded, other, 'CONNECTED'), attemptAt(seeded, own, 'CONNECTED')]);
  expect([quick.agentId, slow.agentId]).toEqual([agentOf(seeded, BOB).id, agentOf(seeded, ADA).id]);
});

it('is made although the campaign’s filter leaves the contact out', async () => {
  const seeded = await seed([QUICK, QUICK]);
  const [first, second] = seeded.contactIds;
  const filter = `UPDATE campaign SET contact_filter_path = '$.first_name == "Person 1"' WHERE id = $1`;
  await world.pool.query(filter, [seeded.campaignId]);
  await world.pool.query('UPDATE campaign_contact SET filtered_out = true WHERE contact_id = $1', [second]);
  await logIn(seeded, ADA);
  await start(seeded);
  await attemptAt(seeded, first, 'CONNECTED');
  await promise(seeded, second, {});
  await logIn(seeded, BOB);
  expect((await attemptAt(seeded, second, 'CONNECTED')).agentId).toBe(agentOf(seeded, BOB).id);
});

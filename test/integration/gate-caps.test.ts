import type { Cap } from '../../src/compliance/law/law';
import { OffsetClock } from '../../src/infra/clock';
import { transaction } from '../../src/infra/postgres';
import { fictionalNumber } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import {
  claimIn,
  claimOnce,
  endAttempts,
  type GateWorld,
  lawWithCaps,
  makeAllReady,
  seedGateWorld,
} from './gate-world';

const HOUR = 3_600_000;

const db = testPool({ max: 8, pipeline: true });
const at = new OffsetClock().now();

const threeInADay: Cap = {
  id: 'TEST/3-in-24h',
  scope: 'PERSON',
  perSubject: true,
  max: 3,
  within: { rollingMs: 24 * HOUR },
  source: 'a test',
};

const contactsOf = (world: GateWorld, place: number): number[] =>
  world.contactIds.get(world.campaigns[place]?.campaignId ?? '') ?? [];

const attemptsOf = async (world: GateWorld) =>
  (
    await db.pool.query<{ id: string; number: string; person: string | null; at: Date }>(
      `SELECT id, number, person, coalesce(placed_at, not_after) AS at FROM call_attempt
       WHERE organisation_id = $1 AND outcome IS DISTINCT FROM 'NOT_PLACED' ORDER BY 4`,
      [world.organisationId],
    )
  ).rows;

/** A small repeatable chance: the schedule of the database is the true one. */
const randomOf = (seed: number) => () => {
  seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
  return seed / 2_147_483_648;
};

it('is passed by no person, however many dialers claim at the same time', async () => {
  // Of three persons each campaign calls a number of its own, so that the persons alone are in common; the last three
  // numbers are nobody known's, and every campaign calls them.
  const people = Array.from({ length: 15 }, (_, index) => ({
    number: fictionalNumber(index),
    person: index < 12 ? `p${index % 3}` : null,
  }));
  const world = await seedGateWorld(db.pool, { at: new Date(at), campaigns: 4, people, law: lawWithCaps(threeInADay) });
  const random = randomOf(Number(process.env.CAPS_SEED ?? 7));
  let now = at;
  let placed = 0;
  let inFlight: string[] = [];
  for (let round = 0; round < 16; round++) {
    const claimed = await Promise.all(
      world.campaigns.map((campaign, place) => {
        const own = contactsOf(world, place).filter((_, index) => index >= 12 || index % 4 === place);
        const some = own.filter(() => random() < 0.8);
        return claimOnce(db.pool, world, campaign, some, { at: now });
      }),
    );
    const fresh = claimed.flat().map(({ id }) => id);
    placed += fresh.length;
    const ids = [...inFlight, ...fresh];
    // Some stay in flight over the next round, a few were never placed.
    const ended = ids.filter(() => random() < 0.8);
    const never = ended.filter(() => random() < 0.2);
    await endAttempts(db.pool, never, now + 500, 'NOT_PLACED');
    await endAttempts(
      db.pool,
      ended.filter((id) => !never.includes(id)),
      now + 500,
    );
    now += Math.floor(random() * 6 * HOUR);
    inFlight = ids.filter((id) => !ended.includes(id));
    await makeAllReady(db.pool, world, now);
  }
  const attempts = await attemptsOf(world);
  // The law's hours are open all day: only caps and calls in flight refuse, and much is refused.
  expect(placed).toBeGreaterThan(20);
  expect(placed).toBeLessThan(100);
  const keys = new Set(attempts.map(({ number, person }) => person ?? number));
  expect(keys.size).toBe(6);
  for (const key of keys) {
    const moments = attempts.filter(({ number, person }) => (person ?? number) === key).map((row) => row.at.getTime());
    const fourth = moments.filter((moment, place) => moment - (moments[place - 3] ?? -Infinity) < 24 * HOUR);
    expect({ key, fourth }).toEqual({ key, fourth: [] });
  }
});

it('counts within one batch, and frees the place of an attempt that was never placed', async () => {
  const people = [0, 1, 2, 3, 4].map((index) => ({ number: fictionalNumber(200 + index), person: 'same' }));
  const world = await seedGateWorld(db.pool, { at: new Date(at), campaigns: 1, people, law: lawWithCaps(threeInADay) });
  const [campaign] = world.campaigns as [GateWorld['campaigns'][0]];
  const first = await claimOnce(db.pool, world, campaign, contactsOf(world, 0), { at });
  expect(first).toHaveLength(3);
  const refused = await db.pool.query<{ due_at: Date }>(
    `SELECT due_at FROM campaign_contact WHERE campaign_id = $1 AND state = 'READY'`,
    [campaign.campaignId],
  );
  // Not before the oldest of the three, which may be placed up to two seconds after its claim, is a day old.
  expect(refused.rows.map((row) => row.due_at.getTime())).toEqual([at + 2_000 + 24 * HOUR, at + 2_000 + 24 * HOUR]);
  await endAttempts(db.pool, [first[0]?.id ?? ''], at + 100, 'NOT_PLACED');
  await makeAllReady(db.pool, world, at + 1_000);
  expect(await claimOnce(db.pool, world, campaign, contactsOf(world, 0), { at: at + 1_000 })).toHaveLength(1);
});

describe('of a person with numbers under laws of different reach', () => {
  const [loose, weekly] = [lawWithCaps(), lawWithCaps({ ...threeInADay, max: 1, within: { rollingMs: 168 * HOUR } })];
  const seed = async (first: number) => {
    const people = [0, 1, 2].map((index) => ({ number: fictionalNumber(first + index), person: 'same' }));
    const world = await seedGateWorld(db.pool, { at: new Date(at), campaigns: 1, people, law: loose });
    const [campaign] = world.campaigns as [GateWorld['campaigns'][0]];
    const lawOf = (codes: string) => (codes === 'WEEKLY' ? weekly : loose);
    const [one, two, strict] = contactsOf(world, 0) as [number, number, number];
    await db.pool.query(`UPDATE campaign_contact SET law = 'WEEKLY' WHERE contact_id = $1`, [strict]);
    return { world: { ...world, laws: { lawOf, read: async () => lawOf } }, campaign, one, two, strict };
  };
  const contacts = (claimed: { contactId: number }[]) => claimed.map(({ contactId }) => contactId);

  it('counts calls to the other numbers, of the same batch and of days before', async () => {
    const { world, campaign, one, two, strict } = await seed(400);
    const first = await claimOnce(db.pool, world, campaign, [one, strict, two], { at });
    expect(contacts(first)).toEqual([one, two]);
    await endAttempts(
      db.pool,
      first.map(({ id }) => id),
      at + 500,
    );
    for (const [hours, expected] of [
      [72, [one]],
      [72 + 169, [strict, one]],
    ] as const) {
      const later = at + hours * HOUR;
      await makeAllReady(db.pool, world, later);
      const claimed = await claimOnce(db.pool, world, campaign, [strict, one], { at: later });
      expect(contacts(claimed)).toEqual(expected);
      await endAttempts(
        db.pool,
        claimed.map(({ id }) => id),
        later + 500,
      );
    }
  });

  it('leaves the one out while another dialer claims the other', async () => {
    const { world, campaign, one, strict } = await seed(410);
    await transaction(db.pool, async (sql) => {
      expect(contacts(await claimIn(sql, world, campaign, [one], { at }))).toEqual([one]);
      expect(await claimOnce(db.pool, world, campaign, [strict], { at })).toEqual([]);
    });
    expect(await claimOnce(db.pool, world, campaign, [strict], { at })).toEqual([]);
  });
});

it('lets a number rest after an abandoned call to it, but for a pledged line', async () => {
  const lockAfterAbandon = { ms: 72 * HOUR, unlessAgentGuaranteed: true };
  const people = [{ number: fictionalNumber(300), person: null }];
  const law = { ...lawWithCaps(), lockAfterAbandon };
  const world = await seedGateWorld(db.pool, { at: new Date(at), campaigns: 2, people, law });
  await db.pool.query(`INSERT INTO phone_number (organisation_id, number, abandoned_at) VALUES ($1, $2, $3)`, [
    world.organisationId,
    fictionalNumber(300),
    new Date(at - HOUR),
  ]);
  const [one, other] = world.campaigns as [GateWorld['campaigns'][0], GateWorld['campaigns'][0]];
  expect(await claimOnce(db.pool, world, one, contactsOf(world, 0), { at })).toEqual([]);
  const { rows } = await db.pool.query<{ due_at: Date }>('SELECT due_at FROM campaign_contact WHERE campaign_id = $1', [
    one.campaignId,
  ]);
  expect(rows[0]?.due_at.getTime()).toBe(at + 71 * HOUR);
  const agent = '00000000-0000-4000-8000-000000000001';
  expect(await claimOnce(db.pool, world, other, contactsOf(world, 1), { at, pledge: agent })).toHaveLength(1);
});

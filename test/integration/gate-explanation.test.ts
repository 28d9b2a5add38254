import { GATE_NAMES } from '../../src/compliance/gates';
import { LawBook } from '../../src/compliance/own/law-book';
import { ContactExplanations } from '../../src/dialer/explain/contact-explanation';
import { SkipForecasts } from '../../src/dialer/explain/forecast';
import { createLaws } from '../../src/dialer/shell/laws';
import { OffsetClock } from '../../src/infra/clock';
import type { Caller } from '../../src/organisations/caller';
import { LAW } from '../setup/gate-facts';
import { fictionalNumber } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import { claimOnce, endAttempts, type GateWorld, seedGateWorld } from './gate-world';

const HOUR = 3_600_000;

const db = testPool({ pipeline: true });
const clock = new OffsetClock();
const book = new LawBook();

const world = async (people: number): Promise<GateWorld & { caller: Caller }> => {
  const seeded = await seedGateWorld(db.pool, {
    at: clock.date(),
    campaigns: 1,
    people: Array.from({ length: people }, (_, index) => ({
      number: fictionalNumber(index),
      person: index % 3 === 0 ? `p${index % 6}` : null,
    })),
    law: LAW,
  });
  const { organisationId } = seeded;
  const caller: Caller = { organisationId, actor: 'test', roles: ['CAMPAIGN_MANAGER'] };
  return { ...seeded, laws: createLaws(book, organisationId), caller };
};

/** All kinds of reasons over the contacts, so that each gate refuses some and most refuse several. */
const scatter = async (given: GateWorld, at: number): Promise<void> => {
  const { organisationId } = given;
  const campaignId = given.campaigns[0]?.campaignId;
  const values = [campaignId, new Date(at)];
  const zones = ['America/New_York', 'Asia/Kolkata', 'Australia/Sydney', 'Pacific/Auckland', 'Europe/London'];
  const laws = ['', 'US|US-FL', 'US|US-TX', 'GB', 'IN', 'CA'];
  await db.pool.query(
    `UPDATE campaign_contact SET zone = ($3::text[])[1 + contact_id % 5], law = ($4::text[])[1 + contact_id % 6]
     WHERE campaign_id = $1 AND $2::timestamptz IS NOT NULL`,
    [...values, zones, laws],
  );
  await db.pool.query(
    `UPDATE campaign_contact SET attempts = CASE WHEN contact_id % 7 = 0 THEN 100 ELSE 0 END,
       due_at = CASE WHEN contact_id % 11 = 0 THEN $2::timestamptz + interval '1 hour' ELSE $2::timestamptz - interval '1 day' END,
       state = CASE WHEN contact_id % 13 = 0 THEN 'CLOSED' ELSE state END
     WHERE campaign_id = $1`,
    values,
  );
  await db.pool.query(
    `INSERT INTO dnc_number (organisation_id, number, source, added_by, added_at)
     SELECT $1, number, 'test', 'test', $2 FROM contact WHERE organisation_id = $1 AND id % 5 = 0`,
    [organisationId, new Date(at)],
  );
  await db.pool.query(
    `INSERT INTO phone_number (organisation_id, number, abandoned_at)
     SELECT $1, number, $2 FROM contact WHERE organisation_id = $1 AND id % 3 = 0`,
    [organisationId, new Date(at - HOUR)],
  );
};

it('always agrees with what a claim of the same moment does', async () => {
  const given = await world(36);
  const [campaign] = given.campaigns;
  if (!campaign) throw new Error('no campaign');
  const { campaignId } = campaign;
  const explanations = new ContactExplanations({ pool: db.pool, clock, laws: book });
  const contactIds = given.contactIds.get(campaignId) ?? [];
  await db.pool.query(`UPDATE campaign_group SET pacing = '{"dialingRate": 2}' WHERE id = $1`, [campaign.groupId]);
  const refusing = new Set<string>();
  let allowed = 0;
  for (let round = 0; round < 3; round++) {
    // Another hour of the day each time: other zones are open.
    clock.setOffset(clock.offset + 7 * HOUR);
    await scatter(given, clock.now());
    for (const contactId of contactIds) {
      const told = await explanations.of(given.caller, campaignId, String(contactId));
      const next = told?.numbers.find((number) => number.next);
      if (!told || !next) throw new Error('no explanation');
      const claimed = await claimOnce(db.pool, given, campaign, [contactId], { at: told.at.getTime() });
      expect({ contactId, round, gates: next.gates, claimed: claimed.length }).toMatchObject({
        claimed: next.allowed ? 1 : 0,
      });
      for (const { gate } of next.gates.filter((verdict) => !verdict.allowed)) refusing.add(gate);
      allowed += claimed.length;
      await endAttempts(
        db.pool,
        claimed.map(({ id }) => id),
        clock.now(),
      );
    }
    await db.pool.query(`UPDATE campaign_contact SET state = 'READY' WHERE campaign_id = $1`, [campaignId]);
    await db.pool.query('DELETE FROM dnc_number WHERE organisation_id = $1', [given.organisationId]);
    await db.pool.query('DELETE FROM phone_number WHERE organisation_id = $1', [given.organisationId]);
  }
  expect(allowed).toBeGreaterThan(0);
  const expected = ['CONTACT_STATE', 'CONTACT_DUE', 'ATTEMPTS', 'CALLING_HOURS', 'DNC', 'LOCK_AFTER_ABANDON'];
  expect([...refusing]).toEqual(expect.arrayContaining(expected));
});

it('orders the gates, and shows nothing to another organisation', async () => {
  const given = await world(1);
  const [campaign] = given.campaigns;
  const campaignId = campaign?.campaignId ?? '';
  const [contactId] = given.contactIds.get(campaignId) ?? [];
  const explanations = new ContactExplanations({ pool: db.pool, clock, laws: book });
  const told = await explanations.of(given.caller, campaignId, String(contactId));
  const gates = told?.numbers[0]?.gates.map(({ gate }) => gate) ?? [];
  expect([...gates].sort()).toEqual([...GATE_NAMES].sort());
  const foreign = await world(1);
  expect(await explanations.of(foreign.caller, campaignId, String(contactId))).toBeNull();
  expect(await new SkipForecasts({ pool: db.pool, clock, laws: book }).of(foreign.caller, campaignId)).toBeNull();
});

it('forecasts how many of how many contacts are skipped, by reason', async () => {
  const given = await world(40);
  const campaignId = given.campaigns[0]?.campaignId ?? '';
  const ids = given.contactIds.get(campaignId) ?? [];
  await db.pool.query(`UPDATE campaign SET state = 'DRAFT' WHERE id = $1`, [campaignId]);
  await db.pool.query(`UPDATE campaign_contact SET state = 'CLOSED' WHERE contact_id = $1`, [ids[0]]);
  await db.pool.query(`UPDATE campaign_contact SET attempts = 100 WHERE contact_id = ANY($1::bigint[])`, [
    ids.slice(1, 6),
  ]);
  await db.pool.query(
    `INSERT INTO dnc_number (organisation_id, number, source, added_by, added_at)
     SELECT $1, number, 'test', 'test', $3 FROM contact WHERE id = ANY($2::bigint[])`,
    [given.organisationId, ids.slice(4, 14), clock.date()],
  );
  // Where it is noon, whatever the hour of the test.
  const noon = `Etc/GMT${new Date(clock.now()).getUTCHours() - 12 >= 0 ? '+' : '-'}${Math.abs(new Date(clock.now()).getUTCHours() - 12)}`;
  await db.pool.query('UPDATE campaign_contact SET zone = $2 WHERE campaign_id = $1', [
    campaignId,
    noon.replace('+0', ''),
  ]);
  const forecast = await new SkipForecasts({ pool: db.pool, clock, laws: book }).of(given.caller, campaignId);
  expect(forecast).toMatchObject({
    contacts: 39,
    judged: 39,
    exact: true,
    skipped: 13,
    reasons: [
      { gate: 'DNC', contacts: 8 },
      { gate: 'ATTEMPTS', contacts: 5 },
    ],
  });
});

import { writeAttempts } from '../../src/dialer/shell/claim/attempts';
import { Judge } from '../../src/dialer/shell/claim/judge';
import { readBatch } from '../../src/dialer/shell/claim/read-batch';
import { Verdicts } from '../../src/dialer/shell/claim/verdicts';
import { transaction } from '../../src/infra/postgres';
import { fictionalNumber, type Seeded } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import {
  claimOnce,
  endAttempts,
  type GateWorld,
  lawWithCaps,
  makeAllReady,
  NO_GUARD,
  seedGateWorld,
} from './gate-world';

/** A claim writes that its contacts are in flight where it has read and locked them: to every one of them, or nothing at all. */

const db = testPool({ max: 8, pipeline: true });
const at = Date.now();

const seed = async (): Promise<{ world: GateWorld; campaign: Seeded; ids: number[] }> => {
  const people = Array.from({ length: 20 }, (_, index) => ({ number: fictionalNumber(index), person: `c${index}` }));
  const world = await seedGateWorld(db.pool, { at: new Date(at), campaigns: 1, people, law: lawWithCaps() });
  const [campaign] = world.campaigns;
  if (!campaign) throw new Error('no campaign');
  return { world, campaign, ids: world.contactIds.get(campaign.campaignId) ?? [] };
};

test('a standing that is no longer where it was read undoes the claim', async () => {
  const { world, campaign, ids } = await seed();
  const { organisationId, laws } = world;
  const { campaignId, dialerId } = campaign;
  const claimed = transaction(db.pool, async (sql) => {
    const wanted = ids.map((contactId) => ({ campaignId, contactId }));
    const batch = await readBatch(sql, { organisationId, wanted, laws, locking: 'CLAIM', now: () => at });
    const slots = ids.map((_, slot) => ({ slot, pledge: null }));
    const { attempts } = new Judge([{ claimId: 'c', campaignId, slots, contactIds: ids }], NO_GUARD).judge(batch);
    expect(attempts).toHaveLength(ids.length);
    await sql.query('UPDATE campaign_contact SET priority = 1 WHERE contact_id = $1', [ids[0]]);
    const times = { claimedAt: new Date(at), notAfter: new Date(at + 2_000) };
    await writeAttempts(sql, { organisationId, dialerId, epoch: 1 }, attempts, times, new Verdicts());
  });
  await expect(claimed).rejects.toThrow('claim: 19 of 20 standings were in place');
  const { rows } = await db.pool.query('SELECT id FROM call_attempt WHERE organisation_id = $1', [organisationId]);
  expect(rows).toEqual([]);
});

test('while others write to its contacts a claim takes those that it gets, as they are by then', async () => {
  const { world, campaign, ids } = await seed();
  let ended = false;
  let edits = 0;
  const edit = async (): Promise<void> => {
    while (!ended) {
      const id = ids[edits % ids.length];
      await db.pool.query('UPDATE campaign_contact SET priority = priority + 1 WHERE contact_id = $1', [id]);
      edits += 1;
    }
  };
  const editors = [edit(), edit(), edit()];
  let taken = 0;
  try {
    for (let round = 0; round < 60; round++) {
      const claimed = await claimOnce(db.pool, world, campaign, ids, { at });
      taken += claimed.length;
      const { rows } = await db.pool.query<{ contactId: number; id: string }>(
        `SELECT contact_id AS "contactId", last_attempt_id AS id FROM campaign_contact
         WHERE campaign_id = $1 AND state = 'IN_FLIGHT' ORDER BY contact_id`,
        [campaign.campaignId],
      );
      expect(rows).toEqual([...claimed].sort((a, b) => a.contactId - b.contactId));
      const attempts = claimed.map(({ id }) => id);
      await endAttempts(db.pool, attempts, at);
      await makeAllReady(db.pool, world, at);
    }
  } finally {
    ended = true;
    await Promise.all(editors);
  }
  expect(taken).toBeGreaterThan(0);
  expect(edits).toBeGreaterThan(0);
}, 60_000);

import { readBatch } from '../../src/dialer/shell/claim/read-batch';
import { type Sql, transaction } from '../../src/infra/postgres';
import { fictionalNumber } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import { claimOnce, endAttempts, lawWithCaps, seedGateWorld } from './gate-world';

/** What a claim reads of numbers and persons it reads behind their locks: it knows what others did up to that moment. */

const db = testPool({ max: 4 });
const at = Date.now();

/** The same connection; before it asks for the locks of a kind, that happens first. */
const interrupted = (sql: Sql, before: { NUMBER: () => Promise<void>; PERSON: () => Promise<void> }): Sql => {
  const query = async (config: { name?: string; values?: unknown[] }) => {
    if (config.name === 'lock.try') {
      await before[String(config.values?.[0]).startsWith('NUMBER') ? 'NUMBER' : 'PERSON']();
    }
    return sql.query(config as never);
  };
  return { query } as unknown as Sql;
};

test('what is done until the locks are held is known to the claim', async () => {
  const cap = { id: 'T/1-in-24h', scope: 'PERSON', perSubject: false, max: 1, source: 'test' } as const;
  const law = lawWithCaps({ ...cap, within: { rollingMs: 86_400_000 } });
  const people = [
    { number: fictionalNumber(0), person: 'a' },
    { number: fictionalNumber(1), person: 'b' },
    // Another number of the same person.
    { number: fictionalNumber(2), person: 'b' },
  ];
  const world = await seedGateWorld(db.pool, { at: new Date(at), campaigns: 2, people, law });
  const { organisationId, laws } = world;
  const idsOf = (index: number) => {
    const campaign = world.campaigns[index];
    if (!campaign) throw new Error('no campaign');
    return { campaign, ids: world.contactIds.get(campaign.campaignId) ?? [] };
  };
  const mine = idsOf(0);
  const rival = idsOf(1);
  const callAs = async (index: number) => {
    const claimed = await claimOnce(db.pool, world, rival.campaign, rival.ids.slice(index, index + 1), { at });
    expect(claimed).toHaveLength(1);
    return claimed.map(({ id }) => id);
  };
  const batch = await transaction(db.pool, (sql) => {
    const asking = interrupted(sql, {
      NUMBER: async () => void (await callAs(0)),
      async PERSON() {
        await endAttempts(db.pool, await callAs(2), at);
        await db.pool.query(
          `INSERT INTO dnc_number (organisation_id, number, source, added_by, added_at) VALUES ($1, $2, 'TEST', 'test', $3)`,
          [organisationId, fictionalNumber(1), new Date(at)],
        );
      },
    });
    const wanted = mine.ids.slice(0, 2).map((contactId) => ({ campaignId: mine.campaign.campaignId, contactId }));
    return readBatch(asking, { organisationId, wanted, laws, locking: 'CLAIM', now: () => at });
  });
  expect(batch.contacts).toHaveLength(2);
  expect(batch.numbers.get(fictionalNumber(0))?.open).toMatchObject({ person: 'a' });
  expect(batch.attempts.of(fictionalNumber(1), 'b')).toMatchObject([{ number: fictionalNumber(2) }]);
  expect([...batch.doNotCall.ofNumber.keys()]).toEqual([fictionalNumber(1)]);
});

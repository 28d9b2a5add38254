import { readBatch } from '../../src/dialer/shell/claim/read-batch';
import { transaction } from '../../src/infra/postgres';
import { fictionalNumber } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import { claimOnce, endAttempts, lawWithCaps, seedGateWorld } from './gate-world';

const db = testPool();
const at = Date.now();
const CAP = {
  id: 'TEST/3-in-24h',
  scope: 'PERSON' as const,
  perSubject: false,
  max: 3,
  within: { rollingMs: 86_400_000 },
  source: 'the test',
};

it('a claim probes by number and by person, also when the statistics say that nothing is in flight', async () => {
  const people = Array.from({ length: 40 }, (_, index) => ({ number: fictionalNumber(index), person: `c${index}` }));
  const world = await seedGateWorld(db.pool, { at: new Date(at), campaigns: 1, people, law: lawWithCaps(CAP) });
  const { organisationId, laws } = world;
  const [campaign] = world.campaigns;
  if (!campaign) throw new Error('no campaign');
  const ids = world.contactIds.get(campaign.campaignId) ?? [];
  const claimed = await claimOnce(db.pool, world, campaign, ids, { at });
  expect(claimed).toHaveLength(40);
  await endAttempts(
    db.pool,
    claimed.map(({ id }) => id),
    at,
  );
  await db.pool.query('VACUUM ANALYZE call_attempt');
  const wanted = ids.map((contactId) => ({ campaignId: campaign.campaignId, contactId }));
  const plans = await transaction(db.pool, async (sql) => {
    await readBatch(sql, { organisationId, wanted, locking: 'CLAIM', now: () => at, laws });
    const plan = async (statement: string) => {
      const { rows } = await sql.query<{ 'QUERY PLAN': string }>(`EXPLAIN EXECUTE ${statement}`);
      const lines = rows.map((row) => row['QUERY PLAN']);
      return lines.flatMap((line) => /Scan (?:using|on) (call_attempt_\w+)/.exec(line)?.[1] ?? []);
    };
    return [
      await plan(`"claim.numbers"('${organisationId}', '{}')`),
      await plan(`"claim.past-attempts"('${organisationId}', '{}', '{}', '{}', '{}')`),
    ];
  });
  expect(plans).toEqual([
    ['call_attempt_one_per_number'],
    ['call_attempt_number', 'call_attempt_person', 'call_attempt_open_person'],
  ]);
});

import { OffsetClock } from '../../src/infra/clock';
import { testPool } from '../setup/test-pool';
import { type ClaimBenchOptions, claimBench } from './claim-bench';

const db = testPool();
const clock = new OffsetClock();

const bench = (options: ClaimBenchOptions) =>
  claimBench({ databaseUrl: db.stores.databaseUrl, pool: db.pool, clock }, options);

const verdicts = async (organisationId: string) =>
  (
    await db.pool.query<{ words: { gates: Record<string, string> }; used: string; attempts: number }>(
      `SELECT v.words, v.used_on::text AS used, count(a.id)::int AS attempts
       FROM verdict v LEFT JOIN call_attempt a ON a.organisation_id = v.organisation_id AND a.verdict_id = v.id
       WHERE v.organisation_id = $1 GROUP BY v.id, v.words, v.used_on`,
      [organisationId],
    )
  ).rows;

it('writes the words of a verdict once for all attempts of a day, and not again before it is another', async () => {
  const given = await bench({ contacts: 6 });
  const { organisationId } = given.seeded;
  await given.claim(2);
  await given.claim(2);
  expect(given.statements.filter((name) => name === 'claim.verdicts')).toHaveLength(1);
  const today = clock.date().toISOString().slice(0, 10);
  const [first, ...others] = await verdicts(organisationId);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ used: today, attempts: 4 });
  expect(first?.words.gates).toMatchObject({ ATTEMPTS: '0 of 3 attempts made', CONTACT_DUE: 'the contact is due' });
  clock.setOffset(clock.offset + 86_400_000);
  await given.claim(1);
  const tomorrow = clock.date().toISOString().slice(0, 10);
  expect(await verdicts(organisationId)).toMatchObject([{ used: tomorrow, attempts: 5 }]);
  clock.setOffset(clock.offset - 86_400_000);
  await given.claim(1);
  expect(await verdicts(organisationId)).toMatchObject([{ used: tomorrow, attempts: 6 }]);
  await given.database.close();
});

it('writes them again when the claim that wrote them first was not committed', async () => {
  const given = await bench({ contacts: 2 });
  const { organisationId } = given.seeded;
  given.loseCommit();
  expect(await given.claim(1)).toEqual([]);
  await db.pool.query('DELETE FROM verdict WHERE organisation_id = $1', [organisationId]);
  expect(await given.claim(1)).toHaveLength(1);
  expect(await verdicts(organisationId)).toMatchObject([{ attempts: 2 }]);
  await given.database.close();
});

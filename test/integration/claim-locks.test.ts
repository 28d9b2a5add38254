import type { QueryConfig } from 'pg';
import { lockNumbers, tryLocks } from '../../src/contacts/claim-locks';
import { readNumbers } from '../../src/dialer/shell/claim/numbers';
import { writeOutcomes } from '../../src/dialer/shell/write-calls';
import { blankOutcome, type OutcomeItem } from '../../src/dialer/shell/write-items';
import { newId } from '../../src/infra/ids';
import { transaction } from '../../src/infra/postgres';
import { fictionalNumber } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import { claimOnce, lawWithCaps, seedGateWorld } from './gate-world';

const db = testPool({ max: 8, pipeline: true });
const at = Date.now();

const [first, second, third] = [0, 1, 2].map(fictionalNumber) as [string, string, string];

it('are of one organisation and one kind each, never waited for by a claim, and let go with the transaction', async () => {
  const [ours, theirs] = [newId(), newId()];
  const other = await db.pool.connect();
  await other.query('BEGIN');
  expect(await tryLocks(other, ours, 'NUMBER', [first, second])).toEqual(new Set([first, second]));
  await transaction(db.pool, async (sql) => {
    expect(await tryLocks(sql, ours, 'NUMBER', [first, second, third])).toEqual(new Set([third]));
    expect(await tryLocks(sql, ours, 'PERSON', [first])).toEqual(new Set([first]));
    expect(await tryLocks(sql, theirs, 'NUMBER', [first])).toEqual(new Set([first]));
  });
  await other.query('ROLLBACK');
  other.release();
  await transaction(db.pool, async (sql) => {
    expect(await tryLocks(sql, ours, 'NUMBER', [first, third])).toEqual(new Set([first, third]));
  });
});

it('are waited for by edits in one order, however the numbers are given', async () => {
  const organisationId = newId();
  const numbers = Array.from({ length: 50 }, (_, index) => fictionalNumber(index));
  const edit = (given: readonly string[]) => transaction(db.pool, (sql) => lockNumbers(sql, organisationId, given));
  await Promise.all(Array.from({ length: 40 }, (_, n) => edit(n % 2 === 0 ? numbers : [...numbers].reverse())));
});

it.each(['lock.try', 'claim.numbers'])('finds the rest of a call that is abandoned before %s', async (moment) => {
  const people = [{ number: first, person: null }];
  const world = await seedGateWorld(db.pool, { at: new Date(at), campaigns: 1, people, law: lawWithCaps() });
  const [campaign] = world.campaigns;
  if (!campaign) throw new Error('no campaign');
  const contactIds = world.contactIds.get(campaign.campaignId) ?? [];
  const [claimed] = await claimOnce(db.pool, world, campaign, contactIds, { at });
  const blank = blankOutcome(claimed?.id ?? '', 'UNKNOWN', 'us', { at: 0, wall: at });
  const abandoned: OutcomeItem = { ...blank, outcome: 'ABANDONED', abandonCause: 'OVERDIAL' };
  const end = () =>
    transaction(db.pool, (sql) =>
      writeOutcomes(sql, [abandoned], (ms) => (ms === undefined ? null : new Date(at + ms)), new Date(at)),
    );
  const facts = await transaction(db.pool, (sql) => {
    const meanwhile = {
      query: async (statement: QueryConfig) => {
        if (statement.name === moment) await end();
        return sql.query(statement);
      },
    };
    return readNumbers(meanwhile as unknown as typeof sql, world.organisationId, [first], 'CLAIM');
  });
  expect(facts.get(first)).toEqual({ open: null, abandonedAt: expect.any(Date) });
});

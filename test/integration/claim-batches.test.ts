import * as fc from 'fast-check';
import { LawBook } from '../../src/compliance/own/law-book';
import { claim } from '../../src/dialer/shell/claim/claim';
import { Judge } from '../../src/dialer/shell/claim/judge';
import type { BatchSizes } from '../../src/dialer/shell/claim/read-batch';
import { transaction } from '../../src/infra/postgres';
import { propertyRuns, untilSeen } from '../setup/property-runs';
import { fictionalNumber, type Seeded } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import { undone } from '../setup/undone';
import { lawWithCaps, NO_GUARD, seedGateWorld } from './gate-world';
import { RandomRun } from './random-run';
import { worldOf } from './random-world';

/** A claim that is read, judged and written in batches comes to what one batch comes to. */

const book = new LawBook();
const db = testPool({ pipeline: true });

const SIZES: readonly BatchSizes[] = [
  { first: 1, most: 1 },
  { first: 1, most: 2 },
  { first: 2, most: 3 },
];

interface Outcome {
  filled: unknown[];
  unused: number[];
  refusedBy: string[];
  contacts: unknown[];
}

/** What a claim of all contacts of a campaign comes to; nothing of it is kept. */
const claimAll = async (
  run: RandomRun,
  campaign: Seeded,
  contactIds: number[],
  sizes: BatchSizes,
): Promise<Outcome> => {
  const { campaignId, dialerId } = campaign;
  const slots = Array.from({ length: Math.ceil(contactIds.length / 2) }, (_, slot) => ({ slot, pledge: null }));
  const wanted = contactIds.map((contactId) => ({ campaignId, contactId }));
  const question = { organisationId: run.organisationId, wanted, laws: run.laws, now: () => run.clock.now() };
  return undone(db.pool, async (sql) => {
    const judge = new Judge([{ claimId: 'c', campaignId, slots, contactIds }], NO_GUARD);
    await claim(sql, { question, judge, dialer: { dialerId, epoch: 1 } }, sizes);
    const { rows } = await sql.query(
      `SELECT contact_id, state, close_reason, due_at, number_index, zone, law, filtered_out FROM campaign_contact
       WHERE campaign_id = $1 ORDER BY contact_id`,
      [campaignId],
    );
    const [{ filled = [], unused = [], refusedBy = [] } = {}] = judge.parts;
    return {
      filled: filled.map(({ slot, attempt: { id: _, ...attempt } }) => ({ slot, ...attempt })),
      unused,
      refusedBy,
      contacts: rows,
    };
  });
};

const seen = { called: 0, refused: 0, unused: 0 };

const worlds = fc.asyncProperty(worldOf(20), async (spec) => {
  const run = await RandomRun.start(db.pool, db.stores.databaseUrl, book, spec);
  for (const step of spec.steps) await run.perform(step);
  await run.perform({ kind: 'REOPEN' });
  // A dialer that does not know whether its commit came through looks after it, and holds the contacts meanwhile.
  await run.close();
  for (const [place, campaign] of run.campaigns.entries()) {
    const contactIds = run.contactsOf(place);
    const whole = await claimAll(run, campaign, contactIds, { first: contactIds.length, most: contactIds.length });
    for (const sizes of SIZES) expect(await claimAll(run, campaign, contactIds, sizes)).toEqual(whole);
    seen.called += whole.filled.length;
    seen.refused += whole.refusedBy.length;
    seen.unused += whole.unused.length;
  }
});

test('a claim in batches comes to what it comes to in one', async () => {
  await untilSeen(
    () => Math.min(seen.called, seen.refused, seen.unused) > 0,
    () => fc.assert(worlds, { numRuns: propertyRuns(5), endOnFailure: true }),
  );
}, 600_000);

test('a number is given once, in whichever batches its contacts are', async () => {
  const at = new Date('2026-03-10T15:00:00Z');
  const people = Array.from({ length: 3 }, (_, index) => ({ number: fictionalNumber(index), person: null }));
  const world = await seedGateWorld(db.pool, { at, campaigns: 2, people, law: lawWithCaps() });
  const parts = world.campaigns.map(({ campaignId }) => {
    const contactIds = world.contactIds.get(campaignId) ?? [];
    return {
      claimId: campaignId,
      campaignId,
      slots: contactIds.map((_, slot) => ({ slot, pledge: null })),
      contactIds,
    };
  });
  const judge = new Judge(parts, NO_GUARD);
  const wanted = parts.flatMap(({ campaignId, contactIds }) =>
    contactIds.map((contactId) => ({ campaignId, contactId })),
  );
  const { organisationId, laws } = world;
  const question = { organisationId, laws, wanted, now: () => at.getTime() };
  const dialer = { dialerId: world.campaigns[0]?.dialerId ?? '', epoch: 1 };
  await transaction(db.pool, (sql) => claim(sql, { question, judge, dialer }, { first: 2, most: 2 }));
  expect(judge.parts.map(({ filled }) => filled.length)).toEqual([3, 0]);
  expect(new Set(judge.attempts().map(({ number }) => number))).toEqual(new Set(people.map(({ number }) => number)));
});

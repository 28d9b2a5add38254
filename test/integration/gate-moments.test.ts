import * as fc from 'fast-check';
import { LawBook } from '../../src/compliance/own/law-book';
import { ContactExplanations, type NumberExplanation } from '../../src/dialer/explain/contact-explanation';
import { Judge } from '../../src/dialer/shell/claim/judge';
import { readBatch } from '../../src/dialer/shell/claim/read-batch';
import { writeRefused } from '../../src/dialer/shell/claim/refused';
import { newId } from '../../src/infra/ids';
import { type Sql, transaction } from '../../src/infra/postgres';
import { propertyRuns, untilSeen } from '../setup/property-runs';
import type { Seeded } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import { undone } from '../setup/undone';
import { NO_GUARD } from './gate-world';
import { RandomRun } from './random-run';
import { worldOf } from './random-world';

/** What an explanation says is what a claim does: now, a moment before the next lawful one, and at it. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const book = new LawBook();
const db = testPool();

interface Asked {
  run: RandomRun;
  campaign: Seeded;
  contactId: number;
  /** Every line of the campaign is pledged. */
  pledged: boolean;
}

/** A claim of that moment: whether it takes the contact, and what it writes of one that it refuses. */
const claimAt = async (sql: Sql, { run, campaign, contactId, pledged }: Asked, at: number) => {
  const { organisationId, laws } = run;
  const { campaignId } = campaign;
  const wanted = [{ campaignId, contactId }];
  const batch = await readBatch(sql, { organisationId, wanted, laws, locking: 'CLAIM', now: () => at });
  const slots = [{ slot: 0, pledge: pledged ? newId() : null }];
  const part = { claimId: newId(), campaignId, slots, contactIds: [contactId] };
  return new Judge([part], NO_GUARD).judge(batch);
};

/** Nothing of it is kept. */
const takes = (asked: Asked, at: number): Promise<boolean> =>
  undone(db.pool, async (sql) => (await claimAt(sql, asked, at)).attempts.length === 1);

const explain = async ({ run, campaign, contactId }: Asked): Promise<NumberExplanation> => {
  const explanations = new ContactExplanations({ pool: db.pool, clock: run.clock, laws: book });
  const told = await explanations.of(run.caller, campaign.campaignId, String(contactId));
  const next = told?.numbers.find((number) => number.next);
  if (!next) throw new Error('no explanation');
  return next;
};

const refusing = ({ gates }: NumberExplanation): string[] =>
  gates.flatMap(({ gate, allowed }) => (allowed ? [] : gate));

/** The strategy has another number next: a claim puts it in this one's place, and it is that one that is asked about. */
const explainNext = async (asked: Asked): Promise<NumberExplanation> => {
  const told = await explain(asked);
  const [mode] = told.gates.filter(({ allowed }) => !allowed);
  if (mode?.gate !== 'MODE_WINDOW' || !mode.detail.includes('another number')) return told;
  await transaction(db.pool, async (sql) => {
    await writeRefused(sql, (await claimAt(sql, asked, asked.run.clock.now())).refused);
  });
  return explain(asked);
};

const seen = { now: 0, later: 0, never: 0 };

const compare = async (asked: Asked): Promise<void> => {
  const told = await explainNext(asked);
  const now = asked.run.clock.now();
  const next = told.nextLawfulAt?.getTime();
  const subject = { contact: asked.contactId, refusing: refusing(told), next: told.nextLawfulAt };
  expect({ ...subject, taken: await takes(asked, now) }).toEqual({ ...subject, taken: told.allowed });
  if (told.allowed) {
    expect(next).toBe(now);
    seen.now += 1;
    return;
  }
  // When a call in flight ends nobody knows, and another number may be next by then.
  if (subject.refusing.includes('NUMBER_IN_FLIGHT')) return;
  if (next === undefined) {
    if (subject.refusing.includes('MODE_WINDOW')) return;
    for (const hours of [1, 9, 30, 200]) {
      expect({ ...subject, hours, taken: await takes(asked, now + hours * HOUR) }).toMatchObject({ taken: false });
    }
    seen.never += 1;
    return;
  }
  for (const before of [MINUTE, 1]) {
    if (next - before > now) {
      expect({ ...subject, before, taken: await takes(asked, next - before) }).toMatchObject({ taken: false });
    }
  }
  expect({ ...subject, taken: await takes(asked, next) }).toMatchObject({ taken: true });
  seen.later += 1;
};

const worlds = fc.asyncProperty(worldOf(20), async (spec) => {
  const run = await RandomRun.start(db.pool, db.stores.databaseUrl, book, spec);
  const [, , last] = run.campaigns;
  await db.pool.query(`UPDATE campaign_group SET pacing = '{"dialingRate": 2}' WHERE id = $1`, [last?.groupId]);
  for (const step of spec.steps) await run.perform(step);
  // In some worlds all who are in no call begin again: many may be called at once.
  if (spec.people.length % 2 === 0) await run.perform({ kind: 'REOPEN' });
  // A dialer that does not know whether its commit came through looks after it, and holds the contacts meanwhile.
  await run.close();
  for (const place of [0, 2]) {
    const campaign = run.campaigns[place] as Seeded;
    for (const contactId of run.contactsOf(place)) await compare({ run, campaign, contactId, pledged: place === 0 });
  }
});

test('an explanation agrees with the claim of its moment, and its next lawful moment is the first that a claim takes', async () => {
  await untilSeen(
    () => Math.min(seen.now, seen.later, seen.never) > 0,
    () => fc.assert(worlds, { numRuns: propertyRuns(5), endOnFailure: true }),
  );
}, 600_000);

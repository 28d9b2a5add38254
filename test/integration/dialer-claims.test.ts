import { readLedger } from '../../src/dialer/shell/campaign-ledger';
import { blankOutcome } from '../../src/dialer/shell/write-items';
import { createWriter } from '../../src/dialer/shell/writer';
import { OffsetClock } from '../../src/infra/clock';
import { newId } from '../../src/infra/ids';
import { CALLER_ID, noonZone, type Seeded } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import { type ClaimBenchOptions, claimBench } from './claim-bench';
import { until } from './dialer-harness';

/** The claim and the writer by themselves, over a real database and without a switch. */
const db = testPool();
const clock = new OffsetClock();

const bench = (options: ClaimBenchOptions) =>
  claimBench({ databaseUrl: db.stores.databaseUrl, pool: db.pool, clock }, options);

const contactStates = async (seeded: Seeded) =>
  (
    await db.pool.query<{ state: string; n: number }>(
      'SELECT state, count(*) AS n FROM campaign_contact WHERE campaign_id = $1 GROUP BY state ORDER BY state',
      [seeded.campaignId],
    )
  ).rows;

const ONCE = ['claim.plans', 'claim.organisation', 'claim.campaigns'];

it('takes as many statements for a batch as for one contact, and its own again for a second batch', async () => {
  const one = await bench({ contacts: 300 });
  expect(await one.claim(1)).toHaveLength(1);
  const few = [...one.statements];
  one.statements.length = 0;
  expect(await one.claim(90)).toHaveLength(90);
  // The words of the verdict are written by the first.
  const batch = few.filter((name) => name !== 'claim.verdicts');
  expect(one.statements).toEqual(batch);
  // One more where the law caps a person's calls, and one where it caps any.
  expect(few.length).toBeLessThanOrEqual(10);
  one.statements.length = 0;
  expect(await one.claim(140)).toHaveLength(140);
  const again = batch.filter((name) => !ONCE.includes(name));
  expect(again.length).toBeLessThan(batch.length);
  expect([...one.statements].sort()).toEqual([...batch, ...again].sort());
  expect(await contactStates(one.seeded)).toEqual([
    { state: 'IN_FLIGHT', n: 231 },
    { state: 'READY', n: 69 },
  ]);
  expect(one.lines.size).toBe(231);
  await one.database.close();
});

it('gives a number that stands in two lists to one attempt only', async () => {
  const given = await bench({ contacts: 2, number: (index) => `+1917555012${index}` });
  const other = newId();
  await db.pool.query(
    `INSERT INTO contact_list (id, organisation_id, name, field_mapping, default_country, created_at)
     VALUES ($1, $2, 'other', '{}', 'US', $3)`,
    [other, given.seeded.organisationId, clock.date()],
  );
  await db.pool.query(
    `WITH c AS (INSERT INTO contact (organisation_id, list_id, number, numbers, created_at)
       SELECT organisation_id, $2, number, numbers, created_at FROM contact WHERE list_id = $1 RETURNING id)
     INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, zone)
     SELECT $3, id, $4, $2, $5, $6 FROM c`,
    [
      given.seeded.listId,
      other,
      given.seeded.campaignId,
      given.seeded.organisationId,
      clock.date(),
      noonZone(clock.date()),
    ],
  );
  expect(await given.claim(4)).toHaveLength(2);
  const { rows } = await db.pool.query(
    'SELECT number, caller_id FROM call_attempt WHERE campaign_id = $1 ORDER BY number',
    [given.seeded.campaignId],
  );
  expect(rows).toEqual([
    { number: '+19175550120', caller_id: CALLER_ID },
    { number: '+19175550121', caller_id: CALLER_ID },
  ]);
  await given.database.close();
});

it('skips what another transaction holds and claims nothing while the organisation is stopped', async () => {
  const given = await bench({ contacts: 5, number: (index) => `+1917555013${index}` });
  const holder = await db.pool.connect();
  await holder.query('BEGIN');
  await holder.query(
    `SELECT 1 FROM campaign_contact cc JOIN contact c ON c.id = cc.contact_id
     WHERE cc.campaign_id = $1 AND c.number IN ('+19175550130', '+19175550131') FOR UPDATE OF cc`,
    [given.seeded.campaignId],
  );
  expect(await given.claim(5)).toHaveLength(3);
  await holder.query('ROLLBACK');
  holder.release();
  await db.pool.query('UPDATE organisation SET dialling_stopped_at = $2 WHERE id = $1', [
    given.seeded.organisationId,
    clock.date(),
  ]);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(await given.claim(2)).toEqual([]);
  expect(await contactStates(given.seeded)).toEqual([
    { state: 'IN_FLIGHT', n: 3 },
    { state: 'READY', n: 2 },
  ]);
  await given.database.close();
});

it('places nothing of a claim whose COMMIT was not answered, and ends what it had written', async () => {
  const given = await bench({ contacts: 3 });
  given.loseCommit();
  expect(await given.claim(3)).toEqual([]);
  expect(given.lines.size).toBe(0);
  await until('the fate of the claim', async () => given.notPlaced.length === 3);
  await given.database.close();
});

/** One that drops nothing. */
const writerOf = ({ database, seeded }: Awaited<ReturnType<typeof bench>>) =>
  createWriter({
    database,
    organisationId: seeded.organisationId,
    clock,
    onWritten: () => undefined,
    onDropped: (_item, error) => {
      throw error;
    },
    onFailure: () => undefined,
  });

it('lets a number rest no shorter for a call that is abandoned by a clock that was put back', async () => {
  const given = await bench({ contacts: 1 });
  const [{ attemptId } = { attemptId: '' }] = await given.claim(1);
  const later = new Date(clock.now() + 3_600_000);
  await db.pool.query(
    `INSERT INTO phone_number (organisation_id, number, abandoned_at)
     SELECT organisation_id, number, $2 FROM call_attempt WHERE organisation_id = $1`,
    [given.seeded.organisationId, later],
  );
  const writer = writerOf(given);
  const end = { at: performance.now(), wall: clock.now() };
  writer.push({ ...blankOutcome(attemptId, 'UNKNOWN', 'us', end), outcome: 'ABANDONED', abandonCause: 'OVERDIAL' });
  await writer.settled();
  const { rows } = await db.pool.query('SELECT abandoned_at AS at FROM phone_number WHERE organisation_id = $1', [
    given.seeded.organisationId,
  ]);
  expect(rows).toEqual([{ at: later }]);
  writer.stop();
  await given.database.close();
});

it('writes an outcome once, however often the answer to its COMMIT is lost', async () => {
  const given = await bench({ contacts: 3 });
  const claimed = await given.claim(3);
  const writer = writerOf(given);
  // Answered ten minutes ago and abandoned eight minutes ago; one other person was served.
  const wall = Math.floor(clock.now() / 60_000) * 60_000;
  const [served, ...lost] = claimed;
  const base = {
    kind: 'outcome',
    late: false,
    agentId: null,
    port: null,
    by: 'us',
    q850: 16,
    sip: null,
    wall,
  } as const;
  const times = { answeredAt: performance.now(), endedAt: performance.now() };
  writer.push({
    ...base,
    attemptId: served?.attemptId ?? '',
    outcome: 'LIVE_VOICE',
    abandonCause: null,
    liveAnswer: true,
    counted: { live: wall - 600_000, served: wall - 540_000, abandoned: null },
    times,
  });
  for (const [index, { attemptId }] of lost.entries()) {
    writer.push({
      ...base,
      attemptId,
      outcome: 'ABANDONED',
      abandonCause: index === 0 ? 'OVERDIAL' : 'FAULT',
      liveAnswer: true,
      counted: { live: wall - 600_000, served: null, abandoned: wall - 480_000 },
      times,
    });
  }
  given.loseCommit();
  given.statements.length = 0;
  await writer.settled();
  expect(given.statements.filter((name) => name === 'outcome.write')).toHaveLength(2);
  const { rows } = await db.pool.query(
    `SELECT (SELECT sum(live_answers) FROM abandon_ledger WHERE campaign_id = $1) AS live,
       (SELECT sum(overdial) FROM abandon_ledger WHERE campaign_id = $1) AS overdial,
       (SELECT count(*) FROM outbox WHERE organisation_id = $2) AS facts,
       (SELECT count(*) FROM call_attempt WHERE organisation_id = $2 AND outcome IS NULL) AS held,
       (SELECT count(*) FROM phone_number WHERE organisation_id = $2 AND abandoned_at IS NOT NULL) AS resting`,
    [given.seeded.campaignId, given.seeded.organisationId],
  );
  expect(rows[0]).toEqual({ live: 3, overdial: 1, facts: 3, held: 0, resting: 2 });
  const none = { OVERDIAL: 0, AGENT_LOST: 0, AMD_FALSE: 0, FAULT: 0 };
  expect(await readLedger(db.pool, given.seeded.campaignId, wall - 3_600_000)).toEqual([
    { minute: wall - 600_000, liveAnswers: 3, served: 0, abandons: 0, causes: none },
    { minute: wall - 540_000, liveAnswers: 0, served: 1, abandons: 0, causes: none },
    { minute: wall - 480_000, liveAnswers: 0, served: 0, abandons: 2, causes: { ...none, OVERDIAL: 1, FAULT: 1 } },
  ]);
  expect(await contactStates(given.seeded)).toEqual([{ state: 'AWAITING_RETRY', n: 3 }]);
  writer.stop();
  await given.database.close();
});

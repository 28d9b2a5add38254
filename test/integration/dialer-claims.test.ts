import type { PoolClient, QueryConfig } from 'pg';
import { readLedger } from '../../src/dialer/shell/campaign-ledger';
import { createCandidates } from '../../src/dialer/shell/candidates';
import { createClaims } from '../../src/dialer/shell/claims';
import { CommitUnknownError, type DialerDatabase, openDialerDatabase } from '../../src/dialer/shell/dialer-transaction';
import type { InputBody } from '../../src/dialer/shell/inputs';
import { createLaws } from '../../src/dialer/shell/laws';
import type { Line } from '../../src/dialer/shell/lines';
import { createWriter } from '../../src/dialer/shell/writer';
import { OffsetClock } from '../../src/infra/clock';
import { newId } from '../../src/infra/ids';
import { createPool } from '../../src/infra/postgres';
import { CALLER_ID, noonZone, type Seeded, type SeedOptions, seedCampaign } from '../setup/seed';
import { type TestStores, testStores } from '../setup/stores';
import { until } from './dialer-harness';

/** The claim and the writer by themselves, over a real database and without a switch. */
let stores: TestStores;
let pool: ReturnType<typeof createPool>;
const clock = new OffsetClock();
beforeAll(async () => {
  stores = await testStores();
  pool = createPool({ url: stores.databaseUrl, applicationName: 'test' });
});
afterAll(async () => {
  await pool.end();
  await stores.close();
});

interface Bench {
  seeded: Seeded;
  database: DialerDatabase;
  statements: string[];
  lines: Map<string, Line>;
  inputs: InputBody[];
  notPlaced: string[];
  /** Claims for so many slots; answers with the lines of the kernel's `claimed`. */
  claim(slots: number): Promise<{ slot: number; attemptId: string }[]>;
  /** Makes the answer to the next COMMIT get lost after it has happened. */
  loseCommit(): void;
}

const bench = async (options: Partial<SeedOptions>): Promise<Bench> => {
  const at = clock.date();
  const seeded = await seedCampaign(pool, { at, zone: noonZone(at), agents: 0, ...options });
  await pool.query(`UPDATE campaign SET state = 'RUNNING' WHERE id = $1`, [seeded.campaignId]);
  await pool.query('INSERT INTO dialer_epoch VALUES ($1, 1)', [seeded.dialerId]);
  const real = openDialerDatabase({
    url: stores.databaseUrl,
    dialerId: seeded.dialerId,
    epoch: 1,
    onStale: () => undefined,
  });
  const statements: string[] = [];
  let lose = false;
  const counted = (sql: PoolClient): PoolClient =>
    new Proxy(sql, {
      get: (target, key) =>
        key === 'query'
          ? (query: QueryConfig) => {
              statements.push(query.name ?? query.text);
              return target.query(query);
            }
          : Reflect.get(target, key),
    });
  const database: DialerDatabase = {
    ...real,
    transaction: async (work) => {
      const result = await real.transaction((sql) => work(counted(sql)));
      if (lose) {
        lose = false;
        throw new CommitUnknownError(new Error('lost'));
      }
      return result;
    },
  };
  const lines = new Map<string, Line>();
  const inputs: InputBody[] = [];
  const notPlaced: string[] = [];
  const candidates = createCandidates({
    pool,
    clock,
    campaignId: seeded.campaignId,
    hours: { startMinute: 0, endMinute: 1440 },
    onError: (error) => {
      throw error;
    },
  });
  const claims = createClaims({
    database,
    organisationId: seeded.organisationId,
    clock,
    lawOf: createLaws(),
    lines,
    candidatesOf: () => candidates,
    budget: () => 1_000,
    feed: (input) => void inputs.push(input),
    onNotPlaced: (id) => notPlaced.push(id),
    onClaimed: () => undefined,
    onError: () => undefined,
  });
  return {
    seeded,
    database,
    statements,
    lines,
    inputs,
    notPlaced,
    loseCommit: () => {
      lose = true;
    },
    async claim(count) {
      candidates.refill();
      await until('candidates', async () => candidates.held > 0);
      const slots = Array.from({ length: count }, (_, slot) => ({ slot, pledge: null }));
      const id = newId();
      claims.claim({ id, type: 'claim', campaignId: seeded.campaignId, slots });
      await claims.idle();
      const answer = inputs.find((input) => input.type === 'claimed' && input.claimId === id);
      if (answer?.type !== 'claimed') throw new Error('the claim was not answered');
      return answer.lines;
    },
  };
};

const contactStates = async (seeded: Seeded) =>
  (
    await pool.query<{ state: string; n: number }>(
      'SELECT state, count(*) AS n FROM campaign_contact WHERE campaign_id = $1 GROUP BY state ORDER BY state',
      [seeded.campaignId],
    )
  ).rows;

it('takes as many statements for a hundred contacts as for one', async () => {
  const one = await bench({ contacts: 150 });
  expect(await one.claim(1)).toHaveLength(1);
  const few = [...one.statements];
  one.statements.length = 0;
  expect(await one.claim(100)).toHaveLength(100);
  expect(one.statements).toEqual(few);
  // Two more where the law caps a person's calls, and one where it caps any.
  expect(few.length).toBeLessThanOrEqual(9);
  expect(await contactStates(one.seeded)).toEqual([
    { state: 'IN_FLIGHT', n: 101 },
    { state: 'READY', n: 49 },
  ]);
  expect(one.lines.size).toBe(101);
  await one.database.close();
});

it('gives a number that stands in two lists to one attempt only', async () => {
  const given = await bench({ contacts: 2, number: (index) => `+1917555012${index}` });
  const other = newId();
  await pool.query(
    `INSERT INTO contact_list (id, organisation_id, name, field_mapping, default_country, created_at)
     VALUES ($1, $2, 'other', '{}', 'US', $3)`,
    [other, given.seeded.organisationId, clock.date()],
  );
  await pool.query(
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
  const { rows } = await pool.query(
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
  const holder = await pool.connect();
  await holder.query('BEGIN');
  await holder.query(
    `SELECT 1 FROM campaign_contact cc JOIN contact c ON c.id = cc.contact_id
     WHERE cc.campaign_id = $1 AND c.number IN ('+19175550130', '+19175550131') FOR UPDATE OF cc`,
    [given.seeded.campaignId],
  );
  expect(await given.claim(5)).toHaveLength(3);
  await holder.query('ROLLBACK');
  holder.release();
  await pool.query('UPDATE organisation SET dialling_stopped_at = $2 WHERE id = $1', [
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

it('writes an outcome once, however often the answer to its COMMIT is lost', async () => {
  const given = await bench({ contacts: 3 });
  const claimed = await given.claim(3);
  const writer = createWriter({
    database: given.database,
    organisationId: given.seeded.organisationId,
    clock,
    onWritten: () => undefined,
    onDropped: (_item, error) => {
      throw error;
    },
    onFailure: () => undefined,
  });
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
  const { rows } = await pool.query(
    `SELECT (SELECT sum(live_answers) FROM abandon_ledger WHERE campaign_id = $1) AS live,
       (SELECT sum(overdial) FROM abandon_ledger WHERE campaign_id = $1) AS overdial,
       (SELECT count(*) FROM outbox WHERE organisation_id = $2) AS facts,
       (SELECT count(*) FROM phone_number WHERE organisation_id = $2 AND attempt_in_flight IS NOT NULL) AS held,
       (SELECT count(*) FROM phone_number WHERE organisation_id = $2 AND abandoned_at IS NOT NULL) AS resting`,
    [given.seeded.campaignId, given.seeded.organisationId],
  );
  expect(rows[0]).toEqual({ live: 3, overdial: 1, facts: 3, held: 0, resting: 3 });
  const none = { OVERDIAL: 0, AGENT_LOST: 0, AMD_FALSE: 0, FAULT: 0 };
  expect(await readLedger(pool, given.seeded.campaignId, wall - 3_600_000)).toEqual([
    { minute: wall - 600_000, liveAnswers: 3, served: 0, abandons: 0, causes: none },
    { minute: wall - 540_000, liveAnswers: 0, served: 1, abandons: 0, causes: none },
    { minute: wall - 480_000, liveAnswers: 0, served: 0, abandons: 2, causes: { ...none, OVERDIAL: 1, FAULT: 1 } },
  ]);
  expect(await contactStates(given.seeded)).toEqual([{ state: 'AWAITING_RETRY', n: 3 }]);
  writer.stop();
  await given.database.close();
});

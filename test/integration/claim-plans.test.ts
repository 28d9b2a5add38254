import type { PoolClient } from 'pg';
import { probeIndexes } from '../../src/dialer/shell/claim/plans';
import { createPool, transaction } from '../../src/infra/postgres';
import { fictionalNumber } from '../setup/seed';
import { testPool } from '../setup/test-pool';
import { claimOnce, endAttempts, type GateWorld, lawWithCaps, makeAllReady, seedGateWorld } from './gate-world';

const db = testPool();
const at = Date.now();
const CAP = {
  id: 'TEST/1-in-24h',
  scope: 'PERSON' as const,
  perSubject: false,
  max: 1,
  within: { rollingMs: 86_400_000 },
  source: 'the test',
};

/** Tables that grow without limit, and by which of their columns a claim may look for rows. */
const KEYS: Readonly<Record<string, RegExp>> = {
  contact: /\bid =/,
  // A row is found where it lies by either side: "ctid = g.tid" and "g.tid = ctid" are one condition.
  campaign_contact: /\bcontact_id =|\bctid =|= ctid\b/,
  call_attempt: /\b(number|person) =/,
  phone_number: /\bnumber =/,
  dnc_number: /\bnumber =/,
  dnc_entry: /\bvalue =/,
  dnc_block: /\bblock =/,
  opt_out: /\bvalue =/,
  verdict: /\bid =/,
};

interface PlanNode {
  'Node Type': string;
  'Relation Name'?: string;
  'Index Name'?: string;
  'Index Cond'?: string;
  'TID Cond'?: string;
  Plans?: PlanNode[];
}

const nodesOf = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

/** How the statements that this connection has prepared read the tables that grow. */
const readsOf = async (sql: PoolClient): Promise<(PlanNode & { statement: string })[]> => {
  const { rows } = await sql.query<{ name: string; types: string[] }>(
    `SELECT name, parameter_types::text[] AS types FROM pg_prepared_statements WHERE name ~ '^(claim|dnc)[.]' ORDER BY name`,
  );
  const reads: (PlanNode & { statement: string })[] = [];
  for (const { name, types } of rows) {
    const given = types.map((type) => `NULL::${type}`).join(', ');
    const plan = await sql.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
      `EXPLAIN (FORMAT JSON) EXECUTE "${name}"(${given})`,
    );
    const nodes = plan.rows.flatMap((row) => row['QUERY PLAN']).flatMap(({ Plan }) => nodesOf(Plan));
    const scans = nodes.filter((node) => node['Node Type'].includes('Scan') && KEYS[node['Relation Name'] ?? '']);
    reads.push(...scans.map((node) => ({ ...node, statement: name })));
  }
  return reads;
};

const seed = (): Promise<GateWorld> => {
  const people = Array.from({ length: 40 }, (_, index) => ({
    number: fictionalNumber((index * 17) % 40),
    person: `c${(index * 23) % 40}`,
  }));
  return seedGateWorld(db.pool, { at: new Date(at), campaigns: 1, people, law: lawWithCaps(CAP) });
};

/** A claim that is planned now, and one that refuses; answers with how they read. */
const plansOf = async (world: GateWorld) => {
  const [campaign] = world.campaigns;
  if (!campaign) throw new Error('no campaign');
  const ids = world.contactIds.get(campaign.campaignId) ?? [];
  const fresh = createPool({ url: db.stores.databaseUrl, applicationName: 'test', max: 1, pipeline: true });
  try {
    const claimed = await claimOnce(fresh, world, campaign, ids, { at });
    expect(claimed).toHaveLength(ids.length);
    await endAttempts(
      db.pool,
      claimed.map(({ id }) => id),
      at,
    );
    await makeAllReady(db.pool, world, at);
    // Each has had its one attempt.
    expect(await claimOnce(fresh, world, campaign, ids, { at })).toHaveLength(0);
    return await transaction(fresh, async (sql) => {
      await probeIndexes(sql);
      return readsOf(sql);
    });
  } finally {
    await fresh.end();
  }
};

const EMPTIED =
  'contact, campaign_contact, call_attempt, phone_number, dnc_number, dnc_entry, opt_out, dnc_block, verdict';

/** Ten thousand ended attempts to as many people. */
const MANY = `INSERT INTO call_attempt SELECT many.* FROM (SELECT * FROM call_attempt LIMIT 40) a
  CROSS JOIN generate_series(1, 250) AS k
  CROSS JOIN LATERAL jsonb_populate_record(NULL::call_attempt, to_jsonb(a) || jsonb_build_object('id', gen_random_uuid(),
    'number', a.number || k, 'person', a.person || k, 'contact_id', a.contact_id + k * 1000)) AS many
  ORDER BY many.contact_id`;

it.each([
  ['the tables are new', []],
  ['the statistics know of few contacts', ['VACUUM ANALYZE campaign_contact, contact, campaign']],
  ['the statistics say that they are empty', [`TRUNCATE ${EMPTIED} CASCADE`, `VACUUM ANALYZE ${EMPTIED}`]],
  ['the statistics say that nothing is in flight', [`VACUUM ANALYZE`]],
  [
    'they were emptied and the statistics are of before',
    [MANY, 'VACUUM ANALYZE', `TRUNCATE ${EMPTIED} CASCADE`, `VACUUM ${EMPTIED}`],
  ],
])('a claim looks for rows by their keys, also when %s', async (_, statements) => {
  await plansOf(await seed());
  for (const statement of statements) await db.pool.query(statement);
  const reads = await plansOf(await seed());
  const conditionOf = (read: PlanNode): string => read['Index Cond'] ?? read['TID Cond'] ?? '';
  const unkeyed = reads.filter((read) => !KEYS[read['Relation Name'] as string]?.test(conditionOf(read)));
  expect(unkeyed.map((read) => [read.statement, read['Relation Name'], read['Index Name'], conditionOf(read)])).toEqual(
    [],
  );
  expect(new Set(reads.map(({ statement }) => statement))).toEqual(
    new Set([
      'claim.attempts',
      'claim.contacts',
      'claim.numbers',
      'claim.past-attempts',
      'claim.refused',
      'dnc.listed',
    ]),
  );
});

// One column that is forgotten makes the sample of its table ten times as large.
test('every column of the tables that claims write to is content with a small sample', async () => {
  const { rows } = await db.pool.query(
    `SELECT attrelid::regclass::text AS "table", attname AS "column" FROM pg_attribute
     WHERE attrelid IN ('call_attempt'::regclass, 'campaign_contact'::regclass) AND attnum > 0 AND NOT attisdropped
       AND attstattarget IS DISTINCT FROM 10`,
  );
  expect(rows).toEqual([]);
});

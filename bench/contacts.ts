import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type { Pool } from 'pg';
import { compileFilter, contactFilter } from '../src/contacts/selection/contact-filter';
import { openDialerDatabase } from '../src/dialer/shell/dialer-transaction';
import { createPool } from '../src/infra/postgres';
import { benchLaws, claimLoop, type LoopFigures } from './contacts/claim-loop';
import type { RankingOrder } from './contacts/ranking-process';
import { type ContactsWorld, capHead, listHead, makeWorld, type WorldOptions } from './contacts/world';
import { runApart } from './lib/apart';
import { type Bench, type BenchRow, round, withBaseline } from './lib/bench';
import { type BenchStores, openBenchStores } from './lib/stores';

const percentile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
};

interface Scenario {
  name: string;
  world?: Omit<WorldOptions, 'contacts'>;
  prepare?(pool: Pool, world: ContactsWorld, head: number): Promise<void>;
  /** Filter and sort are changed and the contacts ranked anew while claims go on. */
  rerank?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'plain' },
  { name: 'closed zones 99 %', world: { closed: true } },
  { name: 'do-not-call 99 %', prepare: listHead },
  { name: 'capped 99 %', prepare: capHead },
  { name: 'filter and sort changed', rerank: true },
  { name: '50 campaigns on one list', world: { campaigns: 50 } },
];

const FILTER = compileFilter(
  contactFilter.parse({
    anyOf: [{ allOf: [{ attribute: 'balance', type: 'NUMBER', operator: 'GREATER', values: ['50000'] }] }],
  }),
);
const SORT = JSON.stringify([{ attribute: 'balance', type: 'NUMBER', direction: 'DESCENDING' }]);

const beginRanking = async (pool: Pool, { campaignId, organisationId, at }: ContactsWorld): Promise<void> => {
  await pool.query(
    `UPDATE campaign SET contact_filter_path = $2, contact_sort = $3, selection_version = 1 WHERE id = $1`,
    [campaignId, FILTER, SORT],
  );
  await pool.query(
    `INSERT INTO campaign_ranking (campaign_id, organisation_id, version, started_at) VALUES ($1, $2, 1, $3)`,
    [campaignId, organisationId, at],
  );
};

const rankedSoFar = async (pool: Pool): Promise<number> => {
  const { rows } = await pool.query<{ ranked: number }>('SELECT contacts_ranked AS ranked FROM campaign_ranking');
  return rows[0]?.ranked ?? 0;
};

const rankingBegun = async (pool: Pool): Promise<void> => {
  while (!(await rankedSoFar(pool))) await rest(20);
};

/** Ranking ends with its next transaction: the rest of millions of contacts is not waited for. */
const endRanking = (pool: Pool) => pool.query('UPDATE campaign_ranking SET ended_at = started_at');

/**
 * A dialer has run for a while: claims that are not measured come first, on connections and in a world of their own as those
 * that are, until its statements are planned and its code is compiled for what there is.
 */
const WARM_UP = 150;
/** And before all scenarios, claims of each kind, in a world that has contacts enough for them. */
const COMPILED = { contacts: 200_000, claims: 750 };
const COMPILES = SCENARIOS.filter(({ world, rerank }) => !world?.closed && !rerank);

/** Whether PostgreSQL's shared memory is in huge pages: scattered contacts are read several times faster then. */
const hugePages = async ({ databaseUrl }: BenchStores): Promise<string> => {
  const pool = createPool({ url: databaseUrl, applicationName: 'bench', max: 1 });
  try {
    const { rows } = await pool.query<{ huge_pages_status: string }>('SHOW huge_pages_status');
    return rows[0]?.huge_pages_status ?? 'unknown';
  } finally {
    await pool.end();
  }
};

interface Measured {
  figures: LoopFigures;
  rankedPerSecond?: number;
}

const measure = async (
  stores: BenchStores,
  scenario: Scenario,
  size: { contacts: number; claims: number },
): Promise<Measured> => {
  const pool = createPool({ url: stores.databaseUrl, applicationName: 'bench', statementTimeoutMs: 0, max: 6 });
  // A list that many campaigns share is so much smaller: there are as many standings in all.
  const campaigns = scenario.world?.campaigns ?? 1;
  const world = await makeWorld(pool, { ...scenario.world, contacts: Math.floor(size.contacts / campaigns) });
  // Of closed zones there is one claim for 22,000 contacts: a third of them.
  const warmUp = Math.min(WARM_UP, size.claims, scenario.world?.closed ? Math.ceil(size.contacts / 66_000) : WARM_UP);
  await scenario.prepare?.(pool, world, Math.min(world.contacts, (warmUp + size.claims) * 220 + 5_000));
  // What making it, and the scenarios before it, have left to be cleared away and written is not the claims'.
  await pool.query('VACUUM (ANALYZE)');
  await pool.query('CHECKPOINT');
  const database = openDialerDatabase({
    url: stores.databaseUrl,
    dialerId: world.dialerId,
    epoch: 1,
    onStale: () => undefined,
  });
  try {
    const loop = { pool, database, world, laws: benchLaws() };
    await claimLoop({ ...loop, claims: warmUp });
    if (!scenario.rerank) return { figures: await claimLoop({ ...loop, claims: size.claims }) };
    await beginRanking(pool, world);
    // In a process of its own, as a worker does it.
    const ranking = runApart<RankingOrder, boolean>(join(__dirname, 'contacts', 'ranking-process'), {
      ...stores,
      organisationId: world.organisationId,
      campaignId: world.campaignId,
    });
    // Claims are measured while it works, not while it starts.
    await Promise.race([rankingBegun(pool), ranking]);
    const [before, began] = [await rankedSoFar(pool), performance.now()];
    const figures = await claimLoop({ ...loop, claims: size.claims });
    const ranked = (await rankedSoFar(pool)) - before;
    const seconds = (performance.now() - began) / 1000;
    await endRanking(pool);
    await ranking;
    return { figures, rankedPerSecond: Math.round(ranked / seconds) };
  } finally {
    await Promise.all([pool.end(), database.close()]);
  }
};

const rowsOf = (
  name: string,
  contacts: number,
  { figures, rankedPerSecond }: Measured,
  small?: Measured,
): BenchRow[] => {
  const { claimMs, bareMs, refillMs, claimed, judged } = figures;
  const params = { scenario: name, contacts, claims: claimMs.length, judged, claimed };
  const row = (of: string, value: number, baseline?: number): BenchRow => {
    const made = { name: of, params, value, unit: 'ms' };
    return baseline === undefined ? made : withBaseline(made, baseline);
  };
  const before = small?.figures;
  return [
    row('claimP50Ms', percentile(claimMs, 0.5), before && percentile(before.claimMs, 0.5)),
    row('claimP99Ms', percentile(claimMs, 0.99), before && percentile(before.claimMs, 0.99)),
    row('bareP50Ms', percentile(bareMs, 0.5)),
    row('bareP99Ms', percentile(bareMs, 0.99)),
    row('refillP99Ms', percentile(refillMs, 0.99), before && percentile(before.refillMs, 0.99)),
    ...(rankedPerSecond === undefined
      ? []
      : [{ name: 'rankedPerSecond', params, value: rankedPerSecond, unit: 'contacts/s' }]),
  ];
};

export const contactsBench: Bench = {
  description: 'claim of a batch of 200 with all gates, and the refill before it, at many contacts beside few',
  async run({ quick, given, say }) {
    const many = Number(given.contacts ?? (quick ? 50_000 : 1_000_000));
    const few = quick ? 10_000 : 100_000;
    const claims = quick ? 10 : 300;
    const stores = await openBenchStores(say);
    const rows: BenchRow[] = [];
    try {
      say(`huge pages: ${await hugePages(stores)}`);
      for (const scenario of quick ? [] : COMPILES) await measure(stores, scenario, COMPILED);
      for (const scenario of SCENARIOS.filter(({ name }) => name.includes(given.only ?? ''))) {
        say(`${scenario.name}: ${few} contacts, then ${many}`);
        const small = await measure(stores, scenario, { contacts: few, claims });
        const large = await measure(stores, scenario, { contacts: many, claims });
        rows.push(...rowsOf(scenario.name, few, small), ...rowsOf(scenario.name, many, large, small));
      }
      return rows;
    } finally {
      await stores.close();
    }
  },
};

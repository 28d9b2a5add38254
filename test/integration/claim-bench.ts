import type { Pool, PoolClient, QueryConfig } from 'pg';
import { LawBook } from '../../src/compliance/own/law-book';
import { createCandidates } from '../../src/dialer/shell/candidates';
import type { ClaimGuard } from '../../src/dialer/shell/claim/judge';
import { createClaims } from '../../src/dialer/shell/claims';
import { CommitUnknownError, type DialerDatabase, openDialerDatabase } from '../../src/dialer/shell/dialer-transaction';
import type { InputBody } from '../../src/dialer/shell/inputs';
import { createLaws } from '../../src/dialer/shell/laws';
import type { Line } from '../../src/dialer/shell/lines';
import type { OffsetClock } from '../../src/infra/clock';
import { newId } from '../../src/infra/ids';
import { noonZone, type Seeded, type SeedOptions, seedCampaign } from '../setup/seed';
import { until } from './dialer-harness';

export interface ClaimBench {
  seeded: Seeded;
  database: DialerDatabase;
  statements: string[];
  lines: Map<string, Line>;
  inputs: InputBody[];
  notPlaced: string[];
  /** Campaigns whose guard did not know a contact's law. */
  lawMissed: string[];
  /** Claims for so many slots; answers with the lines of the kernel's `claimed`. */
  claim(slots: number, pledge?: string | null): Promise<{ slot: number; attemptId: string }[]>;
  /** Makes the answer to the next COMMIT get lost after it has happened. */
  loseCommit(): void;
}

export interface ClaimBenchOptions extends Partial<SeedOptions> {
  guard?: ClaimGuard;
}

const NO_SCOPES: ClaimGuard = { knows: (law) => law === '', scopes: [] };

/** The claim and the writer by themselves, over a real database and without a switch. */
export const claimBench = async (
  { databaseUrl, pool, clock }: { databaseUrl: string; pool: Pool; clock: OffsetClock },
  { guard = NO_SCOPES, ...options }: ClaimBenchOptions,
): Promise<ClaimBench> => {
  const at = clock.date();
  const seeded = await seedCampaign(pool, { at, zone: noonZone(at), agents: 0, ...options });
  await pool.query(`UPDATE campaign SET state = 'RUNNING' WHERE id = $1`, [seeded.campaignId]);
  await pool.query('INSERT INTO dialer_epoch VALUES ($1, 1)', [seeded.dialerId]);
  const real = openDialerDatabase({
    url: databaseUrl,
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
  const lawMissed: string[] = [];
  const laws = createLaws(new LawBook(), seeded.organisationId);
  const candidates = createCandidates({
    pool,
    clock,
    campaignId: seeded.campaignId,
    hours: { startMinute: 0, endMinute: 1440 },
    laws,
    isThere: () => true,
    onError: (error) => {
      throw error;
    },
  });
  const claims = createClaims({
    database,
    organisationId: seeded.organisationId,
    clock,
    guards: { guardOf: () => guard, lawMissed: (id) => void lawMissed.push(id) },
    time: () => ({ slow: clock.now(), fast: clock.now() }),
    laws,
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
    lawMissed,
    loseCommit: () => {
      lose = true;
    },
    async claim(count, pledge = null) {
      candidates.refill();
      await until('candidates', async () => candidates.held > 0);
      const slots = Array.from({ length: count }, (_, slot) => ({ slot, pledge }));
      const id = newId();
      claims.claim({ id, type: 'claim', campaignId: seeded.campaignId, slots });
      await claims.idle();
      const answer = inputs.find((input) => input.type === 'claimed' && input.claimId === id);
      if (answer?.type !== 'claimed') throw new Error('the claim was not answered');
      return answer.lines;
    },
  };
};

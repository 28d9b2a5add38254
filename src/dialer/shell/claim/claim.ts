import { PLACED_WITHIN_MS } from '../../../compliance/gates';
import { inTurn, type Sql, together } from '../../../infra/postgres';
import { writeAttempts } from './attempts';
import type { CampaignFacts } from './campaigns';
import type { Judge } from './judge';
import { type BatchQuestion, type BatchSizes, readBatches } from './read-batch';
import { writeRefused } from './refused';

export interface Claim {
  question: Omit<BatchQuestion, 'locking'>;
  judge: Judge;
  dialer: { dialerId: string; epoch: number };
}

export interface Claimed {
  campaigns: Map<string, CampaignFacts>;
  /** To be called after the commit. */
  keepVerdicts: () => void;
}

/**
 * A claim within a transaction, on a connection that pipelines: read, judged and written in batches, so that the database reads
 * the next one while a batch is judged, and writes what became of it while the next is. What was judged stands in `judge`.
 */
export const claim = async (sql: Sql, { question, judge, dialer }: Claim, sizes?: BatchSizes): Promise<Claimed> => {
  const { organisationId } = question;
  const written = await inTurn(readBatches(sql, { ...question, locking: 'CLAIM' }, sizes), async (batch) => {
    const { at, campaigns } = batch;
    const { attempts, refused } = judge.judge(batch);
    const times = { claimedAt: new Date(at), notAfter: new Date(at + PLACED_WITHIN_MS) };
    const [, keep] = await together(
      sql,
      () => writeRefused(sql, refused),
      () => writeAttempts(sql, { organisationId, ...dialer }, attempts, times, judge.verdicts),
    );
    return { campaigns, keep };
  });
  return {
    // Read once, for all batches.
    campaigns: written[0]?.campaigns ?? new Map(),
    keepVerdicts() {
      for (const { keep } of written) keep();
    },
  };
};

import type { Pool } from 'pg';
import { z } from 'zod';
import { invalid, notFound } from '../../errors';
import type { Clock } from '../../infra/clock';
import { type Sql, transaction } from '../../infra/postgres';
import { parse, whole } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import type { LawBook } from '../own/law-book';
import { type LeastRetention, lawsOf, leastRetention } from './least-retention';

export const setRetentionInput = z.object({
  retentionDays: whole({ min: 30, max: 36_600, unit: 'days' })
    .nullable()
    .describe('Records that are older are removed. Refused below the minimum of the law. Null: nothing is removed.'),
});

export interface Retention {
  /** Null: for good. */
  retentionDays: number | null;
  /** What the laws of those who are called demand; null: nothing. */
  least: LeastRetention | null;
  purgedAt: Date | null;
}

const READ = `/* retention.read */
SELECT retention_days AS "retentionDays", purged_at AS "purgedAt" FROM organisation WHERE id = $1`;
const HOLD = `${READ.replace('retention.read', 'retention.hold')} FOR NO KEY UPDATE`;
const SET = `/* retention.set */ UPDATE organisation SET retention_days = $2 WHERE id = $1`;

type Row = Pick<Retention, 'retentionDays' | 'purgedAt'>;

/** How long an organisation keeps what it knows of calls and persons: never less than the law demands. */
export class RetentionService {
  constructor(private readonly deps: { pool: Pool; clock: Clock; laws: LawBook }) {}

  async read(caller: Caller): Promise<Retention> {
    const row = (await this.deps.pool.query<Row>(READ, [caller.organisationId])).rows[0];
    if (!row) throw notFound('organisation', caller.organisationId);
    return { ...row, least: await this.least(this.deps.pool, caller) };
  }

  async set(caller: Caller, input: unknown): Promise<Retention> {
    const { retentionDays } = parse(setRetentionInput, input);
    const { organisationId } = caller;
    const at = this.deps.clock.date();
    return transaction(this.deps.pool, async (sql) => {
      const least = await this.least(sql, caller);
      if (retentionDays !== null && least && retentionDays < least.days) {
        const why = `${least.profile} demands at least ${least.days} days (${least.source})`;
        throw invalid('retentionDays', `retentionDays ${retentionDays} is too short: ${why}`);
      }
      const before = (await sql.query<Row>(HOLD, [organisationId])).rows[0];
      if (!before) throw notFound('organisation', organisationId);
      await sql.query(SET, [organisationId, retentionDays]);
      await audit(sql, caller, at, {
        action: 'set retention',
        entity: 'organisation',
        entityId: organisationId,
        before: { retentionDays: before.retentionDays },
        after: { retentionDays },
      });
      return { retentionDays, purgedAt: before.purgedAt, least };
    });
  }

  private async least(sql: Sql, { organisationId }: Caller): Promise<LeastRetention | null> {
    const { laws, clock } = this.deps;
    const registry = await laws.registryOf(sql, organisationId);
    return leastRetention(await lawsOf(sql, organisationId), clock.now(), registry) ?? null;
  }
}

import type { Pool, PoolClient } from 'pg';
import { isOutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import type { Logger } from '../infra/logger';
import { type PubSub, topics } from '../infra/pubsub';
import { isStoreAway } from '../infra/store-away';
import { parse } from '../infra/validate';
import { periodOf, readHistory } from './history-read';
import { simulateCampaignInput } from './input';
import { planOf } from './plan';
import { runApart, SimulationStopped } from './run-apart';
import type { SimulatedResult, SimulationPlan } from './simulation';

export interface SimulationRunnerDeps {
  pool: Pool;
  pubsub: PubSub;
  clock: Clock;
  logger: Logger;
}

export type SimulationEnd = 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'NOT_RUNNABLE' | 'HELD_ELSEWHERE';

// One runner per simulation: the lock goes with its connection, so a killed worker leaves none behind.
const HOLD = `/* simulation.hold */ SELECT pg_try_advisory_lock(hashtextextended('simulation:' || $1, 0)) AS held`;
const RELEASE = `/* simulation.release */ SELECT pg_advisory_unlock(hashtextextended('simulation:' || $1, 0))`;
const BEGIN = `/* simulation.begin */
UPDATE simulation SET state = 'RUNNING', started_at = coalesce(started_at, $3), progress = 0, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state IN ('QUEUED', 'RUNNING')
RETURNING campaign_id AS "campaignId", input, plan, created_at AS "createdAt", seq`;
const PLAN = `/* simulation.plan */ UPDATE simulation SET plan = $3 WHERE id = $1 AND organisation_id = $2`;
const PROGRESS = `/* simulation.progress */
UPDATE simulation SET progress = $3, seq = seq + 1 WHERE id = $1 AND organisation_id = $2 AND state = 'RUNNING' RETURNING seq`;
const COMPLETE = `/* simulation.complete */
UPDATE simulation SET state = 'COMPLETED', progress = 1, result = $3, ended_at = $4, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state = 'RUNNING' RETURNING seq`;
const FAIL = `/* simulation.fail */
UPDATE simulation SET state = 'FAILED', error_code = $3, error_message = $4, ended_at = $5, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state = 'RUNNING' RETURNING seq`;

const WRITE_EVERY_MS = 500;
/** A plan within its bounds takes minutes; one that does not is ended. */
const LONGEST_MS = 900_000;

interface Begun {
  campaignId: string | null;
  input: Record<string, unknown>;
  plan: SimulationPlan | null;
  createdAt: Date;
  seq: number;
}

/** Works the row of a simulation. Throws only what is worth another try. */
export class SimulationRunner {
  constructor(private readonly deps: SimulationRunnerDeps) {}

  async run(organisationId: string, id: string, signal: AbortSignal): Promise<SimulationEnd> {
    const sql = await this.deps.pool.connect();
    let broken: Error | undefined;
    try {
      const { rows } = await sql.query<{ held: boolean }>(HOLD, [id]);
      if (!rows[0]?.held) return 'HELD_ELSEWHERE';
      try {
        return await this.runHeld(sql, organisationId, id, signal);
      } finally {
        await sql.query(RELEASE, [id]);
      }
    } catch (error) {
      broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      sql.release(broken);
    }
  }

  private async runHeld(sql: PoolClient, organisationId: string, id: string, signal: AbortSignal) {
    const { clock, logger } = this.deps;
    const [begun] = (await sql.query<Begun>(BEGIN, [id, organisationId, clock.date()])).rows;
    if (!begun) return 'NOT_RUNNABLE' as const;
    this.tell(organisationId, id, begun.seq);
    try {
      const plan = begun.plan ?? (await this.planFromHistory(sql, organisationId, id, begun));
      const result = await this.work(organisationId, id, plan, signal);
      if (!result) return 'CANCELLED' as const;
      await this.end(sql, COMPLETE, organisationId, id, [JSON.stringify(result), clock.date()]);
      return 'COMPLETED' as const;
    } catch (error) {
      // At shutdown the row stays RUNNING: another worker's sweep begins it anew.
      if (error instanceof SimulationStopped || isStoreAway(error)) throw error;
      const known = isOutdialError(error);
      if (!known) logger.error({ err: error, simulationId: id }, 'a simulation failed');
      const told = known ? [error.code, error.message] : ['INTERNAL', 'the simulation could not be run to its end'];
      await this.end(sql, FAIL, organisationId, id, [...told, clock.date()]);
      return 'FAILED' as const;
    }
  }

  private async planFromHistory(sql: PoolClient, organisationId: string, id: string, begun: Begun) {
    const dates = Object.fromEntries(
      (['from', 'to'] as const).flatMap((name) =>
        begun.input[name] ? [[name, new Date(String(begun.input[name]))]] : [],
      ),
    );
    const given = parse(simulateCampaignInput, { ...begun.input, ...dates });
    const period = periodOf(given, begun.createdAt);
    const plan = planOf(given, await readHistory(sql, organisationId, String(begun.campaignId), period));
    await sql.query(PLAN, [id, organisationId, JSON.stringify(plan)]);
    return plan;
  }

  /** Null when it was cancelled meanwhile. */
  private async work(
    organisationId: string,
    id: string,
    plan: SimulationPlan,
    signal: AbortSignal,
  ): Promise<SimulatedResult | null> {
    const cancel = new AbortController();
    let done = 0;
    let tooLong = false;
    const write = async (): Promise<void> => {
      const { rows } = await this.deps.pool.query<{ seq: number }>(PROGRESS, [id, organisationId, done]);
      if (rows[0]) this.tell(organisationId, id, rows[0].seq);
      else cancel.abort();
    };
    // A PostgreSQL that is away for a moment only leaves the progress as it was.
    const timer = setInterval(() => void write().catch(() => undefined), WRITE_EVERY_MS);
    const limit = setTimeout(() => {
      tooLong = true;
      cancel.abort();
    }, LONGEST_MS);
    try {
      return await runApart({
        plan,
        signal: AbortSignal.any([signal, cancel.signal]),
        onProgress: (share) => {
          done = share;
        },
      });
    } catch (error) {
      if (tooLong) throw new Error(`it took more than ${LONGEST_MS / 60_000} minutes`);
      if (cancel.signal.aborted && !signal.aborted) return null;
      throw error;
    } finally {
      clearInterval(timer);
      clearTimeout(limit);
    }
  }

  private async end(sql: PoolClient, statement: string, organisationId: string, id: string, values: unknown[]) {
    const { rows } = await sql.query<{ seq: number }>(statement, [id, organisationId, ...values]);
    if (rows[0]) this.tell(organisationId, id, rows[0].seq);
  }

  private tell(organisationId: string, id: string, seq: number): void {
    this.deps.pubsub.publish(topics.simulation(organisationId, id), { seq });
  }
}

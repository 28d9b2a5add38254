import type { Pool } from 'pg';
import type { Candidates } from '../../src/dialer/shell/candidates';
import { type Claims, createClaims } from '../../src/dialer/shell/claims';
import {
  CommitUnknownError,
  type DialerDatabase,
  openDialerDatabase,
  StaleEpochError,
} from '../../src/dialer/shell/dialer-transaction';
import type { Laws } from '../../src/dialer/shell/laws';
import { raiseEpoch } from '../../src/dialer/shell/lease';
import { blankOutcome } from '../../src/dialer/shell/write-items';
import { createWriter, type Writer } from '../../src/dialer/shell/writer';
import type { Clock } from '../../src/infra/clock';
import { newId } from '../../src/infra/ids';
import { isStoreAway } from '../../src/infra/store-away';
import { BATCHES, NO_GUARD } from './gate-world';
import type { RandomOutcome } from './random-world';

export interface RivalOptions {
  pool: Pool;
  databaseUrl: string;
  organisationId: string;
  clock: Clock;
  laws: Laws;
}

/**
 * A lock that was waited for too long, a deadlock, a transaction that stood idle because the machine did; a connection that a
 * take-over ended, noticed at the next write.
 */
const PASSING = ['55P03', '40P01', '25P03', 'EPIPE', 'ECONNRESET'];

export type Crash = 'BEFORE_COMMIT' | 'MEANWHILE' | 'IN_FLIGHT' | null;

/** None of its campaigns has a callback that one agent is to make. */
const NO_CALLBACKS: Candidates['personal'] = {
  held: [],
  take: () => undefined,
  release: () => undefined,
  refill: () => undefined,
  reset: () => undefined,
  close: () => undefined,
};

/** What of a dialer writes to PostgreSQL: claims and outcomes of one epoch after the other, without a switch. */
export class RivalDialer {
  private database!: DialerDatabase;
  private claims!: Claims;
  private writer!: Writer;
  private supply = new Map<string, number[]>();
  private beforeCommit: (() => Promise<void>) | undefined;
  private readonly former: DialerDatabase[] = [];
  /** What neither a crash nor anything that passes explains. */
  readonly faults: unknown[] = [];

  private constructor(
    private readonly options: RivalOptions,
    readonly dialerId: string,
  ) {}

  static async start(options: RivalOptions, dialerId: string): Promise<RivalDialer> {
    const dialer = new RivalDialer(options, dialerId);
    await dialer.takeOver();
    return dialer;
  }

  private failed(error: unknown): void {
    const { code = '' } = error as { code?: string };
    const explained = error instanceof StaleEpochError || error instanceof CommitUnknownError || isStoreAway(error);
    if (!explained && !PASSING.includes(code)) this.faults.push(error);
  }

  /** As a stand-by does: the former owner's backends are ended and its epoch is over. */
  private async takeOver(): Promise<void> {
    const { pool, databaseUrl, organisationId, clock, laws } = this.options;
    const owner = newId();
    await pool.query(
      `INSERT INTO dialer_lease (dialer_id, owner, expires_at) VALUES ($1, $2, clock_timestamp() + interval '1 hour')
       ON CONFLICT (dialer_id) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at`,
      [this.dialerId, owner],
    );
    const epoch = await raiseEpoch(pool, this.dialerId, owner);
    if (epoch === undefined) throw new Error('the dialer could not be taken over');
    if (this.database) {
      this.writer.stop();
      this.former.push(this.database);
    }
    const real = openDialerDatabase({
      url: databaseUrl,
      dialerId: this.dialerId,
      epoch,
      onStale: () => undefined,
    });
    this.database = real;
    const database: DialerDatabase = {
      ...real,
      transaction: (work) =>
        real.transaction(async (sql) => {
          const result = await work(sql);
          await this.beforeCommit?.();
          return result;
        }),
    };
    this.claims = createClaims({
      database,
      organisationId,
      clock,
      laws,
      guards: { guardOf: NO_GUARD.guardOf, lawMissed: () => undefined },
      time: () => ({ slow: clock.now(), fast: clock.now() }),
      lines: new Map(),
      candidatesOf: (campaignId) => this.candidatesOf(campaignId),
      budget: () => 1_000,
      batchSizes: BATCHES,
      feed: () => undefined,
      onNotPlaced: () => undefined,
      onClaimed: () => undefined,
      onError: (error) => this.failed(error),
    });
    this.writer = createWriter({
      database: real,
      organisationId,
      clock,
      onWritten: () => undefined,
      onDropped: (_, error) => {
        throw error;
      },
      onFailure: () => undefined,
    });
  }

  /** Whoever the test names is a candidate, whatever is known of them. */
  private candidatesOf(campaignId: string): Candidates {
    return {
      held: 0,
      more: false,
      exhausted: false,
      waiting: { for: 'NOTHING' },
      personal: NO_CALLBACKS,
      refused: new Map(),
      judged: () => undefined,
      take: (count) => (this.supply.get(campaignId) ?? []).slice(0, count),
      giveBack: () => undefined,
      release: () => undefined,
      refill: () => undefined,
      reset: () => undefined,
      close: () => undefined,
    };
  }

  /** One transaction for all of these campaigns; a crash lets another process take over before, at or after its commit. */
  async claim(
    of: readonly { campaignId: string; contactIds: number[] }[],
    { slots, pledged, crash }: { slots: number; pledged: boolean; crash: Crash },
  ): Promise<void> {
    this.supply = new Map(of.map(({ campaignId, contactIds }) => [campaignId, contactIds]));
    const { claims } = this;
    if (crash === 'BEFORE_COMMIT') {
      this.beforeCommit = () => {
        this.beforeCommit = undefined;
        return this.takeOver();
      };
    }
    for (const { campaignId } of of) {
      const pledge = pledged ? newId() : null;
      const asked = Array.from({ length: slots }, (_, slot) => ({ slot, pledge }));
      claims.claim({ id: newId(), type: 'claim', campaignId, slots: asked });
    }
    const meanwhile = crash === 'MEANWHILE' ? this.takeOver() : undefined;
    await claims.idle();
    this.beforeCommit = undefined;
    await meanwhile;
    if (crash === 'IN_FLIGHT') await this.takeOver();
  }

  /** Ends attempts of any epoch now; `placedAfterMs`: how long after its claim each was placed. */
  async end(
    attempts: readonly { id: string; claimedAt: Date }[],
    outcome: RandomOutcome,
    placedAfterMs: number,
  ): Promise<void> {
    const wall = this.options.clock.now();
    for (const { id, claimedAt } of attempts) {
      const now = performance.now();
      if (outcome === 'NOT_PLACED' || outcome === 'UNKNOWN') {
        this.writer.push(blankOutcome(id, outcome, 'unknown', { at: now, wall }));
        continue;
      }
      const placedAt = now - (wall - claimedAt.getTime()) + placedAfterMs;
      const lost = outcome === 'ABANDONED';
      this.writer.push({
        ...blankOutcome(id, 'UNKNOWN', 'us', { at: now, wall }),
        outcome,
        abandonCause: lost ? 'OVERDIAL' : null,
        liveAnswer: lost,
        times: { placedAt, endedAt: now },
      });
    }
    await this.writer.settled();
  }

  async close(): Promise<void> {
    await this.claims.idle();
    this.writer.stop();
    for (const database of [...this.former, this.database]) await database.close();
  }
}

import type { Pool } from 'pg';
import { applicationNameOf } from './dialer-transaction';

/**
 * Who acts for a dialer. The lease says who may originate; the epoch, raised only at take-over, fences everything an
 * earlier owner might still write. Both run in real time on PostgreSQL's clock.
 */
export const LEASE_MS = 6_000;
export const RENEW_MS = 2_000;
/** Clocks further apart than this: nothing is placed. */
export const MAXIMUM_CLOCK_SKEW_MS = 500;

export interface LeaseRow {
  dialerId: string;
}

const ACQUIRE = `/* lease.acquire */
WITH free AS (
  SELECT d.id FROM dialer d
  LEFT JOIN dialer_lease l ON l.dialer_id = d.id
  WHERE ($1::uuid IS NULL OR d.id = $1) AND (l.dialer_id IS NULL OR l.expires_at < clock_timestamp())
  ORDER BY l.expires_at NULLS FIRST, d.id
  LIMIT 1
)
INSERT INTO dialer_lease AS held (dialer_id, owner, expires_at)
SELECT id, $2, clock_timestamp() + make_interval(secs => $3) FROM free
ON CONFLICT (dialer_id) DO UPDATE SET owner = excluded.owner, expires_at = excluded.expires_at
WHERE held.expires_at < clock_timestamp()
RETURNING dialer_id AS "dialerId"`;

// An owner whose lease has run out in an outage may renew it: nobody has taken it, so its epoch still stands.
const RENEW = `/* lease.renew */
UPDATE dialer_lease SET expires_at = clock_timestamp() + make_interval(secs => $3)
WHERE dialer_id = $1 AND owner = $2
RETURNING extract(epoch FROM clock_timestamp()) * 1000 AS "clock"`;

const RELEASE = `/* lease.release */ DELETE FROM dialer_lease WHERE dialer_id = $1 AND owner = $2`;

const END_BACKENDS = `/* lease.end-backends */
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE application_name LIKE $1 AND datname = current_database() AND pid <> pg_backend_pid()`;

const HOLD = `/* lease.hold */
SELECT 1 FROM dialer_lease WHERE dialer_id = $1 AND owner = $2 AND expires_at > clock_timestamp() FOR UPDATE`;

const RAISE = `/* lease.raise-epoch */
INSERT INTO dialer_epoch AS e (dialer_id, epoch) VALUES ($1, 1)
ON CONFLICT (dialer_id) DO UPDATE SET epoch = e.epoch + 1
RETURNING epoch`;

/** Takes a dialer that nobody acts for; undefined when there is none. */
export const acquireLease = async (
  pool: Pool,
  owner: string,
  wanted: string | undefined,
): Promise<{ dialerId: string; sentAt: number } | undefined> => {
  const sentAt = performance.now();
  const { rows } = await pool.query<LeaseRow>(ACQUIRE, [wanted ?? null, owner, LEASE_MS / 1000]);
  const row = rows[0];
  return row && { dialerId: row.dialerId, sentAt };
};

/** Ends whatever the earlier owner still has open and raises the epoch: from here on none of its transactions commits. */
export const raiseEpoch = async (pool: Pool, dialerId: string, owner: string): Promise<number | undefined> => {
  for (let attempt = 0; attempt < 10; attempt++) {
    await pool.query(END_BACKENDS, [applicationNameOf(dialerId, '%')]);
    const client = await pool.connect();
    let broken = false;
    try {
      await client.query(`BEGIN; SET LOCAL lock_timeout = '500ms'`);
      const held = await client.query(HOLD, [dialerId, owner]);
      if (!held.rowCount) return undefined;
      const { rows } = await client.query<{ epoch: number }>(RAISE, [dialerId]);
      await client.query('COMMIT');
      return rows[0]?.epoch;
    } catch (error) {
      // A backend that was just ended may still hold its share lock for a moment.
      if ((error as { code?: string }).code !== '55P03') throw error;
    } finally {
      await client.query('ROLLBACK').catch(() => {
        broken = true;
      });
      client.release(broken);
    }
  }
  return undefined;
};

export interface LeaseKeeper {
  /** Whether the lease surely still runs: counted from the moment before the last successful renewal was sent. */
  live(): boolean;
  /** Whether PostgreSQL's clock and ours agree closely enough to dial. */
  clocksAgree(): boolean;
  clockSkewMs(): number;
  /** Stops renewing; `release` gives the dialer free at once. */
  stop(release: boolean): Promise<void>;
}

export interface LeaseKeeperOptions {
  pool: Pool;
  dialerId: string;
  owner: string;
  /** When the acquiring statement was sent, on the monotonic clock. */
  sentAt: number;
  onLost: () => void;
}

export const keepLease = ({ pool, dialerId, owner, sentAt, onLost }: LeaseKeeperOptions): LeaseKeeper => {
  let renewedAt = sentAt;
  let skew = 0;
  let stopped = false;
  let running: Promise<void> | undefined;

  const renew = async (): Promise<void> => {
    const sent = performance.now();
    const wall = Date.now();
    try {
      const { rows } = await pool.query<{ clock: number | string }>(RENEW, [dialerId, owner, LEASE_MS / 1000]);
      if (stopped) return;
      const row = rows[0];
      if (!row) {
        stopped = true;
        clearInterval(timer);
        onLost();
        return;
      }
      renewedAt = sent;
      // Half of the round trip lies before PostgreSQL read its clock; the rest of it is doubt, not skew.
      const took = performance.now() - sent;
      const measured = Number(row.clock) - (wall + took / 2);
      skew = Math.sign(measured) * Math.max(0, Math.abs(measured) - took / 2);
    } catch {
      // PostgreSQL is away: the lease runs out by itself and dialling stops; talking does not need it.
    }
  };
  const beat = () => {
    running ??= renew().finally(() => {
      running = undefined;
    });
  };
  const timer = setInterval(beat, RENEW_MS);
  beat();

  return {
    live: () => !stopped && performance.now() < renewedAt + LEASE_MS,
    clocksAgree: () => Math.abs(skew) <= MAXIMUM_CLOCK_SKEW_MS,
    clockSkewMs: () => skew,
    async stop(release) {
      stopped = true;
      clearInterval(timer);
      await running;
      if (release) await pool.query(RELEASE, [dialerId, owner]).catch(() => undefined);
    },
  };
};

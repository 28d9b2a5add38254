import type { Pool } from 'pg';
import type { OffsetClock } from './clock';

const EVERY_MS = 200;

const read = async (pool: Pool): Promise<number> => {
  const found = await pool.query<{ offset_ms: number }>(
    '/* readClockOffset */ SELECT offset_ms FROM clock_offset WHERE id = 1',
  );
  return found.rows[0]?.offset_ms ?? 0;
};

/** Test mode only: every process follows the one offset that a test moves forward. Returns what stops it. */
export const followClockOffset = async (clock: OffsetClock, pool: Pool): Promise<() => void> => {
  clock.setOffset(await read(pool));
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    read(pool)
      .then((offset) => clock.setOffset(offset))
      // PostgreSQL is away: the clock goes on with the offset it knows.
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
};

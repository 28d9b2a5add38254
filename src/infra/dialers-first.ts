import { setTimeout as rest } from 'node:timers/promises';
import type { Pool } from 'pg';

/** With it begins the application name of a dialer's every connection that writes. */
export const DIALER_CONNECTION = 'outdial-dialer:';

// Between two statements of a transaction it is at work too. Where activity may not be seen nobody seems to be.
const AT_WORK = `/* dialers.at-work */
SELECT FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE '${DIALER_CONNECTION}%' AND state <> 'idle' LIMIT 1`;

const LOOK_MS = 4;
/** Where dialers are always at work the rest must get on too. */
const LOOKS = 12;

/** Between two pieces of long work in the background: waits, some 50 ms at most, while a dialer writes. */
export const dialersFirst = async (pool: Pool, signal?: AbortSignal): Promise<void> => {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const { rowCount } = await pool.query({ name: 'dialers.at-work', text: AT_WORK });
    if (rowCount === 0) return;
    await rest(LOOK_MS, undefined, { signal });
  }
};

import { setTimeout as rest } from 'node:timers/promises';
import type { Pool } from 'pg';

/** With it begins the application name of a dialer's every connection that writes. */
export const DIALER_CONNECTION = 'outdial-dialer:';

// Between two statements of a transaction it is at work too. Where activity may not be seen nobody seems to be.
const AT_WORK = `/* dialers.at-work */
SELECT FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE '${DIALER_CONNECTION}%' AND state <> 'idle' LIMIT 1`;

const REST_MS = 100;

/**
 * Between two pieces of long work in the background: waits a tenth of a second when a dialer is just writing. Where dialers always
 * are the rest must get on too, and to look again and again takes a core from them for longer than it spares them.
 */
export const dialersFirst = async (pool: Pool, signal?: AbortSignal): Promise<void> => {
  const { rowCount } = await pool.query({ name: 'dialers.at-work', text: AT_WORK });
  if (rowCount) await rest(REST_MS, undefined, { signal });
};

import type { Pool } from 'pg';
import type { Feed } from './inputs';

/**
 * The emergency stop as this dialer knows it. The truth is the organisation's row, read in every claim; this copy, polled
 * and set by command, stops what is already claimed.
 */
export interface OrganisationFlag {
  readonly stopped: boolean;
  set(stopped: boolean): void;
  poll(): Promise<void>;
}

const READ = `/* organisation.flag */
SELECT dialling_stopped_at IS NOT NULL AS stopped FROM organisation WHERE id = $1`;

export const createOrganisationFlag = (pool: Pool, organisationId: string, feed: Feed): OrganisationFlag => {
  let stopped = false;
  /** Rises with every change here: a poll that began before it is out of date. */
  let changes = 0;
  const set = (next: boolean): void => {
    changes += 1;
    if (next === stopped) return;
    stopped = next;
    feed({ type: next ? 'organisationStopped' : 'organisationResumed', organisationId });
  };
  return {
    get stopped() {
      return stopped;
    },
    set,
    async poll() {
      const before = changes;
      const { rows } = await pool.query<{ stopped: boolean }>({
        name: 'organisation.flag',
        text: READ,
        values: [organisationId],
      });
      if (before === changes) set(rows[0]?.stopped ?? true);
    },
  };
};

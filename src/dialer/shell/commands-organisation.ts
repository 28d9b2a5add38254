import type { Sql } from '../../infra/postgres';
import { recordResult } from './command-rows';
import type { Handlers } from './commands';
import type { OrganisationFlag } from './organisation-flag';

// Whoever comes first says who stopped and why: the API, or this dialer.
const STOP = `/* organisation.stop */
UPDATE organisation SET dialling_stopped_at = $2, dialling_stopped_by = $3, dialling_stop_reason = $4
WHERE id = $1 AND dialling_stopped_at IS NULL`;

const RESUME = `/* organisation.resume */
UPDATE organisation SET dialling_stopped_at = NULL, dialling_stopped_by = NULL, dialling_stop_reason = NULL
WHERE id = $1 AND dialling_stopped_at IS NOT NULL`;

export interface OrganisationCommandsOptions {
  organisationId: string;
  flag: OrganisationFlag;
  /** Resolves when no originate of a claim made before can leave any more. */
  confirmSilence: () => Promise<void>;
}

export const organisationHandlers = ({
  organisationId,
  flag,
  confirmSilence,
}: OrganisationCommandsOptions): Pick<Handlers, 'ORGANISATION_STOP' | 'ORGANISATION_RESUME'> => ({
  async ORGANISATION_STOP({ reason }, { row, at }, transact) {
    // At once: nothing leaves while the flag is on its way to the database.
    flag.set(true);
    await transact((sql: Sql) =>
      sql.query({ name: 'organisation.stop', text: STOP, values: [organisationId, at, row.createdBy, reason] }),
    );
    // Again: a poll that read the row before the commit may have taken it back.
    flag.set(true);
    await confirmSilence();
    // The effect stands already; done twice it is the same, so a crash in between only repeats it.
    const result = { ok: true as const, organisationId };
    await transact((sql) => recordResult(sql, organisationId, row.id, result, at));
    return { result };
  },
  async ORGANISATION_RESUME(_body, { row, at }, transact) {
    const result = { ok: true as const, organisationId };
    await transact(async (sql) => {
      await sql.query({ name: 'organisation.resume', text: RESUME, values: [organisationId] });
      await recordResult(sql, organisationId, row.id, result, at);
    });
    return { result, after: () => flag.set(false) };
  },
});

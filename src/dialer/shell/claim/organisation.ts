import type { Sql } from '../../../infra/postgres';
import { type Locking, lockable } from './locking';

const READ = lockable(
  'organisation',
  (hold) => `SELECT dialling_stopped_at IS NOT NULL AS "diallingStopped", law_version AS "lawVersion" FROM organisation
WHERE id = $1 ${hold('FOR SHARE')}`,
);

export interface OrganisationFacts {
  diallingStopped: boolean;
  /** Rises with every change of its compliance profiles and overrides. */
  lawVersion: number;
}

export const readOrganisation = async (
  sql: Sql,
  organisationId: string,
  locking: Locking,
): Promise<OrganisationFacts> => {
  const { rows } = await sql.query<OrganisationFacts>({ ...READ(locking), values: [organisationId] });
  return rows[0] ?? { diallingStopped: true, lawVersion: 0 };
};

import type { Sql } from '../../infra/postgres';

export interface DialerRow {
  id: string;
  organisationId: string;
  name: string;
  application: string;
  ariUrl: string | null;
  trunk: string;
  maxLines: number;
  originatesPerSecond: number;
}

const READ = `/* dialer.read */
SELECT id, organisation_id AS "organisationId", name, application, ari_url AS "ariUrl", trunk, max_lines AS "maxLines",
  originates_per_second AS "originatesPerSecond"
FROM dialer WHERE id = $1`;

export const readDialer = async (sql: Sql, id: string): Promise<DialerRow> => {
  const { rows } = await sql.query<DialerRow>(READ, [id]);
  const row = rows[0];
  if (!row) throw new Error(`dialer ${id} is no more`);
  return row;
};

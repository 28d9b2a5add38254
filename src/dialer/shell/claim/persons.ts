import { type Sql, together } from '../../../infra/postgres';

const ENSURE = `/* claim.ensure-persons */
INSERT INTO person (organisation_id, id) SELECT $1, id FROM unnest($2::text[]) AS u(id) ORDER BY id
ON CONFLICT DO NOTHING`;

const LOCK = `/* claim.persons */
SELECT id FROM person WHERE organisation_id = $1 AND id = ANY($2::text[])
ORDER BY id
FOR UPDATE SKIP LOCKED`;

/** Of these persons those whose rows are held now: nobody else counts their attempts until the commit. */
export const lockPersons = async (
  sql: Sql,
  organisationId: string,
  persons: readonly string[],
): Promise<Set<string>> => {
  if (persons.length === 0) return new Set();
  const values = [organisationId, persons];
  const [, { rows }] = await together(
    sql,
    () => sql.query({ name: 'claim.ensure-persons', text: ENSURE, values }),
    () => sql.query<{ id: string }>({ name: 'claim.persons', text: LOCK, values }),
  );
  return new Set(rows.map(({ id }) => id));
};

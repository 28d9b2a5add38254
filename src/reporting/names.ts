import type { Pool } from 'pg';

export type NameMap = ReadonlyMap<string, string>;

const TABLES = { campaign: 'campaign', agent: 'agent', list: 'contact_list' } as const;
export type Named = keyof typeof TABLES;

/** Names live in PostgreSQL only, and are joined when a report is read: erasing or changing one is a matter of one place. */
export const namesOf = async (
  pool: Pool,
  organisationId: string,
  what: Named,
  ids: Iterable<string | null | undefined>,
): Promise<NameMap> => {
  const wanted = [...new Set([...ids].filter((id) => id != null))];
  if (wanted.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; name: string }>({
    name: `report.names.${what}`,
    text: `/* report.names.${what} */
      SELECT id, name FROM ${TABLES[what]} WHERE organisation_id = $1 AND id = ANY($2::uuid[])`,
    values: [organisationId, wanted],
  });
  return new Map(rows.map(({ id, name }) => [id, name]));
};

export interface PersonOfAttempt {
  number: string;
  externalId: string | null;
}

const PERSONS = `/* report.persons */
SELECT a.id, a.number, p.external_id FROM call_attempt a LEFT JOIN contact p ON p.id = a.contact_id
WHERE a.organisation_id = $1 AND a.id = ANY($2::uuid[])`;

export const personsOf = async (
  pool: Pool,
  organisationId: string,
  attemptIds: string[],
): Promise<ReadonlyMap<string, PersonOfAttempt>> => {
  if (attemptIds.length === 0) return new Map();
  const { rows } = await pool.query<{ id: string; number: string; external_id: string | null }>({
    name: 'report.persons',
    text: PERSONS,
    values: [organisationId, attemptIds],
  });
  return new Map(rows.map((row) => [row.id, { number: row.number, externalId: row.external_id }]));
};

import type { Sql } from '../../../infra/postgres';

// Read after the numbers are locked: whoever lists a number locks it first, so the answer holds until the commit.
const READ = `/* claim.dnc */
SELECT number FROM dnc_number WHERE organisation_id = $1 AND number = ANY($2::text[])`;

/** Those of the numbers that are on a do-not-call list. */
export const readDoNotCall = async (
  sql: Sql,
  organisationId: string,
  numbers: readonly string[],
): Promise<Set<string>> => {
  const { rows } = await sql.query<{ number: string }>({
    name: 'claim.dnc',
    text: READ,
    values: [organisationId, numbers],
  });
  return new Set(rows.map((row) => row.number));
};

import type { Sql } from '../../infra/postgres';

// From one to the next in the index: as many steps as there are laws, whatever the number of contacts.
const CODES = `/* campaigns.law-codes */
WITH RECURSIVE codes AS (
  (SELECT law FROM campaign_contact WHERE campaign_id = $1 ORDER BY law LIMIT 1)
  UNION ALL
  SELECT (SELECT cc.law FROM campaign_contact cc WHERE cc.campaign_id = $1 AND cc.law > c.law ORDER BY cc.law LIMIT 1)
  FROM codes c WHERE c.law IS NOT NULL
)
SELECT law FROM codes WHERE law IS NOT NULL`;

/** Whose laws the contacts of a campaign are under, as their next numbers stand. */
export const readLawCodes = async (sql: Sql, campaignId: string): Promise<string[]> => {
  const { rows } = await sql.query<{ law: string }>({ name: 'campaigns.law-codes', text: CODES, values: [campaignId] });
  return rows.map(({ law }) => law);
};

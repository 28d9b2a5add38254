import type { Sql } from '../../infra/postgres';

// From one to the next in the index: as many steps as there are laws, whatever the number of contacts.
const CODES = `/* campaigns.law-codes */
WITH RECURSIVE codes AS (
  SELECT c.id, (SELECT cc.law FROM campaign_contact cc WHERE cc.campaign_id = c.id ORDER BY cc.law LIMIT 1) AS law
  FROM unnest($1::uuid[]) AS c(id)
  UNION ALL
  SELECT c.id, (SELECT cc.law FROM campaign_contact cc WHERE cc.campaign_id = c.id AND cc.law > c.law ORDER BY cc.law LIMIT 1)
  FROM codes c WHERE c.law IS NOT NULL
)
SELECT id, array_agg(law ORDER BY law) AS laws FROM codes WHERE law IS NOT NULL GROUP BY id`;

/** Whose laws the contacts of campaigns are under, as their next numbers stand; a campaign without contacts is left out. */
export const readLawCodesOf = async (sql: Sql, campaignIds: readonly string[]): Promise<Map<string, string[]>> => {
  const values = [campaignIds];
  const { rows } = await sql.query<{ id: string; laws: string[] }>({
    name: 'campaigns.law-codes',
    text: CODES,
    values,
  });
  return new Map(rows.map(({ id, laws }) => [id, laws]));
};

export const readLawCodes = async (sql: Sql, campaignId: string): Promise<string[]> =>
  (await readLawCodesOf(sql, [campaignId])).get(campaignId) ?? [];

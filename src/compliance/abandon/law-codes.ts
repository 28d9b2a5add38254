import type { Sql } from '../../infra/postgres';

// From one to the next in the index: as many steps as there are laws, whatever the number of contacts. Those being called have
// no entry in it: theirs are the laws of their attempts. A law is compared in the first step too, or the index would not be asked
// (ADR 9).
const CODES = `/* campaigns.law-codes */
WITH RECURSIVE codes AS (
  SELECT c.id, (SELECT cc.law FROM campaign_contact cc
    WHERE cc.campaign_id = c.id AND cc.state <> 'IN_FLIGHT' AND cc.law >= '' ORDER BY cc.law LIMIT 1) AS law
  FROM unnest($1::uuid[]) AS c(id)
  UNION ALL
  SELECT c.id, (SELECT cc.law FROM campaign_contact cc
    WHERE cc.campaign_id = c.id AND cc.state <> 'IN_FLIGHT' AND cc.law > c.law ORDER BY cc.law LIMIT 1)
  FROM codes c WHERE c.law IS NOT NULL
), called AS (
  SELECT c.id, a.law FROM campaign c CROSS JOIN LATERAL (
    SELECT campaign_id, law FROM call_attempt WHERE organisation_id = c.organisation_id AND number > '' AND outcome IS NULL
    OFFSET 0) a
  WHERE c.id = ANY($1) AND a.campaign_id = c.id
)
SELECT id, array_agg(DISTINCT law ORDER BY law) AS laws
FROM (SELECT id, law FROM codes WHERE law IS NOT NULL UNION ALL SELECT id, law FROM called) l
GROUP BY id`;

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

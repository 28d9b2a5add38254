import type { Sql } from '../../infra/postgres';

const READ = `/* campaignLists.ofList */
SELECT campaign_id FROM campaign_list WHERE organisation_id = $1 AND list_id = $2 ORDER BY campaign_id`;

/** The campaigns a list is attached to. */
export const attachedCampaigns = async (sql: Sql, organisationId: string, listId: string): Promise<string[]> => {
  const { rows } = await sql.query<{ campaign_id: string }>(READ, [organisationId, listId]);
  return rows.map((row) => row.campaign_id);
};

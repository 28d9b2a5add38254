import type { Sql } from '../../infra/postgres';
import type { ListChoice } from './listed';

/** Which lists hold for a campaign. */
export interface ChosenLists extends ListChoice {
  campaignId: string;
}

const COLUMNS = `c.id AS "campaignId", c.ndnc, c.dnc_list_ids AS "listIds"`;
const OF_LIST = `/* dnc.choicesOfList */
SELECT ${COLUMNS} FROM campaign_list a JOIN campaign c ON c.id = a.campaign_id
WHERE a.list_id = $2 AND a.organisation_id = $1 ORDER BY c.id`;
const OF_CAMPAIGN = `/* dnc.choiceOfCampaign */
SELECT ${COLUMNS} FROM campaign c WHERE c.organisation_id = $1 AND c.id = $2`;
const AT_DELIVERY = `/* dnc.choiceAtDelivery */
SELECT ${COLUMNS} FROM campaign c WHERE c.organisation_id = $1 AND c.id = $2 AND c.dnc_scrub_at_delivery`;

/** Of every campaign that dials a contact list. */
export const choicesOfList = async (sql: Sql, organisationId: string, listId: string): Promise<ChosenLists[]> =>
  (await sql.query<ChosenLists>(OF_LIST, [organisationId, listId])).rows;

/** Undefined when there is no such campaign. */
export const choiceOfCampaign = async (
  sql: Sql,
  organisationId: string,
  campaignId: string,
): Promise<ChosenLists | undefined> =>
  (await sql.query<ChosenLists>(OF_CAMPAIGN, [organisationId, campaignId])).rows[0];

/** Undefined when the campaign does not scrub what is delivered to it. */
export const choiceAtDelivery = async (
  sql: Sql,
  organisationId: string,
  campaignId: string,
): Promise<ChosenLists | undefined> =>
  (await sql.query<ChosenLists>(AT_DELIVERY, [organisationId, campaignId])).rows[0];

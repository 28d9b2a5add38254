import type { Sql } from '../../infra/postgres';
import type { CampaignState } from './campaign-load';

// Only a state that the campaign really leaves: a change that somebody else made first is left alone.
const CHANGE = `/* campaign.change-state */
UPDATE campaign SET state = $3, state_reason = $4, state_since = $5,
  started_at = CASE WHEN $3 IN ('RUNNING', 'PENDING') THEN coalesce(started_at, $5) ELSE started_at END
WHERE id = $1 AND state = ANY($2::text[])
RETURNING id`;

export interface StateChange {
  id: string;
  from: CampaignState[];
  to: CampaignState;
  reason: string | null;
  at: Date;
}

/** False when the campaign was in none of the states to leave. */
export const changeCampaignState = async (sql: Sql, change: StateChange): Promise<boolean> => {
  const { rowCount } = await sql.query({
    name: 'campaign.change-state',
    text: CHANGE,
    values: [change.id, change.from, change.to, change.reason, change.at],
  });
  return rowCount === 1;
};

// Contacts in flight are the open attempts; the others have indexes of their own. What the filter leaves out does not
// hold a campaign up, but a filter that was changed is followed to its end first.
const COMPLETE = `/* campaign.complete */
UPDATE campaign c SET state = 'COMPLETED', state_reason = 'LIST_FINISHED', state_since = $2
WHERE c.id = $1 AND c.state = 'RUNNING'
  AND EXISTS (SELECT 1 FROM campaign_list l WHERE l.campaign_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM campaign_list l WHERE l.campaign_id = c.id AND l.filled_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM campaign_ranking r WHERE r.campaign_id = c.id AND r.ended_at IS NULL)
  AND NOT EXISTS (
    SELECT 1 FROM campaign_contact cc WHERE cc.campaign_id = c.id AND cc.state = 'READY' AND queued AND NOT filtered_out
      AND callback_agent_id IS NULL)
  AND NOT EXISTS (
    SELECT 1 FROM campaign_contact cc WHERE cc.campaign_id = c.id AND cc.state = 'READY' AND NOT queued AND NOT filtered_out
      AND callback_agent_id IS NULL)
  AND NOT EXISTS (
    SELECT 1 FROM campaign_contact cc WHERE cc.campaign_id = c.id AND cc.state = 'READY' AND callback_agent_id IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM campaign_contact cc WHERE cc.campaign_id = c.id AND cc.state = 'AWAITING_RETRY')
  AND NOT EXISTS (
    SELECT 1 FROM call_attempt a
    WHERE a.organisation_id = c.organisation_id AND a.number > '' AND a.campaign_id = c.id AND a.outcome IS NULL)
RETURNING c.id`;

/** Completes a campaign whose lists are filled and whose contacts are all closed; false when it is not so. */
export const completeCampaign = async (sql: Sql, id: string, at: Date): Promise<boolean> => {
  const { rowCount } = await sql.query({ name: 'campaign.complete', text: COMPLETE, values: [id, at] });
  return rowCount === 1;
};

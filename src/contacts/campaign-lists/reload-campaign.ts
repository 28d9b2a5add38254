import type { Pool } from 'pg';
import { createCommandClient } from '../../dialer/command-client';
import { OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { newId } from '../../infra/ids';
import type { PubSub } from '../../infra/pubsub';

const RUNNING = `/* campaignLists.dialerOf */
SELECT g.dialer_id FROM campaign c JOIN campaign_group g ON g.id = c.group_id
WHERE c.organisation_id = $1 AND c.id = $2 AND c.state IN ('RUNNING', 'PENDING')`;

/**
 * Tells the dialer of a running campaign that its lists have changed. Only a hint: it reads its contacts again by itself, so a
 * dialer that is away is no fault here.
 */
export const reloadCampaign = async (
  { pool, pubsub, clock }: { pool: Pool; pubsub: PubSub; clock: Clock },
  organisationId: string,
  campaignId: string,
): Promise<void> => {
  const { rows } = await pool.query<{ dialer_id: string }>(RUNNING, [organisationId, campaignId]);
  const dialerId = rows[0]?.dialer_id;
  if (!dialerId) return;
  const client = createCommandClient({ pool, pubsub, clock });
  try {
    await client.send({
      organisationId,
      dialerId,
      id: newId(),
      target: `campaign:${campaignId}`,
      kind: 'CAMPAIGN_RELOAD',
      body: {},
      createdBy: 'contacts',
    });
  } catch (error) {
    if (!(error instanceof OutdialError && error.code === 'DIALER_UNAVAILABLE')) throw error;
  }
};

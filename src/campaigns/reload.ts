import type { Pool } from 'pg';
import type { CommandClient } from '../dialer/command-client';
import { isOutdialError } from '../errors';
import { newId } from '../infra/ids';
import type { Logger } from '../infra/logger';

export interface ReloadDeps {
  hot: Pool;
  commands: CommandClient;
  logger: Logger;
}

const OF_GROUP = `/* reload.group */
SELECT c.id, g.dialer_id AS "dialerId" FROM campaign c JOIN campaign_group g ON g.id = c.group_id
WHERE c.organisation_id = $1 AND (c.group_id = $2 OR c.id = $2) AND c.state IN ('RUNNING', 'PENDING')`;

const WAIT_MS = 2_000;

/**
 * Tells the dialer that a running campaign, or the group of some, has changed. The change itself is committed: a dialer
 * that is away reads it when it takes over, so its silence is no fault of the change.
 */
export const createReload =
  ({ hot, commands, logger }: ReloadDeps) =>
  async (organisationId: string, campaignOrGroupId: string): Promise<void> => {
    const { rows } = await hot.query<{ id: string; dialerId: string }>(OF_GROUP, [organisationId, campaignOrGroupId]);
    await Promise.all(
      rows.map(async ({ id, dialerId }) => {
        try {
          const command = { organisationId, dialerId, id: newId(), target: `campaign:${id}` as const, body: {} };
          await commands.send({ ...command, kind: 'CAMPAIGN_RELOAD', createdBy: 'api' }, WAIT_MS);
        } catch (error) {
          if (!isOutdialError(error) || error.code !== 'DIALER_UNAVAILABLE') throw error;
          logger.warn({ campaignId: id, dialerId }, 'the dialer has not confirmed a change of parameters yet');
        }
      }),
    );
  };

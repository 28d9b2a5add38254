import type { Pool } from 'pg';
import { z } from 'zod';
import { notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { transaction } from '../../infra/postgres';
import type { PubSub } from '../../infra/pubsub';
import { id, parse } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey, takeKey } from '../../organisations/idempotency';
import { isRowId } from '../contact-input';
import { reloadCampaign } from './reload-campaign';

/** Before every priority that a list may have: what is due with it is dialled first. */
export const HEAD_OF_QUEUE = 0;

export const dialNextInput = z.object({
  campaignId: id().describe('The campaign.'),
  contactId: z
    .string()
    .refine(isRowId, { error: 'is not an id' })
    .meta({ typeName: 'ID', description: 'The contact.' }),
  idempotencyKey,
});

export interface ContactStanding {
  campaignId: string;
  contactId: string;
  state: string;
  dueAt: Date;
  attempts: number;
  closeReason: string | null;
}

const COLUMNS = `campaign_id AS "campaignId", contact_id AS "contactId", state, due_at AS "dueAt", attempts,
  close_reason AS "closeReason"`;
const LOCK = `/* dialNext.lock */
SELECT ${COLUMNS} FROM campaign_contact WHERE campaign_id = $1 AND contact_id = $2 AND organisation_id = $3 FOR UPDATE`;
// Its priority goes back to its list's with the next step after the attempt.
const TO_HEAD = `/* dialNext.toHead */
UPDATE campaign_contact SET priority = ${HEAD_OF_QUEUE}, due_at = $3, version = version + 1
WHERE campaign_id = $1 AND contact_id = $2 RETURNING ${COLUMNS}`;

const REFUSALS: Record<string, string> = {
  IN_FLIGHT: 'it is being called',
  AWAITING_RETRY: 'its last attempt is being written up',
  CLOSED: 'it is closed; recycle it first',
};

/** Puts one waiting contact at the head of its campaign's queue; every gate is asked as ever. */
export const dialNext = async (
  deps: { pool: Pool; pubsub: PubSub; clock: Clock },
  caller: Caller,
  input: unknown,
): Promise<ContactStanding> => {
  const given = parse(dialNextInput, input);
  const { campaignId, contactId, idempotencyKey: key } = given;
  const at = deps.clock.date();
  const standing = await transaction(deps.pool, async (sql) => {
    const { rows } = await sql.query<ContactStanding>(LOCK, [campaignId, contactId, caller.organisationId]);
    const before = rows[0];
    if (!before) throw notFound('contact in this campaign', contactId);
    const once = { key, mutation: 'dial next', request: given, entityId: contactId, at };
    if (await takeKey(sql, caller, once)) return before;
    const why = REFUSALS[before.state];
    if (why)
      throw new OutdialError('INVALID_STATE', `contact ${contactId} cannot be dialled next: ${why}`, 'contactId');
    const after = (await sql.query<ContactStanding>(TO_HEAD, [campaignId, contactId, at])).rows[0];
    if (!after) throw new OutdialError('INTERNAL', 'the contact could not be read back');
    const change = { action: 'dial next', entity: 'contact', entityId: contactId, after: { campaignId } };
    await audit(sql, caller, at, change);
    return after;
  });
  // The dialer holds its next contacts in memory.
  await reloadCampaign(deps, caller.organisationId, campaignId);
  return standing;
};

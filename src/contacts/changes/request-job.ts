import { newId } from '../../infra/ids';
import type { Statement } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import type { ContactJobKind } from './contact-job';

const REQUEST = `/* contactJob.request */
INSERT INTO contact_job (id, organisation_id, kind, list_id, reason, campaign_ids, created_by, created_at)
SELECT $1, $2, $3, $4, $5, ARRAY(SELECT campaign_id FROM campaign_list WHERE list_id = $4 ORDER BY campaign_id), $6, $7`;

/** A change of all contacts of a list, wherever it is attached, asked for in the transaction that is its reason. */
export const requestListJob = async (
  sql: Statement,
  caller: Caller,
  at: Date,
  { kind, listId, reason }: { kind: ContactJobKind; listId: string; reason: string },
): Promise<void> => {
  await sql.query(REQUEST, [newId(), caller.organisationId, kind, listId, reason, caller.actor, at]);
};

import type { EntityManager } from 'typeorm';
import { OutdialError } from '../../errors';
import type { Caller } from '../../organisations/caller';

export const MAX_SETS = 100;

// Two that are made at once must see each other.
const LOCK = `/* sets.lock */ SELECT pg_advisory_xact_lock(hashtext($1), hashtext($2))`;

/** At most 100 of a kind for an organisation. */
export const requireRoomForSet = async (
  manager: EntityManager,
  caller: Caller,
  table: 'telephony_outcome_set' | 'wrap_up_code_set' | 'business_outcome_group' | 'contact_strategy',
): Promise<void> => {
  await manager.query(LOCK, [table, caller.organisationId]);
  const [row] = (await manager.query(
    `/* sets.count */ SELECT count(*) AS count FROM ${table} WHERE organisation_id = $1`,
    [caller.organisationId],
  )) as { count: number }[];
  if (Number(row?.count) < MAX_SETS) return;
  throw new OutdialError('CONFLICT', `the organisation has ${MAX_SETS} of these already, the most it may have`);
};

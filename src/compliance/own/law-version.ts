import type { EntityManager } from 'typeorm';
import type { Caller } from '../../organisations/caller';

const RAISE = `/* law.raiseVersion */ UPDATE organisation SET law_version = law_version + 1 WHERE id = $1`;

/**
 * In the transaction of each change of an organisation's law. Claims hold this row while they judge: one that began before
 * is done first, one that comes after judges by the new law.
 */
export const raiseLawVersion = async (manager: EntityManager, { organisationId }: Caller): Promise<void> => {
  await manager.query(RAISE, [organisationId]);
};

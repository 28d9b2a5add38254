import type { DataSource } from 'typeorm';
import type { Clock } from '../infra/clock';
import { newId } from '../infra/ids';
import { ApiKeyEntity } from './api-key';
import { audit } from './audit';
import { BOOTSTRAP_ACTOR } from './authentication';
import { OrganisationEntity } from './organisation';
import { generateApiKey } from './tokens';

export interface BootstrapOptions {
  database: DataSource;
  clock: Clock;
  /** When one is configured it is the administrator's token and none is made. */
  adminToken?: string | undefined;
  organisationName?: string;
}

export interface Bootstrapped {
  organisationId: string;
  /** True when this call made the organisation. */
  created: boolean;
  /** Made with the organisation when none is configured; shown this once. */
  adminToken: string | null;
}

/** Any number: processes that start together bootstrap one after another. */
const ADVISORY_LOCK = 7_318_290_452;

/** The first organisation and its administrator's token, on an empty database; otherwise nothing is changed. */
export const bootstrap = async (options: BootstrapOptions): Promise<Bootstrapped> => {
  const { database, clock, adminToken, organisationName = 'Outdial' } = options;
  return database.transaction(async (manager) => {
    await manager.query('/* bootstrap.lock */ SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK]);
    const [first] = await manager.find(OrganisationEntity, { order: { createdAt: 'ASC', id: 'ASC' }, take: 1 });
    if (first) return { organisationId: first.id, created: false, adminToken: null };
    const at = clock.date();
    const organisationId = newId();
    const row = { id: organisationId, name: organisationName, defaultCountry: 'US', createdAt: at, version: 1 };
    await manager.insert(OrganisationEntity, row);
    const caller = { organisationId, actor: BOOTSTRAP_ACTOR, roles: ['ADMIN' as const] };
    await audit(manager, caller, at, {
      action: 'create',
      entity: 'organisation',
      entityId: organisationId,
      after: row,
    });
    if (adminToken) return { organisationId, created: true, adminToken: null };
    const { secret, prefix, hash } = generateApiKey();
    await manager.insert(ApiKeyEntity, {
      id: newId(),
      organisationId,
      name: 'First administrator',
      prefix,
      keyHash: hash,
      roles: ['ADMIN'],
      createdBy: BOOTSTRAP_ACTOR,
      createdAt: at,
      version: 1,
    });
    return { organisationId, created: true, adminToken: secret };
  });
};

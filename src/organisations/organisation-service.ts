import { isSupportedCountry } from 'libphonenumber-js/max';
import { And, Equal, MoreThan } from 'typeorm';
import { z } from 'zod';
import { notFound, OutdialError } from '../errors';
import { newId } from '../infra/ids';
import { type Page, type PageRequest, pageOf } from '../infra/page';
import { id, parse, patchOf, text } from '../infra/validate';
import { ApiKeyEntity } from './api-key';
import { audit } from './audit';
import type { Caller } from './caller';
import { idempotencyKey, takeKey } from './idempotency';
import { type Organisation, OrganisationEntity } from './organisation';
import { isId, type RecordDeps } from './records';
import { generateApiKey } from './tokens';

const shape = {
  name: text(200).describe('Name of the tenant.'),
  defaultCountry: z
    .string()
    .refine(isSupportedCountry, { error: ({ input }) => `${String(input)} is not a country with telephone numbers` })
    .default('US')
    .describe('ISO 3166 country that national numbers are read in.'),
};

export const createOrganisationInput = z.object({ ...shape, idempotencyKey });
export const updateOrganisationInput = z.object({
  id: id().describe('The organisation: always the own one.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export interface NewOrganisation {
  organisation: Organisation;
  /** Administrator key of the new organisation, shown once; null when the request was a repeat. */
  adminKey: string | null;
}

export interface OrganisationService {
  own(caller: Caller): Promise<Organisation>;
  /** Null for any but the own one; the fixed administrator token finds every one. */
  find(caller: Caller, id: string): Promise<Organisation | null>;
  list(caller: Caller, page: PageRequest): Promise<Page<Organisation>>;
  create(caller: Caller, input: unknown): Promise<NewOrganisation>;
  update(caller: Caller, input: unknown): Promise<Organisation>;
}

export const createOrganisationService = ({ database, clock }: RecordDeps): OrganisationService => ({
  async own(caller) {
    const row = await database.manager.findOneBy(OrganisationEntity, { id: caller.organisationId });
    if (!row) throw notFound('organisation', caller.organisationId);
    return row;
  },

  async find(caller, which) {
    if (!isId(which) || !(caller.platform || which.toLowerCase() === caller.organisationId)) return null;
    return database.manager.findOneBy(OrganisationEntity, { id: which });
  },

  async list(caller, { first, after }) {
    const seen = [
      ...(caller.platform ? [] : [Equal(caller.organisationId)]),
      ...(after && isId(after) ? [MoreThan(after)] : []),
    ];
    const rows = await database.manager.find(OrganisationEntity, {
      where: seen.length > 0 ? { id: And(...seen) } : {},
      order: { id: 'ASC' },
      take: first + 1,
    });
    return pageOf(rows, first);
  },

  async create(caller, input) {
    if (!caller.platform) {
      throw new OutdialError('FORBIDDEN', 'only the fixed administrator token may create organisations');
    }
    const { idempotencyKey: key, ...fields } = parse(createOrganisationInput, input);
    const at = clock.date();
    const organisationId = newId();
    return database.transaction(async (manager) => {
      const request = { key, mutation: 'create organisation', request: fields, entityId: organisationId, at };
      const known = await takeKey(manager, caller, request);
      if (known) {
        return { organisation: await manager.findOneByOrFail(OrganisationEntity, { id: known }), adminKey: null };
      }
      const row = { ...fields, id: organisationId, createdAt: at, version: 1 };
      await manager.insert(OrganisationEntity, row);
      const { secret, prefix, hash } = generateApiKey();
      await manager.insert(ApiKeyEntity, {
        id: newId(),
        organisationId,
        name: 'Administrator',
        prefix,
        keyHash: hash,
        roles: ['ADMIN'],
        createdBy: caller.actor,
        createdAt: at,
        version: 1,
      });
      const change = { action: 'create', entity: 'organisation', entityId: organisationId, after: row };
      await audit(manager, caller, at, change);
      await audit(manager, { ...caller, organisationId }, at, change);
      return {
        organisation: await manager.findOneByOrFail(OrganisationEntity, { id: organisationId }),
        adminKey: secret,
      };
    });
  },

  async update(caller, input) {
    const { id: which, version, ...changes } = parse(updateOrganisationInput, input);
    if (which !== caller.organisationId) throw notFound('organisation', which);
    const at = clock.date();
    return database.transaction(async (manager) => {
      const before = await manager.findOneOrFail(OrganisationEntity, {
        where: { id: which },
        lock: { mode: 'pessimistic_write' },
      });
      if (before.version !== version) {
        throw new OutdialError('VERSION_CONFLICT', `version ${version} is not the newest: read it again`, 'version');
      }
      const row = { ...before, ...changes, version: version + 1 };
      await manager.update(OrganisationEntity, { id: which }, { ...changes, version: row.version });
      await audit(manager, caller, at, {
        action: 'update',
        entity: 'organisation',
        entityId: which,
        before,
        after: row,
      });
      return row;
    });
  },
});

import { z } from 'zod';
import { invalid, OutdialError } from '../errors';
import { id, text } from '../infra/validate';
import { type ApiKey, ApiKeyEntity } from './api-key';
import { type Caller, ROLES } from './caller';
import { idempotencyKey } from './idempotency';
import { createRecords, type RecordDeps, type Records } from './records';
import { referred } from './references';
import { generateApiKey } from './tokens';
import { UserEntity } from './user';

const name = () => text(200).describe('What the key is for.');

export const createApiKeyInput = z.object({
  name: name(),
  roles: z
    .array(z.enum(ROLES).meta({ typeName: 'Role' }))
    .min(1)
    .describe("What the key may do: no more than its maker's own roles."),
  userId: id().optional().describe('The user it acts for, e.g. that of an agent; without one it stands for itself.'),
  expiresAt: z.date().optional().describe('When it ends; without one it lasts until it is revoked.'),
  idempotencyKey,
});

export const updateApiKeyInput = z.object({
  id: id().describe('The key.'),
  version: z.int().describe('The version that was read.'),
  name: name(),
});

export interface NewApiKey {
  apiKey: ApiKey;
  /** Shown once; null when the request was a repeat. */
  secret: string | null;
}

export interface ApiKeyService extends Omit<Records<ApiKey>, 'create'> {
  create(caller: Caller, input: unknown): Promise<NewApiKey>;
  revoke(caller: Caller, id: string): Promise<ApiKey>;
}

export const createApiKeyService = (deps: RecordDeps): ApiKeyService => {
  /** Only of keys made in this moment: by the buffer that the new row, and no row read later, holds. */
  const minted = new WeakMap<Buffer, string>();
  const records = createRecords<ApiKey, typeof createApiKeyInput, typeof updateApiKeyInput>(deps, {
    entity: ApiKeyEntity,
    label: 'API key',
    create: createApiKeyInput,
    update: updateApiKeyInput,
    fields(input, before) {
      const {
        idempotencyKey: _key,
        id: _id,
        version: _version,
        ...rest
      } = input as Partial<z.output<typeof createApiKeyInput> & z.output<typeof updateApiKeyInput>>;
      if (before) return rest;
      if (rest.expiresAt && rest.expiresAt.getTime() <= Date.now()) {
        throw invalid('expiresAt', `expiresAt ${rest.expiresAt.toISOString()} is in the past`);
      }
      const { secret, prefix, hash } = generateApiKey();
      minted.set(hash, secret);
      return { userId: null, expiresAt: null, revokedAt: null, lastUsedAt: null, ...rest, prefix, keyHash: hash };
    },
    async check(row, { manager, caller, before }) {
      if (before) return;
      row.createdBy = caller.actor;
      const beyond = caller.roles.includes('ADMIN') ? [] : row.roles.filter((role) => !caller.roles.includes(role));
      if (beyond.length > 0) throw invalid('roles', `roles ${beyond.join(', ')} are not your own`);
      if (!caller.roles.includes('ADMIN')) {
        // Such a key ends with its user: it must not outlive whoever made it.
        if (!caller.userId || (row.userId ?? caller.userId) !== caller.userId) {
          throw new OutdialError('FORBIDDEN', 'only an ADMIN makes keys that are not for their own user');
        }
        row.userId = caller.userId;
      }
      if (!row.userId) return;
      const user = await referred(manager, caller, UserEntity, 'userId', row.userId);
      const foreign = user.roles.includes('ADMIN') ? [] : row.roles.filter((role) => !user.roles.includes(role));
      if (foreign.length > 0) throw invalid('roles', `roles ${foreign.join(', ')} are not those of the user`);
    },
  });
  return {
    ...records,
    async create(caller, input) {
      const apiKey = await records.create(caller, input);
      return { apiKey, secret: minted.get(apiKey.keyHash) ?? null };
    },
    revoke: (caller, which) =>
      records.act(caller, which, 'revoke', (key) => (key.revokedAt ? null : { revokedAt: new Date() })),
  };
};

import { column, nullable, type TenantRow, tenantEntity } from '../infra/entity';
import type { Role } from './caller';

export interface ApiKey extends TenantRow {
  name: string;
  userId: string | null;
  /** The first characters: enough to tell keys apart. */
  prefix: string;
  keyHash: Buffer;
  roles: Role[];
  expiresAt: Date | null;
  revokedAt: Date | null;
  lastUsedAt: Date | null;
  createdBy: string;
}

export const ApiKeyEntity = tenantEntity<ApiKey>('ApiKey', 'api_key', {
  name: column.text,
  userId: nullable(column.uuid),
  prefix: column.text,
  keyHash: column.bytes,
  roles: column.texts,
  expiresAt: nullable(column.time),
  revokedAt: nullable(column.time),
  lastUsedAt: nullable(column.time),
  createdBy: column.text,
});

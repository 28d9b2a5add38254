import { column, nullable, type TenantRow, tenantEntity } from '../infra/entity';
import type { Role } from './caller';

export const USER_STATUSES = ['ACTIVE', 'DISABLED'] as const;

export interface User extends TenantRow {
  email: string;
  name: string;
  /** argon2id; never leaves the organisation's context. */
  passwordHash: string | null;
  roles: Role[];
  status: (typeof USER_STATUSES)[number];
  /** Tokens issued before are refused. */
  tokensValidFrom: Date | null;
}

export const UserEntity = tenantEntity<User>('User', 'app_user', {
  email: column.text,
  name: column.text,
  passwordHash: nullable(column.text),
  roles: column.texts,
  status: column.text,
  tokensValidFrom: nullable(column.time),
});

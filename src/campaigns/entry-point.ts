import { column, nullable, type TenantRow, tenantEntity } from '../infra/entity';
import type { Direction } from './queue';

export interface EntryPoint extends TenantRow {
  name: string;
  direction: Direction;
  queueId: string;
  callerId: string | null;
  allowedCallerIds: string[];
}

export const EntryPointEntity = tenantEntity<EntryPoint>('EntryPoint', 'entry_point', {
  name: column.text,
  direction: column.text,
  queueId: column.uuid,
  callerId: nullable(column.text),
  allowedCallerIds: column.texts,
});

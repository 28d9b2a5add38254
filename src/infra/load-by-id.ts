import { type DataSource, type EntitySchema, type FindOptionsWhere, In } from 'typeorm';
import type { TenantRow } from './entity';

/** Records of one organisation by id, in the order asked for; null for what is not there. One statement. */
export const loadByIds = async <E extends TenantRow>(
  database: DataSource,
  entity: EntitySchema<E>,
  organisationId: string,
  ids: readonly string[],
): Promise<(E | null)[]> => {
  const where = { id: In([...ids]), organisationId } as unknown as FindOptionsWhere<E>;
  const rows = await database.manager.find(entity, { where });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id) ?? null);
};

import { type EntityManager, type EntitySchema, type FindOptionsWhere, In } from 'typeorm';
import { invalid } from '../errors';
import type { TenantRow } from '../infra/entity';
import type { Caller } from './caller';

/** The record that a field names, of the caller's own organisation; refused by field and id otherwise. */
export const referred = async <E extends TenantRow>(
  manager: EntityManager,
  caller: Caller,
  entity: EntitySchema<E>,
  field: string,
  id: string,
): Promise<E> => {
  const where = { id, organisationId: caller.organisationId } as unknown as FindOptionsWhere<E>;
  const row = await manager.findOne(entity, { where });
  if (!row) throw invalid(field, `${field} ${id} does not exist`);
  return row;
};

/** Same for a list of ids, which must not repeat. */
export const referredAll = async <E extends TenantRow>(
  manager: EntityManager,
  caller: Caller,
  entity: EntitySchema<E>,
  field: string,
  ids: readonly string[],
): Promise<E[]> => {
  const where = { id: In([...ids]), organisationId: caller.organisationId } as unknown as FindOptionsWhere<E>;
  const rows = await manager.find(entity, { where });
  const byId = new Map(rows.map((row) => [row.id, row]));
  if (new Set(ids).size !== ids.length) throw invalid(field, `${field} names the same one twice`);
  return ids.map((id) => {
    const row = byId.get(id);
    if (!row) throw invalid(field, `${field} ${id} does not exist`);
    return row;
  });
};

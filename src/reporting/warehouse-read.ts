import { ClickHouseError } from '@clickhouse/client';
import { OutdialError } from '../errors';
import type { Warehouse } from '../infra/clickhouse';

export interface WarehouseQuery {
  sql: string;
  params: Record<string, unknown>;
}

/** ClickHouse's codes for "not now": too busy, no memory, starting, its schema not there yet. */
const AWAY = new Set(['60', '81', '159', '160', '202', '209', '210', '241', '242', '394', '516', '999']);

const unavailable = (cause: unknown): OutdialError =>
  new OutdialError('REPORTS_UNAVAILABLE', 'reports cannot be read at the moment; ask again shortly', undefined, {
    cause,
  });

/** Everything but a fault in our own statement is the warehouse being away: reports are refused, nothing else suffers. */
const translated = (error: unknown): unknown =>
  error instanceof ClickHouseError && !AWAY.has(error.code) ? error : unavailable(error);

export const readWarehouse = async <T>(warehouse: Warehouse, { sql, params }: WarehouseQuery): Promise<T[]> => {
  try {
    const result = await warehouse.query({ query: sql, query_params: params, format: 'JSONEachRow' });
    return await result.json<T>();
  } catch (error) {
    throw translated(error);
  }
};

/** In chunks as they come, for exports of any length. */
export async function* streamWarehouse<T>(
  warehouse: Warehouse,
  { sql, params }: WarehouseQuery,
): AsyncGenerator<T[], void, undefined> {
  try {
    const result = await warehouse.query({ query: sql, query_params: params, format: 'JSONEachRow' });
    for await (const rows of result.stream<T>()) yield rows.map((row) => row.json());
  } catch (error) {
    throw translated(error);
  }
}

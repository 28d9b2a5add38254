import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';

export type Warehouse = ClickHouseClient;

export const createWarehouse = (url: string): Warehouse =>
  createClient({
    url,
    request_timeout: 30_000,
    max_open_connections: 8,
    // Who calls it tells of its faults; the client's own log would quote rows.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { date_time_input_format: 'best_effort' },
  });

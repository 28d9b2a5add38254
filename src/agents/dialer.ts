import { column, nullable, type TenantRow, tenantEntity } from '../infra/entity';

/** A single writer over its campaigns, agents and switch connection. */
export interface Dialer extends TenantRow {
  name: string;
  /** ARI application: a take-over inherits the event stream by it. */
  application: string;
  /** Holds credentials: never returned. */
  ariUrl: string | null;
  trunk: string;
  maxLines: number;
  originatesPerSecond: number;
}

export const DialerEntity = tenantEntity<Dialer>('Dialer', 'dialer', {
  name: column.text,
  application: column.text,
  ariUrl: nullable(column.text),
  trunk: column.text,
  maxLines: column.integer,
  originatesPerSecond: column.integer,
});

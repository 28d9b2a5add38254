import { column, type TenantRow, tenantEntity } from '../infra/entity';

/** Its agents belong to one dialer, the team's. */
export interface Team extends TenantRow {
  dialerId: string;
  name: string;
}

export const TeamEntity = tenantEntity<Team>('Team', 'team', { dialerId: column.uuid, name: column.text });

import { column, nullable, type TenantRow, tenantEntity } from '../infra/entity';

export interface Agent extends TenantRow {
  teamId: string;
  /** The user who may work as this agent. */
  userId: string | null;
  name: string;
  skills: string[];
}

export const AgentEntity = tenantEntity<Agent>('Agent', 'agent', {
  teamId: column.uuid,
  userId: nullable(column.uuid),
  name: column.text,
  skills: column.texts,
});

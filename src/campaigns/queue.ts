import { column, type TenantRow, tenantEntity } from '../infra/entity';

export const DIRECTIONS = ['INBOUND', 'OUTDIAL'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export interface Queue extends TenantRow {
  name: string;
  direction: Direction;
  /** An outdial entry point refuses a queue without it. */
  outboundCampaign: boolean;
  routing: 'LONGEST_AVAILABLE_AGENT';
  maximumTimeInQueueSeconds: number;
  /** The call distribution group. */
  teamIds: string[];
}

export const QueueEntity = tenantEntity<Queue>('Queue', 'queue', {
  name: column.text,
  direction: column.text,
  outboundCampaign: column.boolean,
  routing: column.text,
  maximumTimeInQueueSeconds: column.integer,
  teamIds: column.uuids,
});

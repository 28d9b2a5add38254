import { column, type TenantRow, tenantEntity } from '../infra/entity';

export const DEVICE_KINDS = ['EXTENSION', 'NUMBER', 'WEBRTC'] as const;

/** What rings when the agent is reserved. */
export interface Device extends TenantRow {
  agentId: string;
  kind: (typeof DEVICE_KINDS)[number];
  address: string;
  label: string;
}

export const DeviceEntity = tenantEntity<Device>('Device', 'device', {
  agentId: column.uuid,
  kind: column.text,
  address: column.text,
  label: column.text,
});

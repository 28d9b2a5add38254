import { column, nullable, type TenantRow, tenantEntity } from '../../infra/entity';

/** INTERNAL holds for every campaign, NDNC (a country's registry) unless a campaign has it off, CUSTOM where it is chosen. */
export const DNC_LIST_KINDS = ['INTERNAL', 'NDNC', 'CUSTOM'] as const;
export type DncListKind = (typeof DNC_LIST_KINDS)[number];

export const DNC_ENTRY_KINDS = ['NUMBER', 'PREFIX', 'CUSTOMER_ID'] as const;
export type DncEntryKind = (typeof DNC_ENTRY_KINDS)[number];

export interface DncList extends TenantRow {
  name: string;
  kind: DncListKind;
  /** ISO 3166 alpha-2. */
  country: string;
  generation: number | null;
  importedNumbers: number;
  importedAt: Date | null;
}

export const DncListEntity = tenantEntity<DncList>('DncList', 'dnc_list', {
  name: column.text,
  kind: column.text,
  country: column.text,
  // Written by imports alone.
  generation: { type: 'bigint', nullable: true },
  importedNumbers: { type: 'bigint' },
  importedAt: nullable(column.time),
});

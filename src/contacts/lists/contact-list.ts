import { column, type TenantRow, tenantEntity } from '../../infra/entity';
import type { FieldMapping } from '../normalise/field-mapping';

export interface ContactList extends TenantRow {
  name: string;
  fieldMapping: FieldMapping;
  /** ISO 3166 alpha-2: how numbers without a country calling code are read. */
  defaultCountry: string;
  contacts: number;
  /** Since when the mapping is frozen. */
  loadedAt: Date | null;
}

export const ContactListEntity = tenantEntity<ContactList>('ContactList', 'contact_list', {
  name: column.text,
  fieldMapping: column.json,
  defaultCountry: column.text,
  contacts: { ...column.integer, default: 0 },
  loadedAt: { ...column.time, nullable: true },
});

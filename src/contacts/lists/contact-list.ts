import { column, nullable, type TenantRow, tenantEntity } from '../../infra/entity';
import type { LoadScrub } from '../dnc/scrub-load';
import type { FieldMapping } from '../normalise/field-mapping';

export interface ContactList extends TenantRow {
  name: string;
  fieldMapping: FieldMapping;
  /** ISO 3166 alpha-2: how numbers without a country calling code are read. */
  defaultCountry: string;
  /** Against which do-not-call lists its rows are checked as they come. */
  dncScrubAtLoad: LoadScrub;
  contacts: number;
  /** Since when the mapping is frozen. */
  loadedAt: Date | null;
  /** Its contacts are not dialled from then on. */
  expiresAt: Date | null;
  /** When that was acted upon. */
  expiredAt: Date | null;
  /** Its contacts are not dialled until it is resumed. */
  stoppedAt: Date | null;
}

export const ContactListEntity = tenantEntity<ContactList>('ContactList', 'contact_list', {
  name: column.text,
  fieldMapping: column.json,
  defaultCountry: column.text,
  dncScrubAtLoad: column.text,
  contacts: { ...column.integer, default: 0 },
  loadedAt: { ...column.time, nullable: true },
  expiresAt: nullable(column.time),
  expiredAt: nullable(column.time),
  stoppedAt: nullable(column.time),
});

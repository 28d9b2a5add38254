import { column, nullable, tableEntity } from '../infra/entity';

/** The tenant. While `diallingStoppedAt` is set no attempt of it is claimed or placed. */
export interface Organisation {
  id: string;
  name: string;
  defaultCountry: string;
  diallingStoppedAt: Date | null;
  diallingStoppedBy: string | null;
  diallingStopReason: string | null;
  createdAt: Date;
  version: number;
}

export const OrganisationEntity = tableEntity<Organisation>('Organisation', 'organisation', {
  id: column.uuid,
  name: column.text,
  defaultCountry: column.text,
  diallingStoppedAt: nullable(column.time),
  diallingStoppedBy: nullable(column.text),
  diallingStopReason: nullable(column.text),
  createdAt: column.time,
  version: column.integer,
});

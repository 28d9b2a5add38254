import { column, nullable, type TenantRow, tenantEntity } from '../infra/entity';
import type { CpaSettings } from './cpa';
import type { Pacing, PacingMode } from './parameters';
import type { GroupSchedule } from './schedule-input';

export interface CampaignGroup extends TenantRow {
  name: string;
  dialerId: string;
  entryPointId: string;
  teamIds: string[];
  pacingMode: PacingMode;
  /** Only parameters of the mode, by their names in the API. */
  pacing: Pacing;
  abandonRatePercent: number;
  callerId: string | null;
  noAnswerRingLimitSeconds: number;
  cpa: CpaSettings;
  /** Null: always. */
  schedule: GroupSchedule | null;
  numberLengthMin: number;
  numberLengthMax: number;
  wrapUpLimitSeconds: number;
}

export const CampaignGroupEntity = tenantEntity<CampaignGroup>('CampaignGroup', 'campaign_group', {
  name: column.text,
  dialerId: column.uuid,
  entryPointId: column.uuid,
  teamIds: column.uuids,
  pacingMode: column.text,
  pacing: column.json,
  abandonRatePercent: column.numeric,
  callerId: nullable(column.text),
  noAnswerRingLimitSeconds: column.integer,
  cpa: column.json,
  schedule: nullable(column.json),
  numberLengthMin: column.integer,
  numberLengthMax: column.integer,
  wrapUpLimitSeconds: column.integer,
});

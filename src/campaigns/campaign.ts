import type { MessageElement } from '../compliance/law/law';
import type { ContactFilter } from '../contacts/selection/contact-filter';
import type { ContactSort } from '../contacts/selection/contact-sort';
import { column, nullable, type TenantRow, tenantEntity } from '../infra/entity';

export const CAMPAIGN_STATES = ['DRAFT', 'SCHEDULED', 'RUNNING', 'PAUSED', 'PENDING', 'COMPLETED', 'STOPPED'] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];

/** Its dialer holds it: a change must be told to the dialer. */
export const isActive = (state: CampaignState): boolean => state === 'RUNNING' || state === 'PENDING';

export interface Campaign extends TenantRow {
  groupId: string;
  name: string;
  category: string;
  /** Empty: a matter of its own. */
  subject: string;
  timeZone: string;
  state: CampaignState;
  stateReason: string | null;
  stateSince: Date;
  rank: number;
  maxAttempts: number;
  callingHoursStartMinute: number;
  callingHoursEndMinute: number;
  ivrMessage: string | null;
  ivrMessageLimitSeconds: number;
  /** What the message to an abandoned person holds, as its manager says. */
  abandonedMessageElements: MessageElement[];
  startedAt: Date | null;
  /** Which of its contacts it dials; null: all. */
  contactFilter: ContactFilter | null;
  /** The filter as PostgreSQL asks it. */
  contactFilterPath: string | null;
  /** In which order; none: as they came. */
  contactSort: ContactSort;
  /** Rises with every change of filter or sort. */
  selectionVersion: number;
  /** Null: the primary set. */
  telephonyOutcomeSetId: string | null;
  /** Null: codes are free text and decide nothing. */
  wrapUpCodeSetId: string | null;
  /** Null: the numbers in the order of the list. */
  contactStrategyId: string | null;
  callbackLimitPerAgent: number;
}

export const CampaignEntity = tenantEntity<Campaign>('Campaign', 'campaign', {
  groupId: column.uuid,
  name: column.text,
  category: column.text,
  subject: column.text,
  timeZone: column.text,
  state: column.text,
  stateReason: nullable(column.text),
  stateSince: column.time,
  rank: column.integer,
  maxAttempts: column.integer,
  callingHoursStartMinute: column.integer,
  callingHoursEndMinute: column.integer,
  ivrMessage: nullable(column.text),
  ivrMessageLimitSeconds: column.integer,
  abandonedMessageElements: column.texts,
  startedAt: nullable(column.time),
  contactFilter: nullable(column.json),
  contactFilterPath: nullable(column.jsonPath),
  contactSort: column.json,
  selectionVersion: column.integer,
  telephonyOutcomeSetId: nullable(column.uuid),
  wrapUpCodeSetId: nullable(column.uuid),
  contactStrategyId: nullable(column.uuid),
  callbackLimitPerAgent: column.integer,
});

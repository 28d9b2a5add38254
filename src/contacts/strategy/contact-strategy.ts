import type { Weekly } from '../../compliance/shifts';
import { column, type TenantRow, tenantEntity } from '../../infra/entity';

export const WINDOW_RULES = ['PER_NUMBER', 'ALL_NUMBERS'] as const;
export type WindowRule = (typeof WINDOW_RULES)[number];

export interface ModePlan {
  mode: string;
  /** Counted attempts on this mode, over the life of the contact in the campaign. */
  attempts: number;
  /** At least so long between two attempts on this mode. */
  gapMinutes: number;
  /** In the zone of the person; null: at any time. */
  weekly: Weekly | null;
}

/** At most so many attempts of the campaign in a rolling time. */
export interface RollingLimit {
  scope: 'NUMBER' | 'PERSON';
  max: number;
  hours: number;
}

/** Which numbers of a contact are tried, in what order, how often and when. */
export interface StrategySettings {
  modes: ModePlan[];
  sequentialDialling: boolean;
  windowRule: WindowRule;
  /** Per person and day of their zone; null: no limit of the strategy's. */
  maxAttemptsPerDay: number | null;
  limits: RollingLimit[];
}

export interface ContactStrategy extends TenantRow {
  name: string;
  description: string;
  settings: StrategySettings;
}

export const ContactStrategyEntity = tenantEntity<ContactStrategy>('ContactStrategy', 'contact_strategy', {
  name: column.text,
  description: column.text,
  settings: column.json,
});

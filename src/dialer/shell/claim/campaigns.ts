import type { Cap } from '../../../compliance/law/law';
import { type Schedule, scheduleSchema } from '../../../compliance/schedule';
import { compileRules, type SuppressionRules } from '../../../compliance/suppression/evaluate';
import type { SuppressionRule } from '../../../compliance/suppression/rule-input';
import { capsOf } from '../../../contacts/strategy/caps';
import type { StrategySettings } from '../../../contacts/strategy/contact-strategy';
import { Plan } from '../../../contacts/strategy/plan';
import type { Sql } from '../../../infra/postgres';
import { type Locking, lockable } from './locking';

const READ = lockable(
  'campaigns',
  (hold) => `SELECT c.id, c.state, c.subject, c.max_attempts AS "maxAttempts",
  c.calling_hours_start_minute AS "startMinute", c.calling_hours_end_minute AS "endMinute", s.settings AS strategy, c.ndnc,
  c.dnc_list_ids AS "dncListIds",
  CASE WHEN r.id IS NOT NULL THEN jsonb_build_object('name', r.name, 'version', r.version, 'rules', r.rules) END AS suppression,
  g.schedule, g.cpa, g.caller_id AS "groupCallerId",
  e.caller_id AS "entryCallerId", e.allowed_caller_ids AS "allowedCallerIds"
FROM campaign c
JOIN campaign_group g ON g.id = c.group_id
JOIN entry_point e ON e.id = g.entry_point_id
LEFT JOIN contact_strategy s ON s.id = c.contact_strategy_id
LEFT JOIN suppression_rule_set r ON r.id = c.suppression_rule_set_id
WHERE c.organisation_id = $1 AND c.id = ANY($2::uuid[])
ORDER BY c.id ${hold('FOR SHARE OF c')}`,
);

/** A campaign of a batch, read once however many of its contacts are in it. */
export interface CampaignFacts {
  id: string;
  state: string;
  /** What its calls are about; campaigns of one subject count together. */
  subject: string;
  maxAttempts: number;
  startMinute: number;
  endMinute: number;
  schedule: Schedule | null;
  /** Its own caps, beside those of the law. */
  caps: readonly Cap[];
  /** Null: numbers in the order of the list. */
  plan: Plan | null;
  ndnc: boolean;
  dncListIds: string[];
  suppression: { name: string; version: number; rules: SuppressionRules } | null;
  cpa: Record<string, unknown>;
  groupCallerId: string | null;
  entryCallerId: string | null;
  allowedCallerIds: string[];
}

const scheduleOf = (stored: unknown): Schedule | null => {
  if (stored === null) return null;
  const parsed = scheduleSchema.safeParse(stored);
  // A schedule that cannot be read opens never: dialling at an hour nobody chose would be worse than not dialling.
  return parsed.success ? parsed.data : { timeZone: 'UTC', weekly: {} };
};

type Row = Omit<CampaignFacts, 'plan' | 'caps' | 'suppression'> & {
  strategy: StrategySettings | null;
  suppression: { name: string; version: number; rules: SuppressionRule[] } | null;
};

export const readCampaigns = async (
  sql: Sql,
  organisationId: string,
  campaignIds: readonly string[],
  locking: Locking,
): Promise<Map<string, CampaignFacts>> => {
  const { rows } = await sql.query<Row>({ ...READ(locking), values: [organisationId, campaignIds] });
  return new Map(
    rows.map(({ strategy, ...row }) => [
      row.id,
      {
        ...row,
        subject: row.subject || row.id,
        schedule: scheduleOf(row.schedule),
        plan: strategy && new Plan(strategy),
        caps: strategy ? capsOf(strategy) : [],
        suppression: row.suppression && { ...row.suppression, rules: compileRules(row.suppression.rules) },
      },
    ]),
  );
};

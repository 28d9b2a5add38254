import type { Pool, PoolClient } from 'pg';
import type { TelephonyOutcome } from '../../dialer/kernel/messages';
import { transaction } from '../../infra/postgres';
import { type CallbackStep, callbackStep } from '../callbacks/callback-step';
import type { StrategySettings } from '../strategy/contact-strategy';
import { Plan, type TriedModes } from '../strategy/plan';
import { dialOutcomeOf } from './dial-outcome';
import { type CloseReason, type ContactNumber, type NextStep, nextStep } from './next-step';
import { type OutcomeRules, rulesOver } from './outcome-set';
import { type Policy, ruleFor } from './rule-for';
import type { WrapUpCode } from './wrap-up-code-set';

/** Rows locked at once: few enough that a dialer never waits long for one. */
const BATCH = 1_000;

// Once for a campaign and not once for a row: a set is larger than a contact.
const POLICY = `/* retry.policy */
SELECT o.rules, w.codes, s.settings FROM campaign c
LEFT JOIN telephony_outcome_set o ON o.id = c.telephony_outcome_set_id
LEFT JOIN wrap_up_code_set w ON w.id = c.wrap_up_code_set_id
LEFT JOIN contact_strategy s ON s.id = c.contact_strategy_id
WHERE c.id = $1 AND c.organisation_id = $2`;

/**
 * Contacts whose attempt has ended. One that spoke with an agent waits for the wrap-up or its limit; a port has none. Locked in the order
 * that every writer keeps; what another worker or a dialer holds is left for the next sweep.
 */
const TAKE = `/* retry.take */
SELECT cc.campaign_id, cc.contact_id, cc.version, cc.attempts, cc.uncounted, cc.number_index, cc.last_outcome, cc.tried, cc.last_attempt_id,
       a.connected_at IS NOT NULL AS reached, k.id AS callback_id, k.from_at, k.until_at, k.attempt_id AS promised_in,
       cc.close_after, a.q850, a.sip, a.wrap_up_code, coalesce(a.ended_at, a.claimed_at) AS ended_at, c.max_attempts, g.dialer_id, p.numbers
FROM campaign_contact cc
JOIN call_attempt a ON a.id = cc.last_attempt_id
JOIN campaign c ON c.id = cc.campaign_id
JOIN campaign_group g ON g.id = c.group_id
JOIN contact p ON p.id = cc.contact_id
LEFT JOIN callback k ON k.id = cc.callback_id AND k.state = 'SCHEDULED'
WHERE cc.state = 'AWAITING_RETRY' AND cc.campaign_id = $1 AND cc.organisation_id = $2 AND cc.last_outcome IS NOT NULL
  AND (a.connected_at IS NULL OR a.ivr_port IS NOT NULL OR a.wrapped_up_at IS NOT NULL
       OR coalesce(a.ended_at, a.claimed_at) + make_interval(secs => g.wrap_up_limit_seconds) <= $3)
ORDER BY cc.campaign_id, cc.contact_id
LIMIT ${BATCH}
FOR UPDATE OF cc SKIP LOCKED`;

const APPLY = `/* retry.apply */
UPDATE campaign_contact cc
SET state = n.state, attempts = n.attempts, uncounted = n.uncounted, due_at = coalesce(n.due_at, cc.due_at),
    number_index = coalesce(n.number_index, cc.number_index), zone = coalesce(n.zone, cc.zone),
    law = coalesce(n.law, cc.law), queued = false, tried = n.tried, close_reason = n.close_reason, close_after = NULL,
    callback_id = n.callback_id, callback_until = n.callback_until,
    callback_agent_id = CASE WHEN n.callback_id IS NOT NULL THEN cc.callback_agent_id END,
    callback_anyone_at = CASE WHEN n.callback_id IS NOT NULL THEN cc.callback_anyone_at END,
    priority = CASE WHEN n.callback_id IS NOT NULL THEN 0 WHEN cc.priority > 0 THEN cc.priority ELSE coalesce((
      SELECT l.priority FROM campaign_list l WHERE l.campaign_id = cc.campaign_id AND l.list_id = cc.list_id), 100) END,
    version = cc.version + 1
FROM unnest($2::bigint[], $3::int[], $4::text[], $5::int[], $6::int[], $7::timestamptz[], $8::int[], $9::text[],
            $10::text[], $11::text[], $12::jsonb[], $13::uuid[], $14::timestamptz[])
  AS n (contact_id, version, state, attempts, uncounted, due_at, number_index, zone, law, close_reason, tried,
        callback_id, callback_until)
WHERE cc.campaign_id = $1 AND cc.contact_id = n.contact_id AND cc.version = n.version AND cc.state = 'AWAITING_RETRY'`;

const CALLBACKS = `/* retry.callbacks */
UPDATE callback k SET state = n.state, end_reason = n.reason, ended_at = $4
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n (id, state, reason) WHERE k.id = n.id AND k.state = 'SCHEDULED'`;

interface Row {
  contact_id: number;
  version: number;
  attempts: number;
  uncounted: number;
  number_index: number;
  last_outcome: TelephonyOutcome;
  close_after: CloseReason | null;
  q850: number | null;
  sip: number | null;
  wrap_up_code: string | null;
  ended_at: Date;
  max_attempts: number;
  dialer_id: string;
  numbers: ContactNumber[];
  tried: TriedModes | null;
  last_attempt_id: string;
  reached: boolean;
  callback_id: string | null;
  from_at: Date;
  until_at: Date;
  promised_in: string | null;
}

export interface RetriesApplied {
  ready: number;
  closed: number;
  /** The dialer that may now have something to dial or to complete. */
  dialerId?: string;
}

interface CampaignPolicy extends Policy {
  plan: Plan | null;
}

const stepOf = (policy: CampaignPolicy, row: Row): NextStep => {
  const { attempts, uncounted, close_after: closing, q850, sip } = row;
  if (closing !== null) return { state: 'CLOSED', attempts: attempts + 1, uncounted: 0, reason: closing };
  return nextStep({
    ...ruleFor(policy, dialOutcomeOf({ outcome: row.last_outcome, q850, sip }), row.wrap_up_code),
    attempts,
    uncounted,
    maxAttempts: row.max_attempts,
    numberIndex: row.number_index,
    numbers: row.numbers,
    endedAt: row.ended_at,
    plan: policy.plan,
    tried: row.tried ?? {},
  });
};

/** With what a promise to the person makes of it. */
const promisedStep = (policy: CampaignPolicy, row: Row): CallbackStep =>
  callbackStep({
    step: stepOf(policy, row),
    callback:
      row.callback_id === null
        ? null
        : { id: row.callback_id, from: row.from_at, until: row.until_at, attemptId: row.promised_in },
    endedAttemptId: row.last_attempt_id,
    reached: row.reached,
    maxAttempts: row.max_attempts,
    numberIndex: row.number_index,
    tried: row.tried ?? {},
  });

const endCallbacks = async (sql: PoolClient, rows: Row[], promised: CallbackStep[], at: Date): Promise<void> => {
  const ended = promised.flatMap(({ ended: end }, index) => (end ? [{ ...end, id: rows[index]?.callback_id }] : []));
  if (ended.length === 0) return;
  const values = [ended.map(({ id }) => id), ended.map(({ state }) => state), ended.map(({ reason }) => reason), at];
  await sql.query({ name: 'retry.callbacks', text: CALLBACKS, values });
};

const readPolicy = async (
  sql: PoolClient,
  campaign: { organisationId: string; campaignId: string },
): Promise<CampaignPolicy> => {
  const { rows } = await sql.query<{
    rules: Partial<OutcomeRules> | null;
    codes: WrapUpCode[] | null;
    settings: StrategySettings | null;
  }>({
    name: 'retry.policy',
    text: POLICY,
    values: [campaign.campaignId, campaign.organisationId],
  });
  const { rules, codes = null, settings = null } = rows[0] ?? {};
  return { outcomes: rulesOver(rules), codes, plan: settings && new Plan(settings) };
};

const apply = async (sql: PoolClient, campaignId: string, rows: Row[], promised: CallbackStep[]): Promise<void> => {
  const steps = promised.map(({ step }) => step);
  const ready = steps.map((step) => (step.state === 'READY' ? step : undefined));
  const next = ready.map((step, index) => (step ? rows[index]?.numbers[step.numberIndex] : undefined));
  await sql.query({
    name: 'retry.apply',
    text: APPLY,
    values: [
      campaignId,
      rows.map((row) => row.contact_id),
      rows.map((row) => row.version),
      steps.map((step) => step.state),
      steps.map((step) => step.attempts),
      steps.map((step) => step.uncounted),
      ready.map((step) => step?.dueAt ?? null),
      ready.map((step) => step?.numberIndex ?? null),
      next.map((number) => number?.zone ?? null),
      next.map((number) => (number ? (number.law ?? '') : null)),
      steps.map((step) => (step.state === 'CLOSED' ? step.reason : null)),
      steps.map((step, index) => JSON.stringify(step.state === 'READY' ? step.tried : (rows[index]?.tried ?? null))),
      promised.map(({ kept }) => kept?.id ?? null),
      promised.map(({ kept }) => kept?.until ?? null),
    ],
  });
};

/** Four statements for each thousand contacts, whatever their outcomes. */
export const applyRetries = async (
  pool: Pool,
  campaign: { organisationId: string; campaignId: string },
  now: () => Date,
  signal?: AbortSignal,
): Promise<RetriesApplied> => {
  const total: RetriesApplied = { ready: 0, closed: 0 };
  for (let full = true; full && !signal?.aborted; ) {
    full = await transaction(pool, async (sql) => {
      const values = [campaign.campaignId, campaign.organisationId, now()];
      const { rows } = await sql.query<Row>({ name: 'retry.take', text: TAKE, values });
      const first = rows[0];
      if (!first) return false;
      const policy = await readPolicy(sql, campaign);
      const promised = rows.map((row) => promisedStep(policy, row));
      await apply(sql, campaign.campaignId, rows, promised);
      await endCallbacks(sql, rows, promised, now());
      const closed = promised.filter(({ step }) => step.state === 'CLOSED').length;
      total.closed += closed;
      total.ready += rows.length - closed;
      total.dialerId = first.dialer_id;
      return rows.length === BATCH;
    });
  }
  return total;
};

const AWAITING = `/* retry.awaiting */
SELECT c.organisation_id, c.id AS campaign_id FROM campaign c
WHERE EXISTS (SELECT 1 FROM campaign_contact cc WHERE cc.campaign_id = c.id AND cc.state = 'AWAITING_RETRY')`;

/** Campaigns with a contact that awaits its next step, for the sweep. */
export const campaignsAwaitingRetry = async (pool: Pool): Promise<{ organisationId: string; campaignId: string }[]> => {
  const { rows } = await pool.query<{ organisation_id: string; campaign_id: string }>({
    name: 'retry.awaiting',
    text: AWAITING,
  });
  return rows.map((row) => ({ organisationId: row.organisation_id, campaignId: row.campaign_id }));
};

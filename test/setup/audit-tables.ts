import type { Pool } from 'pg';
import type { Fault } from './audit-read';

/** What must hold between the tables once all is at rest. Each statement answers the rows that break its rule. */
const RULES: Record<string, string> = {
  CONTACT_IN_FLIGHT_WITHOUT_ATTEMPT: `SELECT cc.contact_id AS subject, cc.last_attempt_id::text AS detail
    FROM campaign_contact cc LEFT JOIN call_attempt a ON a.id = cc.last_attempt_id AND a.outcome IS NULL
    WHERE cc.organisation_id = $1 AND cc.state = 'IN_FLIGHT' AND a.id IS NULL`,

  ATTEMPT_WITHOUT_CONTACT_IN_FLIGHT: `SELECT a.id AS subject, cc.state AS detail
    FROM call_attempt a LEFT JOIN campaign_contact cc ON cc.campaign_id = a.campaign_id AND cc.contact_id = a.contact_id
    WHERE a.organisation_id = $1 AND a.outcome IS NULL
      AND (cc.state IS DISTINCT FROM 'IN_FLIGHT' OR cc.last_attempt_id IS DISTINCT FROM a.id)`,

  CONTACT_KNOWS_ANOTHER_LAST_ATTEMPT: `SELECT l.contact_id AS subject, l.id || ' but ' || cc.last_attempt_id AS detail
    FROM (SELECT DISTINCT ON (campaign_id, contact_id) id, campaign_id, contact_id FROM call_attempt
      WHERE organisation_id = $1 ORDER BY campaign_id, contact_id, claimed_at DESC, id DESC) l
    JOIN campaign_contact cc ON cc.campaign_id = l.campaign_id AND cc.contact_id = l.contact_id
    WHERE cc.last_attempt_id IS DISTINCT FROM l.id`,

  CONTACT_WITH_ANOTHER_OUTCOME: `SELECT cc.contact_id AS subject, a.outcome || ' but ' || coalesce(cc.last_outcome, '-') AS detail
    FROM campaign_contact cc JOIN call_attempt a ON a.id = cc.last_attempt_id
    WHERE cc.organisation_id = $1 AND a.outcome IS NOT NULL AND cc.last_outcome IS DISTINCT FROM a.outcome`,

  MORE_ATTEMPTS_THAN_MADE: `SELECT cc.contact_id AS subject, cc.attempts || ' of ' || count(a.id) AS detail
    FROM campaign_contact cc LEFT JOIN call_attempt a ON a.campaign_id = cc.campaign_id AND a.contact_id = cc.contact_id
    WHERE cc.organisation_id = $1 GROUP BY cc.campaign_id, cc.contact_id HAVING cc.attempts > count(a.id)`,

  LEDGER_DIFFERS: `SELECT coalesce(l.campaign_id, a.campaign_id) AS subject, l::text || ' but ' || a::text AS detail
    FROM (SELECT campaign_id, sum(live_answers) AS live, sum(overdial) AS overdial, sum(agent_lost) AS agent_lost,
        sum(amd_false) AS amd_false, sum(fault) AS fault
      FROM abandon_ledger WHERE organisation_id = $1 GROUP BY campaign_id) l
    FULL JOIN (SELECT campaign_id, count(*) FILTER (WHERE live_answer) AS live,
        count(*) FILTER (WHERE abandon_cause = 'OVERDIAL') AS overdial,
        count(*) FILTER (WHERE abandon_cause = 'AGENT_LOST') AS agent_lost,
        count(*) FILTER (WHERE abandon_cause = 'AMD_FALSE') AS amd_false,
        count(*) FILTER (WHERE abandon_cause = 'FAULT') AS fault
      FROM call_attempt WHERE organisation_id = $1 AND (live_answer OR abandon_cause IS NOT NULL) GROUP BY campaign_id) a
    ON a.campaign_id = l.campaign_id
    WHERE (l.live, l.overdial, l.agent_lost, l.amd_false, l.fault)
      IS DISTINCT FROM (a.live, a.overdial, a.agent_lost, a.amd_false, a.fault)`,

  FACT_REFUSED: `SELECT id AS subject, error AS detail FROM outbox_refused WHERE organisation_id = $1`,

  AGENT_WITH_TWO_SESSIONS: `SELECT agent_id AS subject, count(*)::text AS detail FROM agent_session
    WHERE organisation_id = $1 AND closed_at IS NULL GROUP BY agent_id HAVING count(*) > 1`,
};

export const tableFaults = async (pool: Pool, organisationId: string): Promise<Fault[]> => {
  const faults: Fault[] = [];
  for (const [kind, rule] of Object.entries(RULES)) {
    const { rows } = await pool.query<{ subject: unknown; detail: string | null }>(rule, [organisationId]);
    faults.push(...rows.map((row) => ({ kind, subject: String(row.subject), detail: row.detail ?? '' })));
  }
  return faults;
};

import type { QueryConfig } from 'pg';
import type { WindowInForce } from '../compliance/abandon/windows-in-force';
import type { AbandonCause } from '../compliance/law/law';

export const EVIDENCE_UNITS = ['MINUTE', 'HOUR', 'DAY'] as const;
export type EvidenceUnit = (typeof EVIDENCE_UNITS)[number];

export interface EvidenceCounts {
  /** Of the interval. */
  liveAnswers: number;
  served: number;
  overdial: number;
  agentLost: number;
  amdFalse: number;
  fault: number;
  /** Abandons by the causes that count in the window. */
  abandons: number;
  /** Of the window that ends with the interval's last minute that has anything in it. */
  windowAnswers: number;
  windowAbandons: number;
  /** Of the windows that end with a minute of the interval in which somebody was abandoned; null without such. */
  highestRatePercent: number | null;
}

const COLUMN: Record<AbandonCause, string> = {
  OVERDIAL: 'overdial',
  AGENT_LOST: 'agent_lost',
  AMD_FALSE: 'amd_false',
  FAULT: 'fault',
};
const ALL = Object.values(COLUMN).join(' + ');

const SOURCE = {
  CAMPAIGN: `SELECT minute, live_answers, served, overdial, agent_lost, amd_false, fault
  FROM abandon_ledger WHERE organisation_id = $1 AND campaign_id = $2`,
  // Over all dialers and all campaigns under the rule.
  ORGANISATION: `SELECT minute, sum(live_answers) AS live_answers, sum(served) AS served, sum(overdial) AS overdial,
    sum(agent_lost) AS agent_lost, sum(amd_false) AS amd_false, sum(fault) AS fault
  FROM guard_scope_minute WHERE organisation_id = $1 AND rule = $2 GROUP BY minute`,
};

export interface EvidenceQuery {
  organisationId: string;
  filter: { campaignId: string; from: Date; to: Date; unit: EvidenceUnit; timeZone: string };
  window: WindowInForce;
  /** Intervals after the one that begins then. */
  after: Date | null;
  limit: number;
}

/**
 * The minutes of the ledger with the sums of the window that ends with each, by interval. A rolling window is the time up to
 * the end of the minute; a calendar's the month of its zone up to then.
 */
export const evidenceQuery = ({ organisationId, filter, window, after, limit }: EvidenceQuery): QueryConfig => {
  const counted = window.numerator === 'ALL' ? ALL : window.numerator.map((cause) => COLUMN[cause]).join(' + ');
  const answers = window.denominator === 'LIVE_ANSWERS' ? 'live_answers' : `served + ${ALL}`;
  const rolling = 'rollingMs' in window.window ? window.window.rollingMs : null;
  const frame =
    rolling === null
      ? `PARTITION BY date_trunc('month', minute, $7) ORDER BY minute`
      : `ORDER BY minute RANGE BETWEEN make_interval(secs => $7::float8) PRECEDING AND CURRENT ROW`;
  const text = `/* evidence.${window.scope.toLowerCase()} */
WITH ledger AS (${SOURCE[window.scope]}),
minutes AS (
  SELECT *, ${counted} AS abandons, ${answers} AS answers FROM ledger
  WHERE minute >= $3::timestamptz - make_interval(secs => $8) AND minute < $4
), sums AS (
  SELECT *, date_trunc($5, minute, $6) AS start, sum(answers) OVER w AS window_answers, sum(abandons) OVER w AS window_abandons
  FROM minutes WINDOW w AS (${frame})
)
SELECT start AS "intervalStart", sum(live_answers)::float8 AS "liveAnswers", sum(served)::float8 AS served,
  sum(overdial)::float8 AS overdial, sum(agent_lost)::float8 AS "agentLost", sum(amd_false)::float8 AS "amdFalse",
  sum(fault)::float8 AS fault, sum(abandons)::float8 AS abandons,
  (array_agg(window_answers ORDER BY minute DESC))[1]::float8 AS "windowAnswers",
  (array_agg(window_abandons ORDER BY minute DESC))[1]::float8 AS "windowAbandons",
  max(100.0 * window_abandons / nullif(window_answers, 0)) FILTER (WHERE abandons > 0)::float8 AS "highestRatePercent"
FROM sums WHERE minute >= $3 AND ($9::timestamptz IS NULL OR start > $9)
GROUP BY start ORDER BY start LIMIT $10`;
  const span = 'rollingMs' in window.window ? window.window.rollingMs : MONTH_MS;
  return {
    text,
    values: [
      organisationId,
      window.scope === 'CAMPAIGN' ? filter.campaignId : window.key,
      filter.from,
      filter.to,
      filter.unit.toLowerCase(),
      filter.timeZone,
      // A minute that began a whole window ago ended inside it no more.
      'rollingMs' in window.window ? (window.window.rollingMs - 1) / 1_000 : window.window.timeZone,
      span / 1_000,
      after,
      limit,
    ],
  };
};

const MONTH_MS = 32 * 86_400_000;

import type { Sql } from '../../infra/postgres';
import { writeDecisionFacts } from '../../reporting/decision-facts';
import type { PacingDecisionItem } from './write-items';

/** One statement for the batch; a batch that is written twice is the same rows again, of which the warehouse keeps one. */
export const writeDecisions = (
  sql: Sql,
  organisationId: string,
  dialerId: string,
  items: readonly PacingDecisionItem[],
  at: Date,
): Promise<void> =>
  writeDecisionFacts(
    sql,
    organisationId,
    items.map(({ id, campaignId, decision, wall }) => ({
      organisation_id: organisationId,
      campaign_id: campaignId,
      dialer_id: dialerId,
      decision_id: id,
      at: new Date(wall).toISOString(),
      reason: decision.reason,
      agents: decision.agents,
      idle: decision.idle,
      lines: decision.lines,
      expected_freed: decision.expectedFreed,
      expected_answers: decision.expectedAnswers,
      risk: decision.risk,
      threshold: decision.threshold,
      theta: decision.theta,
      tokens: decision.tokens,
      allowed: decision.allowed,
      answer_rate: decision.answerRate,
      live_rate: decision.liveRate,
      pledged: decision.pledged,
      uncovered: decision.uncovered,
      risk_per_line: decision.riskPerLine,
    })),
    at,
  );

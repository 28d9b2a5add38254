import type { Sql } from '../infra/postgres';

/** The payload of an outbox row of kind `pacing_decision`: exactly the columns of the warehouse's table. */
export interface PacingDecisionFact {
  organisation_id: string;
  campaign_id: string;
  dialer_id: string;
  decision_id: string;
  at: string;
  reason: string;
  agents: number;
  idle: number;
  lines: number;
  expected_freed: number;
  expected_answers: number;
  risk: number;
  threshold: number;
  theta: number;
  tokens: number;
  allowed: number;
  answer_rate: number;
  live_rate: number;
  pledged: number;
  uncovered: number;
  risk_per_line: number;
}

const INSERT = `/* outbox.decisions */
INSERT INTO outbox (organisation_id, kind, payload, at)
SELECT $1, 'pacing_decision', payload, $3 FROM unnest($2::jsonb[]) AS given(payload)`;

export const writeDecisionFacts = async (
  sql: Sql,
  organisationId: string,
  facts: readonly PacingDecisionFact[],
  at: Date,
): Promise<void> => {
  if (facts.length === 0) return;
  const payloads = facts.map((fact) => JSON.stringify(fact));
  await sql.query({ name: 'outbox.decisions', text: INSERT, values: [organisationId, payloads, at] });
};

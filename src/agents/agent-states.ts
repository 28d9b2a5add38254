import type { Sql } from '../infra/postgres';

export const AGENT_STATES = ['LOGGED_OUT', 'IDLE', 'AVAILABLE', 'RESERVED', 'CONNECTED', 'WRAP_UP'] as const;
export type AgentStateName = (typeof AGENT_STATES)[number];

export interface AgentStanding {
  agentId: string;
  state: AgentStateName;
  reason: string | null;
  since: Date | null;
}

const READ = `/* agents.states */
SELECT agent_id AS "agentId", state, reason, since FROM agent_state
WHERE organisation_id = $1 AND agent_id = ANY($2::uuid[])`;

/** Where agents stand now, in the order asked for; one that never logged in is LOGGED_OUT. */
export const agentStandings = async (
  sql: Sql,
  organisationId: string,
  agentIds: readonly string[],
): Promise<AgentStanding[]> => {
  const { rows } = await sql.query<AgentStanding>(READ, [organisationId, agentIds]);
  const byAgent = new Map(rows.map((row) => [row.agentId, row]));
  return agentIds.map((agentId) => byAgent.get(agentId) ?? { agentId, state: 'LOGGED_OUT', reason: null, since: null });
};

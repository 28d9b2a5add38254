import { invalid, notFound, OutdialError } from '../../errors';
import type { Sql } from '../../infra/postgres';
import type { CallbackIfAway, CallbackKind } from './callback';
import type { ScheduleCallback } from './callback-input';

const READ = `/* callback.agent */
SELECT a.name, c.name AS campaign, g.pacing_mode LIKE '%\\_IVR' AS ivr, a.team_id = ANY(g.team_ids) AS serves
FROM campaign c JOIN campaign_group g ON g.id = c.group_id
LEFT JOIN agent a ON a.id = $3 AND a.organisation_id = c.organisation_id
WHERE c.id = $1 AND c.organisation_id = $2`;

interface Row {
  name: string | null;
  campaign: string;
  ivr: boolean;
  serves: boolean | null;
}

export interface Owner {
  kind: CallbackKind;
  /** Of a personal one. */
  ifAway: CallbackIfAway | null;
  /** Who makes it, or of one that anyone makes who has promised it. */
  agentId: string | null;
}

export interface PromisedBy {
  organisationId: string;
  campaignId: string;
  /** The agent of the call in which it is promised. */
  agentId: string | null;
  /** May promise in the name of others. */
  manages: boolean;
}

/** Whose a callback is to be; refused when that agent could never make it. */
export const ownerOf = async (sql: Sql, given: ScheduleCallback, by: PromisedBy): Promise<Owner> => {
  const { kind, ifAway } = given;
  if (kind === 'ANYONE') {
    const foreign = (given.agentId && 'agentId') || (ifAway && 'ifAway');
    if (foreign) throw invalid(foreign, `${foreign} belongs to kind PERSONAL: leave it out with kind ANYONE`);
    return { kind, ifAway: null, agentId: by.agentId };
  }
  const agentId = given.agentId ?? by.agentId;
  if (!agentId) throw invalid('agentId', 'agentId must be given: no agent has had the call');
  if (!by.manages && agentId !== by.agentId) {
    throw invalid('agentId', `agentId ${agentId} is not yours: an agent promises calls of its own; leave it out`);
  }
  const { rows } = await sql.query<Row>(READ, [by.campaignId, by.organisationId, agentId]);
  const [row] = rows;
  if (!row) throw notFound('campaign', by.campaignId);
  if (row.ivr) throw invalid('kind', `kind PERSONAL is not possible: campaign "${row.campaign}" has ports, not agents`);
  if (row.name === null) throw new OutdialError('NOT_FOUND', `agent ${agentId} does not exist`, 'agentId');
  if (!row.serves) {
    const message = `agent "${row.name}" is in none of the teams of campaign "${row.campaign}"`;
    throw new OutdialError('INVALID_STATE', message, 'agentId');
  }
  return { kind, ifAway: ifAway ?? 'ANYONE', agentId };
};

import type { Pool } from 'pg';
import type { CommandClient } from '../dialer/command-client';
import { COMMAND_BODIES, type CommandBody, type CommandKind } from '../dialer/command-kinds';
import { invalid, notFound, OutdialError } from '../errors';
import type { Clock } from '../infra/clock';
import { newId } from '../infra/ids';
import { parse } from '../infra/validate';
import { audit } from '../organisations/audit';
import { type Caller, hasRole } from '../organisations/caller';
import { isId } from '../organisations/records';
import { type DesktopView, readDesktop } from './desktop-view';

export type AgentOrder = Extract<CommandKind, `AGENT_${string}`>;

export interface AgentActions {
  /** For the caller's own agent, or another's where the role allows; answers with the desktop as it is then. */
  act<K extends AgentOrder>(
    caller: Caller,
    kind: K,
    agentId: string | undefined,
    body: CommandBody<K>,
    idempotencyKey?: string,
  ): Promise<DesktopView>;
  /** As it is now: an AGENT sees its own, a SUPERVISOR any. */
  view(caller: Caller, agentId: string | undefined): Promise<DesktopView>;
}

export interface AgentActionDeps {
  hot: Pool;
  clock: Clock;
  commands: CommandClient;
}

/** What supervisors may do for an agent: take it out of work. Never answer, disposition or log in for it. */
const FOR_OTHERS: ReadonlySet<AgentOrder> = new Set(['AGENT_IDLE', 'AGENT_LOGOUT']);

// The session's dialer, as long as there is one: the team may not be moved meanwhile.
const FIND = `/* agent.action */
SELECT COALESCE(s.dialer_id, t.dialer_id) AS "dialerId",
  $3::uuid IS NULL OR EXISTS (SELECT 1 FROM device d WHERE d.id = $3 AND d.agent_id = a.id) AS "hasDevice"
FROM agent a JOIN team t ON t.id = a.team_id
LEFT JOIN agent_session s ON s.agent_id = a.id AND s.closed_at IS NULL
WHERE a.id = $1 AND a.organisation_id = $2`;

const whose = (caller: Caller, kind: AgentOrder, agentId: string | undefined): string => {
  const own = agentId ?? caller.agentId;
  if (!own) throw invalid('agentId', 'agentId must be given: this token stands for no agent');
  if (own === caller.agentId || hasRole(caller)) return own;
  if (FOR_OTHERS.has(kind) && hasRole(caller, 'SUPERVISOR')) return own;
  throw new OutdialError('FORBIDDEN', 'an agent acts for itself; a SUPERVISOR may set others idle or log them out');
};

export const createAgentActions = ({ hot, clock, commands }: AgentActionDeps): AgentActions => {
  const desktop = async (caller: Caller, agentId: string): Promise<DesktopView> => {
    const view = isId(agentId) ? await readDesktop(hot, caller, agentId) : null;
    if (!view) throw notFound('agent', agentId);
    return view;
  };
  return {
    async view(caller, given) {
      const agentId = given ?? caller.agentId;
      if (!agentId) throw invalid('agentId', 'agentId must be given: this token stands for no agent');
      if (agentId !== caller.agentId && !hasRole(caller, 'SUPERVISOR')) {
        throw new OutdialError('FORBIDDEN', 'an agent sees its own desktop; watching others needs SUPERVISOR');
      }
      return desktop(caller, agentId);
    },

    async act(caller, kind, given, input, key) {
      const agentId = whose(caller, kind, given);
      const body = parse(COMMAND_BODIES[kind], input) as typeof input;
      const { organisationId, actor } = caller;
      if (!isId(agentId)) throw notFound('agent', agentId);
      const deviceId = 'deviceId' in body ? body.deviceId : null;
      const { rows } = await hot.query<{ dialerId: string; hasDevice: boolean }>(FIND, [
        agentId,
        organisationId,
        deviceId,
      ]);
      const found = rows[0];
      if (!found) throw notFound('agent', agentId);
      if (!found.hasDevice) throw invalid('deviceId', `deviceId ${deviceId} is no device of this agent`);
      const id = key ?? newId();
      const target = `agent:${agentId}` as const;
      const order = { organisationId, dialerId: found.dialerId, id, target, kind, body, createdBy: actor };
      const result = await commands.send(order);
      if (agentId !== caller.agentId) {
        const after = { ...body, command: id, ...result };
        await audit(hot, caller, clock.date(), { action: kind, entity: 'agent', entityId: agentId, after });
      }
      if (!result.ok) throw new OutdialError(result.code, result.message, result.field);
      return desktop(caller, agentId);
    },
  };
};

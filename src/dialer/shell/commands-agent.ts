import { dispose } from '../../contacts/retry/disposition';
import { notFound, OutdialError } from '../../errors';
import { newId } from '../../infra/ids';
import { writeAttemptFacts } from '../../reporting/facts';
import { agentView, type KernelState } from '../kernel/kernel';
import type { AgentRegistry } from './agent-registry';
import { recordResult } from './command-rows';
import type { Handlers } from './commands';
import { endpointOf } from './endpoint';
import type { Feed } from './inputs';
import type { Writer } from './writer';

export interface AgentCommandsOptions {
  dialerId: string;
  organisationId: string;
  agents: AgentRegistry;
  feed: Feed;
  kernel: () => KernelState;
  writer: Writer;
  endpointTemplate: string;
  trunk: string;
  /** The retry of the attempt's contact waited for it. */
  onWrappedUp: (campaignId: string) => void;
}

type AgentHandlers = Pick<
  Handlers,
  'AGENT_LOGIN' | 'AGENT_AVAILABLE' | 'AGENT_IDLE' | 'AGENT_LOGOUT' | 'AGENT_WRAP_UP' | 'AGENT_HANG_UP'
>;

const FIND = `/* agent.find */
SELECT a.team_id AS "teamId", t.dialer_id AS "dialerId", d.kind, d.address, s.seq,
  o.id AS "openSessionId", o.device_id AS "openDeviceId"
FROM agent a
JOIN team t ON t.id = a.team_id
LEFT JOIN device d ON d.agent_id = a.id AND d.id = $3
LEFT JOIN agent_state s ON s.agent_id = a.id
LEFT JOIN agent_session o ON o.agent_id = a.id AND o.closed_at IS NULL
WHERE a.organisation_id = $1 AND a.id = $2`;

const OPEN = `/* agent.open-session */
INSERT INTO agent_session (id, organisation_id, agent_id, dialer_id, team_id, device_id, device_kind, device_address, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (agent_id) WHERE closed_at IS NULL DO NOTHING`;

interface Found {
  teamId: string;
  dialerId: string;
  kind: string | null;
  address: string | null;
  seq: number | null;
  openSessionId: string | null;
  openDeviceId: string | null;
}

export const agentHandlers = (options: AgentCommandsOptions): AgentHandlers => {
  const { dialerId, organisationId, agents, feed, kernel, writer } = options;

  const viewOf = (agentId: string) => {
    const view = agentView(kernel(), agentId);
    if (!view || !agents.get(agentId)) throw new OutdialError('INVALID_STATE', `agent ${agentId} is not logged in`);
    return view;
  };
  const shown = (agentId: string) => {
    const view = agentView(kernel(), agentId);
    return { ok: true as const, agentId, state: view?.state ?? 'LOGGED_OUT', pending: view?.pending ?? null };
  };

  return {
    async AGENT_LOGIN({ deviceId }, { targetId: agentId, at }, transact) {
      // What is still to be written of an earlier session must not close the new one's index.
      await writer.settled();
      const sessionId = newId();
      const login = await transact(async (sql) => {
        const values = [organisationId, agentId, deviceId];
        const { rows } = await sql.query<Found>({ name: 'agent.find', text: FIND, values });
        const found = rows[0];
        if (!found) throw notFound('agent', agentId);
        if (found.dialerId !== dialerId) {
          throw new OutdialError('CONFLICT', `agent ${agentId} belongs to a team of another dialer`);
        }
        if (found.kind === null || found.address === null) {
          throw new OutdialError('INVALID_INPUT', `device ${deviceId} does not belong to agent ${agentId}`, 'deviceId');
        }
        const { kind, address } = found;
        const elsewhere = new OutdialError('CONFLICT', `agent ${agentId} is already logged in elsewhere`, 'deviceId');
        if (found.openSessionId !== null) {
          // A second desktop with the same device takes part in the session.
          if (found.openDeviceId !== deviceId || !agents.bySession(found.openSessionId)) throw elsewhere;
          return { ...found, kind, address, sessionId: found.openSessionId };
        }
        const opened = await sql.query({
          name: 'agent.open-session',
          text: OPEN,
          values: [sessionId, organisationId, agentId, dialerId, found.teamId, deviceId, kind, address, at],
        });
        if (opened.rowCount !== 1) throw elsewhere;
        return { ...found, kind, address, sessionId };
      });
      if (login.sessionId === sessionId) {
        const { teamId } = login;
        const { endpointTemplate, trunk } = options;
        agents.add(
          { agentId, sessionId, teamId, endpoint: endpointOf(login, { endpointTemplate, trunk }) },
          login.seq ?? 0,
        );
        feed({
          type: 'agentLoggedIn',
          agent: { id: agentId, organisationId, teamId, sessionId, legUp: false },
          state: 'IDLE',
          idleReason: 'LOGGED_IN',
        });
      }
      // Answered once the state is written, so that whoever logged in reads it as such. Were this process to die before,
      // the session stands and the same order is answered with it.
      return { written: { ok: true, agentId, sessionId: login.sessionId } };
    },
    async AGENT_AVAILABLE(_body, { targetId: agentId }) {
      viewOf(agentId);
      feed({ type: 'agentWants', agentId, state: 'AVAILABLE' });
      return { written: shown(agentId) };
    },
    async AGENT_IDLE({ reason }, { targetId: agentId }) {
      viewOf(agentId);
      feed({ type: 'agentWants', agentId, state: 'IDLE', reason });
      return { written: shown(agentId) };
    },
    async AGENT_LOGOUT({ reason }, { targetId: agentId }) {
      viewOf(agentId);
      feed({ type: 'agentWants', agentId, state: 'LOGGED_OUT', reason });
      return { written: shown(agentId) };
    },
    async AGENT_HANG_UP({ attemptId }, { targetId: agentId }) {
      const view = viewOf(agentId);
      if (view.state !== 'CONNECTED' || view.customer !== attemptId) {
        throw new OutdialError(
          'INVALID_STATE',
          `agent ${agentId} is not connected to attempt ${attemptId}`,
          'attemptId',
        );
      }
      feed({ type: 'agentHangsUp', agentId, attemptId });
      return { written: shown(agentId) };
    },
    async AGENT_WRAP_UP({ attemptId, code }, { row, targetId: agentId, at }, transact) {
      const view = agentView(kernel(), agentId);
      if (view?.state === 'CONNECTED' && view.customer === attemptId) {
        throw new OutdialError('INVALID_STATE', `attempt ${attemptId} has not ended yet`, 'attemptId');
      }
      // The attempt's end may still be on its way to the database.
      await writer.settled();
      const result = { ok: true as const, agentId, attemptId };
      const campaignId = await transact(async (sql) => {
        const disposed = await dispose(sql, { organisationId, attemptId, agentId, code, at });
        await writeAttemptFacts(sql, [attemptId], at);
        await recordResult(sql, organisationId, row.id, result, at);
        return disposed.campaignId;
      });
      return {
        result,
        after: () => {
          feed({ type: 'wrapUpDone', agentId, attemptId });
          options.onWrappedUp(campaignId);
        },
      };
    },
  };
};

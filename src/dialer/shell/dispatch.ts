import { v5 } from 'uuid';
import { monotonic } from '../../infra/clock';
import { agentView, type KernelState } from '../kernel/kernel';
import type { Command } from '../kernel/messages';
import type { AgentRegistry } from './agent-registry';
import type { Claims } from './claims';
import type { DialerMetrics } from './dialer-metrics';
import type { CommandOf, Decided } from './inputs';
import type { Lines } from './lines';
import type { SwitchExecutor } from './switch-executor';
import type { Writer } from './writer';

export interface DispatchOptions {
  dialerId: string;
  kernel: () => KernelState;
  claims: Claims;
  executor: SwitchExecutor;
  writer: Writer;
  agents: AgentRegistry;
  lines: Lines;
  metrics: DialerMetrics;
  /** When each waiting person answered, for the measure of answer to connect. */
  answered: Map<string, number>;
}

/** Hands each of the kernel's commands to whoever carries it out. */
export const createDispatch = (options: DispatchOptions) => {
  const { dialerId, claims, executor, writer, agents, lines, metrics, answered } = options;
  /** The kernel's reservations have names of its own; rows have uuids. The same name gives the same uuid. */
  const reservationRow = (reservationId: string): string => v5(reservationId, dialerId);

  const agentState = (command: CommandOf<'agentState'>, { wall }: Decided): void => {
    const { agentId, state, reason, pending, campaignId, reservationId, customer, sessionEnded } = command;
    writer.push({
      kind: 'agentState',
      agentId,
      sessionId: agents.get(agentId)?.sessionId ?? null,
      seq: agents.nextSeq(agentId),
      state,
      reason,
      pending,
      campaignId,
      reservationId: reservationId === null ? null : reservationRow(reservationId),
      attemptId: customer,
      sessionEnded,
      since: agents.since(agentId, state, wall),
      wall,
    });
    if (sessionEnded) agents.remove(agentId);
  };

  const reserve = ({ agentId, campaignId, reservationId, ring }: CommandOf<'reserve'>, { wall }: Decided): void => {
    const agent = agents.get(agentId);
    if (!agent) return;
    const id = reservationRow(reservationId);
    writer.push({ kind: 'reservationOpened', id, agentId, sessionId: agent.sessionId, campaignId, wall });
    if (ring) executor.openLeg(agentId);
    else if (agentView(options.kernel(), agentId)?.leg === 'UP') {
      writer.push({ kind: 'reservationAnswered', agentId, wall });
    }
  };

  const outcome = (command: CommandOf<'outcome'>, { wall }: Decided): void => {
    const { id: _id, type: _type, campaignId: _campaignId, ...item } = command;
    const { attemptId, abandonCause } = command;
    writer.push({ kind: 'outcome', ...item, wall });
    lines.delete(attemptId);
    answered.delete(attemptId);
    metrics.attempts.inc({ outcome: command.outcome });
    if (abandonCause !== null) metrics.abandons.inc({ cause: abandonCause });
  };

  const noteAnswerTime = (attemptId: string): void => {
    const at = answered.get(attemptId);
    if (at !== undefined) metrics.answerToConnect.observe((monotonic() - at) / 1000);
    answered.delete(attemptId);
  };

  return (command: Command, decided: Decided): void => {
    switch (command.type) {
      case 'claim':
        claims.claim(command);
        return;
      case 'place':
        executor.place(command);
        return;
      case 'reserve':
        reserve(command, decided);
        return;
      case 'release': {
        const { reservationId, reason } = command;
        writer.push({ kind: 'reservationClosed', id: reservationRow(reservationId), reason, wall: decided.wall });
        return;
      }
      case 'closeLeg':
        executor.closeLeg(command.agentId);
        return;
      case 'connect':
        noteAnswerTime(command.attemptId);
        executor.connect(command);
        return;
      case 'treat':
        noteAnswerTime(command.attemptId);
        executor.treat(command);
        return;
      case 'playAbandonedMessage':
        executor.playAbandonedMessage(command);
        return;
      case 'hangup':
        executor.hangup(command);
        return;
      case 'agentState':
        agentState(command, decided);
        return;
      case 'mark': {
        const { attemptId, phase, agentId, port, at } = command;
        writer.push({ kind: 'mark', attemptId, phase, agentId, port, at });
        return;
      }
      case 'outcome':
        outcome(command, decided);
        return;
      case 'atRisk':
        writer.push({ kind: 'atRisk', attemptId: command.attemptId, atRisk: command.atRisk });
        return;
    }
  };
};

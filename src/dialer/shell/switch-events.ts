import type { TelephonyEvent } from '../../telephony/port';
import type { AgentRegistry } from './agent-registry';
import type { Feed, InputBody } from './inputs';
import type { Lines } from './lines';
import { unseenFate } from './unseen-end';

/** Turns the switch's events into the kernel's inputs. */
export interface SwitchEventsOptions {
  lines: Lines;
  agents: AgentRegistry;
  feed: Feed;
  onLink: (up: boolean, why: string | undefined) => void;
  onReplaced: () => void;
  onAnswered: (attemptId: string) => void;
  onHeard: (attemptId: string, playId: string) => void;
  onPlayFinished: (attemptId: string, playId: string, ok: boolean) => void;
  onEnded: (attemptId: string) => void;
  /** A leg of an attempt that has its outcome: it must not go on unseen. */
  onStrayLeg: (leg: string) => void;
  /** The device answered. */
  onAgentUp: (agentId: string) => void;
  /** A leg of a session that is over. */
  onStraySession: (sessionId: string) => void;
}

type LegEvent = Extract<TelephonyEvent, { leg: string }>;

const inputOf = (event: LegEvent, agents: AgentRegistry): InputBody | undefined => {
  const attemptId = event.leg;
  switch (event.type) {
    case 'progress':
      return event.kind === 'dialing' ? undefined : { type: 'ringing', attemptId };
    case 'answered':
      return {
        type: 'answered',
        attemptId,
        ...(event.since !== undefined && { since: event.since }),
        ...(event.heldByDialplan && { heldByDialplan: true }),
      };
    case 'classified':
      return {
        type: 'classified',
        attemptId,
        result: event.result,
        ...(event.greetingEndedAt !== undefined && { greetingEndedAt: event.greetingEndedAt }),
      };
    case 'ended': {
      const unseen = unseenFate(event);
      return {
        type: 'ended',
        attemptId,
        cause: event.cause,
        by: event.by,
        ...(event.q850 !== undefined && { q850: event.q850 }),
        ...(event.sip !== undefined && { sip: event.sip }),
        ...(unseen && { unseen }),
      };
    }
    case 'connected': {
      // The answer to `connect` tells the same, but not in order with the leg's other events: who hangs up at once after a
      // word with the agent would seem to have hung up before it.
      const agentId = agents.bySession(event.agent)?.agentId;
      return agentId === undefined ? undefined : { type: 'connected', attemptId, agentId };
    }
    // The kernel knows of a bridge's end by the legs.
    case 'disconnected':
    case 'beep':
    case 'dtmf':
    case 'heard':
    case 'playFinished':
      return undefined;
  }
};

export const createSwitchSink = (options: SwitchEventsOptions): ((event: TelephonyEvent) => void) => {
  const { lines, agents, feed } = options;
  return (event) => {
    switch (event.type) {
      case 'link':
        options.onLink(event.state === 'up', event.why);
        return;
      case 'replaced':
        options.onReplaced();
        return;
      case 'alive':
        return;
      case 'agentSession': {
        const agent = agents.bySession(event.agent);
        if (!agent) {
          if (event.state !== 'down') options.onStraySession(event.agent);
        } else if (event.state === 'up') {
          options.onAgentUp(agent.agentId);
          feed({ type: 'agentLeg', agentId: agent.agentId, up: true }, event.receivedAt);
        } else if (event.state === 'down') {
          feed({ type: 'agentLeg', agentId: agent.agentId, up: false, why: event.why }, event.receivedAt);
        }
        return;
      }
      default: {
        if (!lines.has(event.leg)) {
          if (event.type === 'progress' || event.type === 'answered') options.onStrayLeg(event.leg);
          return;
        }
        if (event.type === 'heard') options.onHeard(event.leg, event.playId);
        if (event.type === 'playFinished') options.onPlayFinished(event.leg, event.playId, event.ok);
        if (event.type === 'answered') {
          options.onAnswered(event.leg);
          const line = lines.get(event.leg);
          if (line && event.heldByDialplan) line.heldByDialplan = true;
        }
        if (event.type === 'ended') options.onEnded(event.leg);
        const input = inputOf(event, agents);
        if (input) feed(input, event.receivedAt);
      }
    }
  };
};

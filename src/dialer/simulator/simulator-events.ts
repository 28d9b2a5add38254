import type { Command } from '../kernel/messages';
import type { SimulatedLine } from './lines';
import type { ShiftEvent } from './shifts';

/** What lies ahead in virtual time. */
export type SimulatorEvent =
  | { what: 'claimed'; claim: Extract<Command, { type: 'claim' }> }
  | { what: 'dayEnds' }
  | LineEvent
  | AgentEvent;

export interface LineEvent {
  what: 'line';
  line: SimulatedLine;
  turn: 'RINGS' | 'RESOLVES' | 'VERDICT' | 'IMPATIENT' | 'TALK_ENDS' | 'MESSAGE_ENDS' | 'DOWN' | 'BRIDGE';
  /** BRIDGE and TALK_ENDS: with an agent, or with a port. */
  agentId?: string;
  port?: number;
}

export type AgentEvent =
  | { what: 'shift'; event: ShiftEvent }
  | { what: 'back'; agent: number; session: number }
  | { what: 'legUp'; agentId: string }
  | { what: 'legDown'; agentId: string }
  | { what: 'wrapUpDone'; agentId: string; attemptId: string };

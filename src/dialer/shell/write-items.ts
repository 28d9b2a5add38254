import type { CommandResult } from '../command-kinds';
import type { AgentState, CallTimes, Counted, TelephonyOutcome } from '../kernel/messages';
import type { PacingDecision } from '../kernel/predictive/decision';

/** What the dialer has done and PostgreSQL has yet to learn, in order. `at` is monotonic, `wall` business time. */
export type WriteItem =
  | MarkItem
  | AgentStateItem
  | OutcomeItem
  | { kind: 'atRisk'; attemptId: string; atRisk: boolean }
  | PacingDecisionItem
  | { kind: 'reservationOpened'; id: string; agentId: string; sessionId: string; campaignId: string; wall: number }
  | { kind: 'reservationAnswered'; agentId: string; wall: number }
  | { kind: 'reservationClosed'; id: string; reason: string; wall: number }
  | { kind: 'commandResult'; commandId: string; result: CommandResult; wall: number };

export interface MarkItem {
  kind: 'mark';
  attemptId: string;
  phase: 'PLACED' | 'RINGING' | 'ANSWERED' | 'CONNECTED';
  agentId: string | null;
  port: number | null;
  at: number;
}

export interface AgentStateItem {
  kind: 'agentState';
  agentId: string;
  sessionId: string | null;
  seq: number;
  state: AgentState;
  reason: string | null;
  pending: string | null;
  campaignId: string | null;
  reservationId: string | null;
  attemptId: string | null;
  sessionEnded: boolean;
  /** Since when the state has held. */
  since: number;
  wall: number;
}

/** For the warehouse alone. */
export interface PacingDecisionItem {
  kind: 'pacingDecision';
  id: string;
  campaignId: string;
  decision: PacingDecision;
  wall: number;
}

export interface OutcomeItem {
  kind: 'outcome';
  attemptId: string;
  outcome: TelephonyOutcome;
  abandonCause: string | null;
  liveAnswer: boolean;
  late: boolean;
  counted: Counted;
  agentId: string | null;
  port: number | null;
  by: string;
  q850: number | null;
  sip: number | null;
  times: CallTimes;
  wall: number;
}

/** The end of an attempt of which nothing can be said, or that nothing was made of. */
export const blankOutcome = (
  attemptId: string,
  outcome: 'NOT_PLACED' | 'UNKNOWN',
  by: string,
  ended: { at: number; wall: number },
): OutcomeItem => ({
  kind: 'outcome',
  attemptId,
  outcome,
  abandonCause: null,
  liveAnswer: false,
  late: false,
  counted: { live: null, served: null, abandoned: null },
  agentId: null,
  port: null,
  by,
  q850: null,
  sip: null,
  times: { endedAt: ended.at },
  wall: ended.wall,
});

export type ItemOf<K extends WriteItem['kind']> = Extract<WriteItem, { kind: K }>;

export const itemsOf = <K extends WriteItem['kind']>(items: readonly WriteItem[], kind: K): ItemOf<K>[] =>
  items.filter((item): item is ItemOf<K> => item.kind === kind);

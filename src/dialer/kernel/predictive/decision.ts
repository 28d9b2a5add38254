/** What the pacer last decided, and from what: plain data for live figures, the input log and the warehouse. */

/**
 * What kept the number of lines where it is. PLANNED: the next line's risk, at the threshold. GUARD: what the abandon
 * windows have left. COLD_START: too few answers seen. SMALL_GROUP: so few agents that lines ahead of them rarely pay.
 * MAX_DIALING_RATE, NO_CONTACTS: as they say. NO_LEDGER: the ledger could not be read, or does not cover a window.
 */
export type PacingReason =
  | 'PLANNED'
  | 'GUARD'
  | 'COLD_START'
  | 'SMALL_GROUP'
  | 'MAX_DIALING_RATE'
  | 'NO_CONTACTS'
  | 'NO_LEDGER';

export interface PacingDecision {
  /** On the dialer's monotonic clock. */
  at: number;
  agents: number;
  idle: number;
  /** Lines in flight before the decision, those pledged by it included. */
  lines: number;
  /** Agents free, and persons answering, by the time the next line's person needs an agent. */
  expectedFreed: number;
  expectedAnswers: number;
  /** That a person who answered the next line would find no agent. */
  risk: number;
  /** What `risk` was held against. */
  threshold: number;
  theta: number;
  /** The tightest window's tokens, and lines that the guard would have allowed. */
  tokens: number;
  allowed: number;
  /** Share of dials that anybody, and that a person, answers. */
  answerRate: number;
  liveRate: number;
  /** Lines asked for: with an agent pledged, and without. */
  pledged: number;
  uncovered: number;
  riskPerLine: number;
  reason: PacingReason;
}

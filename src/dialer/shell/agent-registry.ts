import type { AgentState } from '../kernel/messages';

/** What the shell knows of a logged-in agent: the kernel speaks of agents, the switch of their sessions. */
export interface LoggedInAgent {
  agentId: string;
  sessionId: string;
  teamId: string;
  endpoint: string;
}

export interface ShownState {
  state: AgentState;
  /** Business time since which the agent has been in that state. */
  since: number;
}

/**
 * Logged-in agents, and the sequence number of every agent's desktop row. Numbers are given here, in memory, because the
 * dialer is the row's only writer: a row that is written twice after a lost answer keeps its number and changes nothing.
 */
export class AgentRegistry {
  private readonly agents = new Map<string, LoggedInAgent>();
  private readonly sessions = new Map<string, string>();
  private readonly seqs = new Map<string, number>();
  private readonly shown = new Map<string, ShownState>();

  add(agent: LoggedInAgent, seq: number): void {
    this.remove(agent.agentId);
    this.agents.set(agent.agentId, agent);
    this.sessions.set(agent.sessionId, agent.agentId);
    this.seqs.set(agent.agentId, Math.max(seq, this.seqs.get(agent.agentId) ?? 0));
  }

  remove(agentId: string): void {
    const agent = this.agents.get(agentId);
    if (!agent) return;
    this.agents.delete(agentId);
    this.sessions.delete(agent.sessionId);
  }

  get(agentId: string): LoggedInAgent | undefined {
    return this.agents.get(agentId);
  }

  bySession(sessionId: string): LoggedInAgent | undefined {
    const agentId = this.sessions.get(sessionId);
    return agentId === undefined ? undefined : this.agents.get(agentId);
  }

  all(): LoggedInAgent[] {
    return [...this.agents.values()];
  }

  get size(): number {
    return this.agents.size;
  }

  nextSeq(agentId: string): number {
    const seq = (this.seqs.get(agentId) ?? 0) + 1;
    this.seqs.set(agentId, seq);
    return seq;
  }

  /** Notes the state and answers since when it has held: a change of anything else does not begin it anew. */
  since(agentId: string, state: AgentState, at: number): number {
    const before = this.shown.get(agentId);
    if (before?.state === state) return before.since;
    this.shown.set(agentId, { state, since: at });
    return at;
  }

  restoreShown(agentId: string, shown: ShownState): void {
    this.shown.set(agentId, shown);
  }
}

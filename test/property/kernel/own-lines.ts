import type { KernelState } from '../../../src/dialer/kernel/kernel';
import type { Command } from '../../../src/dialer/kernel/messages';

/** Lines that were an agent's own before a step: judged after it, that nobody has parted the two but the agent's loss. */
export class OwnLines {
  private readonly before: { id: string; agentId: string }[];

  constructor(
    state: KernelState,
    private readonly owners: ReadonlyMap<string, string>,
  ) {
    this.before = [...state.calls.values()].flatMap(({ id, personal, agentId }) =>
      personal && agentId !== null ? [{ id, agentId }] : [],
    );
  }

  judge(state: KernelState, commands: readonly Command[]): void {
    for (const { id, agentId } of this.before) {
      const call = state.calls.get(id);
      const agent = state.agents.get(agentId);
      const there = agent !== undefined && agent.leg === 'UP' && agent.presence !== 'ABSENT' && agent.state !== 'IDLE';
      if (!call || call.phase === 'ENDING' || call.phase === 'MESSAGE') continue;
      const failed = call.phase === 'WAITING' || call.connectTries > 1;
      if (call.agentId !== agentId && there && !failed) throw new Error(`${agentId} was taken from its own line ${id}`);
      if (call.agentId === agentId && agent?.line !== id) throw new Error(`${agentId} is not on its own line ${id}`);
    }
    for (const { id, personal, agentId } of state.calls.values()) {
      if (personal && agentId !== this.owners.get(id)) throw new Error(`${id} is not the own line of ${agentId}`);
    }
    for (const command of commands) {
      const owner = command.type === 'place' ? this.owners.get(command.attemptId) : undefined;
      const call = command.type === 'place' ? state.calls.get(command.attemptId) : undefined;
      if (owner && !(call?.personal && state.agents.get(owner)?.line === call.id)) {
        throw new Error(`the callback of ${owner} was placed without it`);
      }
    }
  }
}

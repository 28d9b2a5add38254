import type { BusinessTime } from './clocks';
import type { AgentId, AttemptId, CampaignId, Command } from './messages';
import type { KernelState } from './state';

/** One step's scratch: what it has to say, and what must be looked at again before it is done. */
export interface Context {
  state: KernelState;
  at: number;
  wall: number;
  time: BusinessTime;
  commands: Command[];
  /** Campaigns whose agents, lines or contacts changed. */
  campaigns: Set<CampaignId>;
  /** Agents whose view may have changed. */
  agents: Set<AgentId>;
  /** Calls whose being at risk may have changed. */
  calls: Set<AttemptId>;
}

type Body<C> = C extends Command ? Omit<C, 'id'> : never;
export type CommandBody = Body<Command>;

export function nextSeq(state: KernelState): number {
  state.counter += 1;
  return state.counter;
}

export function emit(context: Context, body: CommandBody): string {
  const id = `${context.state.epoch}-${nextSeq(context.state)}`;
  context.commands.push({ id, ...body } as Command);
  return id;
}

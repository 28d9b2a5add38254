import { type DesktopView, readDesktop } from '../../src/agents/desktop-view';
import { notFound, OutdialError } from '../../src/errors';
import { topics } from '../../src/infra/pubsub';
import { hasRole } from '../../src/organisations/caller';
import { isId } from '../../src/organisations/records';
import { callerOf } from '../auth/allow';
import type { Context } from '../context';
import { followRow } from '../subscriptions/follow-row';

export interface DesktopArgs {
  agentId: string;
  takeOver: boolean;
  desktop?: string | null;
}

/**
 * The agent's own desktop makes it present; a supervisor's only watches. Presence is kept as messages are asked for: a
 * client that stopped reading is not present.
 */
export const followDesktop = async (context: Context, args: DesktopArgs): Promise<AsyncIterable<DesktopView>> => {
  const { container, services } = context;
  const caller = callerOf(context);
  const { agentId } = args;
  const { organisationId } = caller;
  const own = caller.agentId === agentId;
  if (!own && !hasRole(caller, 'SUPERVISOR')) {
    throw new OutdialError('FORBIDDEN', 'an agent follows its own desktop; watching others needs SUPERVISOR');
  }
  const read = async () => {
    const view = await readDesktop(container.hot, caller, agentId);
    return view && { seq: view.seq, view };
  };
  if (!isId(agentId) || !(await read())) throw notFound('agent', agentId);
  const { pubsub } = container;
  const topic = topics.agent(organisationId, agentId);
  if (!own) return followRow({ pubsub, topic, read });
  const desk = await services.presence.open({
    organisationId,
    agentId,
    desktop: args.desktop ?? undefined,
    takeOver: args.takeOver,
  });
  return followRow({ pubsub, topic, read, check: () => desk.keep(), onEnd: () => desk.close() });
};

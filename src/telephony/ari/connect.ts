import type { AgentSessionId, ConnectResult, LegId } from '../port';
import type { AgentSessions } from './agent-sessions';
import type { Leg, Moment } from './leg';
import type { LegBook } from './leg-book';
import type { Link } from './link';
import { agentChannel, SERVED_VARIABLE } from './names';
import type { AriSettings } from './options';
import type { RestClient } from './rest-client';
import { isInBridge } from './switch-view';

/** What serving a person who answered needs of the port. */
export interface Serving {
  settings: AriSettings;
  rest: RestClient;
  link: Link;
  legs: LegBook;
  agents: AgentSessions;
  moment(): Moment;
  leaveBridge(leg: LegId, bridge: string): void;
}

/** The entry into a bridge is told within this, or the switch is asked. */
const ENTRY_TOLD_MS = 300;

/** The hang-up handler then leaves `served` for a mark. */
export const markServed = (rest: RestClient, leg: Leg): void => {
  void rest.request({
    method: 'POST',
    path: `/channels/${encodeURIComponent(leg.id)}/variable`,
    query: { variable: SERVED_VARIABLE, value: '1' },
  });
};

/** The customer into the agent's bridge. */
export const connectLeg = async (
  host: Serving,
  command: { leg: LegId; agent: AgentSessionId; deadlineMs: number },
): Promise<ConnectResult> => {
  const { rest, link, legs, agents } = host;
  const { monotonic } = host.settings;
  const deadline = monotonic() + command.deadlineMs;
  const leg = legs.live.get(command.leg);
  const bridge = agentChannel(command.agent);
  if (!leg) return { ok: false, code: 'leg_gone' };
  if (!agents.isUp(command.agent)) return { ok: false, code: 'agent_gone' };
  if (!link.isUp()) return { ok: false, code: 'link_down' };
  const blocked = (): ConnectResult | undefined => {
    if (leg.ended) return { ok: false, code: 'leg_gone' };
    if (!agents.isUp(command.agent)) return { ok: false, code: 'agent_gone' };
    return link.isUp() ? undefined : { ok: false, code: 'link_down' };
  };
  leg.takenBack = undefined;
  // The answer is told before the leg enters the application; until then no bridge takes it.
  const ready = await leg.waitFor(() => leg.inStasis || blocked() !== undefined, deadline - monotonic());
  const refusal = blocked() ?? (ready ? undefined : { ok: false as const, code: 'timeout' as const });
  if (refusal) return refusal;
  const result = await link.send(
    rest,
    { method: 'POST', path: `/bridges/${encodeURIComponent(bridge)}/addChannel`, query: { channel: leg.id } },
    deadline,
  );
  if (result.kind === 'notSent') return { ok: false, code: link.isUp() ? 'timeout' : 'link_down' };
  if (result.kind === 'reply' && result.status >= 300) {
    if (result.status === 404 || result.status === 409) return { ok: false, code: 'agent_gone' };
    if (result.status === 400 || leg.ended) return { ok: false, code: 'leg_gone' };
    return { ok: false, code: 'timeout' };
  }
  // Accepted is not done: both are in the bridge only when the leg's entry is told.
  const decided = (): boolean => leg.bridge === bridge || blocked() !== undefined;
  while (!(await leg.waitFor(decided, Math.min(ENTRY_TOLD_MS, deadline - monotonic()))) && monotonic() < deadline) {
    // Events may be held up while the two are talking already.
    if (await isInBridge(rest, bridge, leg.id)) leg.enteredBridge(bridge, command.agent, host.moment());
  }
  if (leg.bridge === bridge && !leg.ended) {
    markServed(rest, leg);
    return { ok: true, connectedAt: monotonic() };
  }
  leg.takenBack = bridge;
  if (!leg.ended) host.leaveBridge(leg.id, bridge);
  return blocked() ?? { ok: false, code: 'timeout' };
};

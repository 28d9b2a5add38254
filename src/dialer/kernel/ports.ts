import { makeAvailable, newAgent } from './agents';
import type { Context } from './context';
import type { AgentId, CampaignId } from './messages';
import type { Agent, Campaign } from './state';

/**
 * Ports of IVR campaigns. A port is a member of its campaign as a reserved agent is, with a leg that is always up and
 * nothing to wrap up, so that pledges, pacing and the guard know no difference. It is busy from the claim of its line until
 * the call has ended.
 */

/** Among the ids of agents, none of which looks like it. */
export function portId(campaignId: CampaignId, port: number): AgentId {
  return `${campaignId}#${port}`;
}

/** Makes the ports that the configuration names and that are not there; one too many goes when it is free. */
export function supplyPorts(context: Context, campaign: Campaign): void {
  const { state } = context;
  const { id: campaignId, organisationId, ivr } = campaign.config;
  for (let number = 1; number <= (ivr?.ports ?? 0); number += 1) {
    const id = portId(campaignId, number);
    if (state.agents.has(id)) continue;
    const port = newAgent({ id, organisationId, teamId: '', sessionId: '', legUp: true });
    port.port = number;
    port.reservation = { id, campaignId, at: context.at };
    campaign.members += 1;
    state.agents.set(id, port);
    makeAvailable(context, port, 'RESERVED');
  }
}

/** For a call found in treatment: the port that it had, if that is free, else any that is. */
export function portToResume(context: Context, campaign: Campaign, number: number | undefined): Agent | undefined {
  const { agents } = context.state;
  const own = number === undefined ? undefined : agents.get(portId(campaign.config.id, number));
  if (own?.index.free) return own;
  const first = campaign.free[0];
  return first && agents.get(first.id);
}

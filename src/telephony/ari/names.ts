/** What things of ours are called on the switch. */

const AGENT = 'agent-';

/** The id of an agent's leg and of the bridge that it is nailed to; both follow from the session. */
export const agentChannel = (session: string): string => `${AGENT}${session}`;

/** The session behind such an id. */
export const agentSessionOf = (id: string): string | undefined =>
  id.startsWith(AGENT) ? id.slice(AGENT.length) : undefined;

/** The mark that an answered leg leaves, a global variable of the switch. */
export const markVariable = (leg: string): string => `OUTDIAL_${leg}`;

/** Set on the channel at connect: the hang-up handler then writes `served`. */
export const SERVED_VARIABLE = 'OUTDIAL_SERVED';

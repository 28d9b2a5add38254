import type { Pool } from 'pg';
import type { Clock } from '../../infra/clock';

/**
 * Callbacks of one campaign that are due and wait for their agents, in memory, by agent. What is taken is not given back: what
 * a claim did not use the next look brings again.
 */
export interface PersonalCallbacks {
  readonly held: { agentId: string; held: number }[];
  take(agentId: string): number | undefined;
  /** Of those taken: settled one way or the other. */
  release(contactIds: readonly number[]): void;
  /** Called at each tick: looks in the background when it is time. */
  refill(): void;
  reset(): void;
  /** Emptied and never filled again. */
  close(): void;
}

export interface PersonalCallbacksOptions {
  pool: Pool;
  clock: Clock;
  campaignId: string;
  /** Logged in, in a team of the campaign. */
  isThere: (agentId: string) => boolean;
  onError: (error: unknown) => void;
}

const LOOK_EVERY_MS = 500;
const MOST = 2_000;

const DUE = `/* personal-callbacks.due */
SELECT contact_id AS "contactId", callback_agent_id AS "agentId",
  callback_anyone_at <= $2 AS "forAnyone", callback_anyone_at IS NOT NULL AS "ifAway"
FROM campaign_contact
WHERE campaign_id = $1 AND state = 'READY' AND callback_agent_id IS NOT NULL AND due_at <= $2 AND callback_until > $2
ORDER BY due_at, contact_id LIMIT ${MOST}`;

// What somebody else holds is for anyone the next time. One that was promised anew meanwhile has another due time or agent.
const FREE = `/* personal-callbacks.free */
WITH free AS (
  SELECT cc.contact_id FROM campaign_contact cc
  JOIN unnest($2::bigint[], $3::uuid[]) AS u(contact_id, agent_id)
    ON cc.contact_id = u.contact_id AND cc.callback_agent_id = u.agent_id
  WHERE cc.campaign_id = $1 AND cc.state = 'READY' AND cc.due_at <= $4 AND cc.callback_anyone_at IS NOT NULL
  ORDER BY cc.contact_id FOR UPDATE OF cc SKIP LOCKED
)
UPDATE campaign_contact cc SET callback_agent_id = NULL, callback_anyone_at = NULL, version = cc.version + 1
FROM free WHERE cc.campaign_id = $1 AND cc.contact_id = free.contact_id`;

interface Due {
  contactId: number;
  agentId: string;
  /** The moment has come from which on anyone may make it. */
  forAnyone: boolean | null;
  /** Anyone may make it in the agent's absence. */
  ifAway: boolean;
}

export const createPersonalCallbacks = (options: PersonalCallbacksOptions): PersonalCallbacks => {
  const { pool, clock, campaignId, isThere, onError } = options;
  let byAgent = new Map<string, number[]>();
  const taken = new Set<number>();
  let generation = 0;
  let lookAt = 0;
  let looking = false;
  let closed = false;

  const look = async (): Promise<void> => {
    const mine = generation;
    const at = clock.date();
    const { rows } = await pool.query<Due>({
      name: 'personal-callbacks.due',
      text: DUE,
      values: [campaignId, at],
    });
    if (mine !== generation) return;
    const isFree = ({ agentId, forAnyone, ifAway }: Due) => forAnyone || (ifAway && !isThere(agentId));
    const free = rows.filter((row) => isFree(row) && !taken.has(row.contactId));
    const found = new Map<string, number[]>();
    for (const row of rows) {
      if (isFree(row) || !isThere(row.agentId) || taken.has(row.contactId)) continue;
      const known = found.get(row.agentId);
      if (known) known.push(row.contactId);
      else found.set(row.agentId, [row.contactId]);
    }
    byAgent = found;
    if (free.length === 0) return;
    const [contactIds, agentIds] = [free.map(({ contactId }) => contactId), free.map(({ agentId }) => agentId)];
    await pool.query({ name: 'personal-callbacks.free', text: FREE, values: [campaignId, contactIds, agentIds, at] });
  };

  const empty = (): void => {
    generation += 1;
    byAgent = new Map();
  };

  return {
    get held() {
      return [...byAgent].map(([agentId, contactIds]) => ({ agentId, held: contactIds.length }));
    },
    take(agentId) {
      const contactIds = byAgent.get(agentId);
      const contactId = contactIds?.shift();
      if (contactIds?.length === 0) byAgent.delete(agentId);
      if (contactId !== undefined) taken.add(contactId);
      return contactId;
    },
    release(contactIds) {
      for (const id of contactIds) taken.delete(id);
    },
    refill() {
      const now = performance.now();
      if (closed || looking || now < lookAt) return;
      looking = true;
      lookAt = now + LOOK_EVERY_MS;
      look()
        .catch(onError)
        .finally(() => {
          looking = false;
        });
    },
    reset() {
      empty();
      lookAt = 0;
    },
    close() {
      closed = true;
      empty();
    },
  };
};

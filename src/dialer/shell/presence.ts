import type { Redis } from 'ioredis';
import type { AgentRegistry } from './agent-registry';
import type { Feed } from './inputs';

/** The API keeps this key while a desktop of the agent is connected. */
export const presenceKey = (organisationId: string, agentId: string): string => `presence:${organisationId}:${agentId}`;

export type Presence = 'PRESENT' | 'ABSENT' | 'UNKNOWN';

export interface PresenceWatch {
  poll(): Promise<void>;
  close(): void;
}

/** A key that was never there yet is no proof: the desktop of a new session is given this long to connect. */
const FIRST_SIGN_MS = 15_000;
const TIMEOUT_MS = 900;

/** Tells the kernel who is there: one MGET for all agents. A Redis that does not answer means that nobody knows. */
export const createPresenceWatch = (
  redis: Redis,
  organisationId: string,
  agents: AgentRegistry,
  feed: Feed,
): PresenceWatch => {
  const known = new Map<string, { since: number; told: Presence | undefined }>();

  const read = async (agentIds: string[]): Promise<(string | null)[] | undefined> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), TIMEOUT_MS);
    });
    try {
      return await Promise.race([redis.mget(agentIds.map((id) => presenceKey(organisationId, id))), late]);
    } catch {
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  };

  // A restarted Redis is empty: until every desktop has had time to write its key again nobody is known to be away.
  let doubtUntil = performance.now() + FIRST_SIGN_MS;
  const doubt = () => {
    doubtUntil = performance.now() + FIRST_SIGN_MS;
  };
  redis.on('ready', doubt);

  const judge = (
    value: string | null | undefined,
    before: Presence | undefined,
    since: number,
  ): Presence | undefined => {
    const now = performance.now();
    if (value === undefined) return 'UNKNOWN';
    if (value !== null) return 'PRESENT';
    // The desktop of a new session is still connecting.
    if (before === undefined && now - since < FIRST_SIGN_MS) return undefined;
    return now < doubtUntil && before !== 'ABSENT' ? 'UNKNOWN' : 'ABSENT';
  };

  return {
    async poll() {
      const sessions = agents.all();
      const current = new Set(sessions.map((agent) => agent.sessionId));
      for (const id of known.keys()) if (!current.has(id)) known.delete(id);
      if (sessions.length === 0) return;
      const values = await read(sessions.map((agent) => agent.agentId));
      if (!values) doubt();
      sessions.forEach(({ agentId, sessionId }, index) => {
        if (agents.get(agentId)?.sessionId !== sessionId) return;
        const before = known.get(sessionId) ?? { since: performance.now(), told: undefined };
        known.set(sessionId, before);
        const presence = judge(values?.[index], before.told, before.since);
        if (presence === undefined || presence === before.told) return;
        before.told = presence;
        feed({ type: 'presence', agentId, presence });
      });
    },
    close() {
      redis.off('ready', doubt);
    },
  };
};

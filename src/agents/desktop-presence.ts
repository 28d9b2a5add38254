import type { Redis } from 'ioredis';
import { OutdialError } from '../errors';
import { newId } from '../infra/ids';
import { type PubSub, topics } from '../infra/pubsub';

/** The dialer reads this key: without it the agent is given no customer. */
export const presenceKey = (organisationId: string, agentId: string): string => `presence:${organisationId}:${agentId}`;

export const PRESENCE_MS = 15_000;

export interface DesktopToOpen {
  organisationId: string;
  agentId: string;
  /** Chosen by the desktop and kept over its reconnects: it replaces its own predecessor without asking. */
  desktop: string | undefined;
  /** Ends another desktop of the agent. */
  takeOver: boolean;
}

export interface OpenDesktop {
  /** Keeps the presence; throws REPLACED when another desktop has taken over. Called every 5 s at least. */
  keep(): Promise<void>;
  close(): void;
}

export interface DesktopPresence {
  /** Throws CONFLICT when the agent has another desktop open. */
  open(desktop: DesktopToOpen): Promise<OpenDesktop>;
}

// Each compares and acts at once: between a reading and a writing another desktop could come in.
const OPEN = `local now = redis.call('GET', KEYS[1])
if now and ARGV[3] ~= '1' and string.sub(now, 1, #ARGV[4]) ~= ARGV[4] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return now and 2 or 1`;

const KEEP = `local now = redis.call('GET', KEYS[1])
if now and now ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`;

const CLOSE = `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

const conflict = () =>
  new OutdialError('CONFLICT', 'the agent has another desktop open: close it, or subscribe with takeOver', 'takeOver');

/** A desktop waits no longer for Redis before it shows what PostgreSQL says. */
const PATIENCE_MS = 300;

const bounded = async (redis: Redis, ask: () => Promise<unknown>): Promise<unknown> => {
  if (redis.status !== 'ready') return 'unknown';
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'unknown'>((resolve) => {
    timer = setTimeout(() => resolve('unknown'), PATIENCE_MS);
  });
  return Promise.race([ask().catch(() => 'unknown'), late]).finally(() => clearTimeout(timer));
};

/** While Redis is away nobody is refused or thrown out: the dialer keeps the last state it knew. */
export const createDesktopPresence = (redis: Redis, pubsub: PubSub): DesktopPresence => ({
  async open({ organisationId, agentId, desktop, takeOver }) {
    const key = presenceKey(organisationId, agentId);
    const family = `${desktop ?? newId()}/`;
    const value = `${family}${newId()}`;
    const answer = await bounded(redis, () =>
      redis.eval(OPEN, 1, key, value, PRESENCE_MS, takeOver ? '1' : '0', family),
    );
    if (answer === 0) throw conflict();
    // 0 asks every follower of the agent to check its standing: the one before finds that it was replaced.
    if (answer === 2) pubsub.publish(topics.agent(organisationId, agentId), { seq: 0 });
    return {
      async keep() {
        const kept = await bounded(redis, () => redis.eval(KEEP, 1, key, value, PRESENCE_MS));
        if (kept === 0) throw new OutdialError('REPLACED', 'another desktop of this agent has taken over');
      },
      close() {
        redis.eval(CLOSE, 1, key, value).catch(() => undefined);
      },
    };
  },
});

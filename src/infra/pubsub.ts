import type { Redis } from 'ioredis';

/**
 * Says that the row behind a topic has reached `seq`. It carries no data: the receiver reads the row, so a lost or
 * repeated message loses and repeats nothing.
 */
export interface Notice {
  seq: number;
}

export interface PubSub {
  /** Never throws: a Redis that is away only makes subscribers wait for their next read. */
  publish(topic: string, notice: Notice): void;
  subscribe(topic: string, listener: (notice: Notice) => void): () => void;
  close(): Promise<void>;
}

/** `topic` starts with the organisation's id, so that no subscriber can hear another tenant. */
export const topics = {
  agent: (organisationId: string, agentId: string) => `${organisationId}:agent:${agentId}`,
  campaignLive: (organisationId: string, campaignId: string) => `${organisationId}:campaign:${campaignId}`,
  campaignRanking: (organisationId: string, campaignId: string) => `${organisationId}:ranking:${campaignId}`,
  simulation: (organisationId: string, simulationId: string) => `${organisationId}:simulation:${simulationId}`,
  contactImport: (organisationId: string, importId: string) => `${organisationId}:import:${importId}`,
  contactJob: (organisationId: string, jobId: string) => `${organisationId}:contact-job:${jobId}`,
  dncImport: (organisationId: string, importId: string) => `${organisationId}:dnc-import:${importId}`,
  dncScrub: (organisationId: string, scrubId: string) => `${organisationId}:dnc-scrub:${scrubId}`,
} as const;

export const createPubSub = (publisher: Redis, subscriber: Redis, prefix = 'outdial:'): PubSub => {
  const listeners = new Map<string, Set<(notice: Notice) => void>>();
  subscriber.on('message', (channel: string, payload: string) => {
    const notice = JSON.parse(payload) as Notice;
    for (const listener of listeners.get(channel.slice(prefix.length)) ?? []) listener(notice);
  });
  return {
    publish(topic, notice) {
      publisher.publish(prefix + topic, JSON.stringify(notice)).catch(() => undefined);
    },
    subscribe(topic, listener) {
      const set = listeners.get(topic) ?? new Set();
      if (set.size === 0) {
        listeners.set(topic, set);
        // ioredis subscribes again by itself after a reconnect.
        subscriber.subscribe(prefix + topic).catch(() => undefined);
      }
      set.add(listener);
      return () => {
        set.delete(listener);
        if (set.size > 0 || listeners.get(topic) !== set) return;
        listeners.delete(topic);
        subscriber.unsubscribe(prefix + topic).catch(() => undefined);
      };
    },
    async close() {
      listeners.clear();
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
};

import type { Logger } from '../../infra/logger';
import { type PubSub, topics } from '../../infra/pubsub';
import type { DialerMetrics } from './dialer-metrics';
import { itemsOf, type OutcomeItem } from './write-items';
import { createWriter, type Writer, type WriterOptions } from './writer';

export interface ToldWriterOptions extends Pick<WriterOptions, 'database' | 'organisationId' | 'clock'> {
  pubsub: PubSub;
  metrics: DialerMetrics;
  logger: Logger;
  /** Attempts of the campaign have ended. */
  onEnded: (campaignId: string) => void;
  onOutcomes: (outcomes: readonly OutcomeItem[]) => void;
  /** PostgreSQL refuses the outcome for good: its attempt stays open. */
  onOutcomeDropped: (outcome: OutcomeItem) => void;
}

const ALARM = 10_000;

/** The writer, with everybody told of what it wrote and of what it could not. */
export const createToldWriter = (options: ToldWriterOptions): Writer => {
  const { organisationId, pubsub, metrics, logger } = options;
  return createWriter({
    database: options.database,
    organisationId,
    clock: options.clock,
    onWritten: ({ items, endedIn }) => {
      const seqs = new Map(itemsOf(items, 'agentState').map((item) => [item.agentId, item.seq]));
      for (const [agentId, seq] of seqs) pubsub.publish(topics.agent(organisationId, agentId), { seq });
      for (const campaignId of endedIn) options.onEnded(campaignId);
      options.onOutcomes(itemsOf(items, 'outcome'));
    },
    onDropped: (item, error) => {
      metrics.writerDropped.inc();
      logger.error({ kind: item.kind, reason: String(error) }, 'PostgreSQL refuses an effect for good');
      if (item.kind === 'outcome') options.onOutcomeDropped(item);
    },
    onFailure: (error, waiting) => {
      metrics.writerFailures.inc();
      const level = waiting > ALARM ? 'error' : 'debug';
      logger[level]({ waiting, reason: String(error) }, 'effects wait for PostgreSQL');
    },
  });
};

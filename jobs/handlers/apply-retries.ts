import { applyRetries } from '../../src/contacts/retry/apply-retries';
import { commandTopics } from '../../src/dialer/command-kinds';
import type { JobHandler } from '../handler';

export const applyRetriesHandler: JobHandler<'applyRetries'> = async (payload, { hot, clock, pubsub }, { signal }) => {
  const { ready, closed, dialerId } = await applyRetries(hot, payload, () => clock.date(), signal);
  // There may be somebody to dial again, or nobody left at all.
  if (dialerId && ready + closed > 0) pubsub.publish(commandTopics.wake(dialerId), { seq: 0 });
};

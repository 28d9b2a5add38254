import { runScrub } from '../../src/contacts/dnc/run-scrub';
import type { JobHandler } from '../handler';

/** The contacts of a loaded list against the do-not-call lists. */
export const scrubContactListHandler: JobHandler<'scrubContactList'> = (
  payload,
  { hot: pool, clock, pubsub },
  { signal },
) => runScrub({ pool, clock, pubsub }, payload, signal);

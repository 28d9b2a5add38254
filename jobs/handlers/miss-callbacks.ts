import { missCallbacks } from '../../src/contacts/callbacks/miss-callbacks';
import type { JobHandler } from '../handler';

/** Promised calls that were not made: told as such, and what was agreed for it is done. */
export const missCallbacksHandler: JobHandler<'missCallbacks'> = async (_payload, { hot, laws, clock }, { signal }) => {
  await missCallbacks(hot, laws, () => clock.date(), signal);
};

import { join } from 'node:path';
import type { Logger } from '../../infra/logger';
import type { KernelState } from '../kernel/kernel';
import { createInputLog, type InputLog } from '../replay/input-log';

export interface InputLogPlace {
  /** Holds one directory per dialer. */
  directory: string;
  maxBytes: number;
}

/** The log of this dialer's kernel under this epoch; none when no place is given. Trouble with it stops nothing. */
export const openInputLog = (
  place: InputLogPlace | undefined,
  state: KernelState,
  logger: Logger,
): InputLog | undefined => {
  if (!place) return undefined;
  const { dialerId, epoch } = state;
  return createInputLog({
    directory: join(place.directory, dialerId),
    maxBytes: place.maxBytes,
    dialerId,
    epoch,
    state,
    onProblem: (problem, error) => logger.warn({ dialerId, reason: error ? String(error) : undefined }, problem),
  });
};

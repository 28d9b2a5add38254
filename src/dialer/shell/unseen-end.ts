import type { TelephonyEvent } from '../../telephony/port';

/** Whoever answered unheard of and no longer than this before the switch ended was not left alone beyond the limit. */
const BRIEF_MS = 1_000;

/**
 * What became of the person on a leg whose end could not be followed; in doubt somebody was there and is counted.
 * Undefined: the end was followed, or it is the switch's own.
 */
export const unseenFate = (
  event: Extract<TelephonyEvent, { type: 'ended' }>,
): 'SERVED' | 'UNSERVED' | 'UNANSWERED' | undefined => {
  if (event.heldByDialplan) return 'UNSERVED';
  if (!event.inferred) return undefined;
  if (event.mark === 'served') return 'SERVED';
  if (event.mark === 'answered' || event.cause === 'answered') return 'UNSERVED';
  const doubt = event.mark === 'unreadable' && (event.unheardMs ?? Number.POSITIVE_INFINITY) > BRIEF_MS;
  if (doubt) return 'UNSERVED';
  return event.mark === 'none' ? 'UNANSWERED' : undefined;
};

import type { LegTruth } from '../../src/telephony/simulated-switch';
import type { AttemptRow } from './audit-read';

/** What the switch's truth lets an attempt's outcome be. */

/**
 * Stretches in which nobody acted for the dialer: what ended then may be unknown. `forgot`: the switch was restarted in it
 * as well, so that nothing tells whether a person had answered.
 */
export type Outages = readonly { from: number; to: number; forgot?: boolean }[];

const GAP_SLACK_MS = 1_000;
const BRIEF_MS = 300;

const CAUSES: Record<number, string> = {
  17: 'BUSY',
  1: 'INVALID_NUMBER',
  22: 'INVALID_NUMBER',
  28: 'INVALID_NUMBER',
  21: 'REJECTED',
  127: 'REJECTED',
  34: 'CONGESTION',
  38: 'NETWORK_FAILURE',
  102: 'NETWORK_FAILURE',
  27: 'NETWORK_FAILURE',
  58: 'CONFIG_ERROR',
  18: 'NO_ANSWER',
  19: 'NO_ANSWER',
  20: 'NO_ANSWER',
};

export const inOutage = (outages: Outages, at: number | undefined): boolean =>
  at !== undefined && outages.some(({ from, to }) => at >= from - GAP_SLACK_MS && at <= to + GAP_SLACK_MS);

const unanswered = (leg: LegTruth): string[] => {
  switch (leg.endedBy) {
    case 'carrier':
      return [CAUSES[leg.cause ?? 0] ?? 'NETWORK_FAILURE'];
    case 'timeout':
      return ['NO_ANSWER'];
    case 'restart':
      return ['NETWORK_FAILURE', 'UNKNOWN'];
    default:
      // Taken down by the dialer: at its ring limit, or because nobody is left to serve it.
      return ['NO_ANSWER', 'CANCELLED'];
  }
};

const talkMs = (leg: LegTruth): number => leg.withAgent.reduce((sum, span) => sum + span.to - span.from, 0);

/** The outcomes that agree with what the switch saw; undefined leg: it saw nothing. */
export const possibleOutcomes = (leg: LegTruth | undefined, attempt: AttemptRow, outages: Outages): string[] => {
  if (!leg) {
    const doubt = inOutage(outages, attempt.claimedAt.getTime()) || inOutage(outages, attempt.notAfter.getTime());
    return doubt ? ['NOT_PLACED', 'UNKNOWN'] : ['NOT_PLACED'];
  }
  const unheard = inOutage(outages, leg.endedAt);
  if (leg.answeredAt === undefined) {
    if (!unheard) return unanswered(leg);
    // Whether a person was there is not known, and one is counted.
    const forgotten = inOutage(
      outages.filter(({ forgot }) => forgot),
      leg.endedAt,
    );
    return [...unanswered(leg), 'UNKNOWN', ...(forgotten ? ['NETWORK_FAILURE', 'ABANDONED'] : [])];
  }
  if (leg.withAgent.length > 0) {
    // A bridge that came after it was given up is taken back at once.
    if (talkMs(leg) < BRIEF_MS) return ['LIVE_VOICE', 'ABANDONED', ...(unheard ? ['CUSTOMER_ABANDONED'] : [])];
    // Who died between the bridge and its mark cannot tell that the person was served: counted against ourselves.
    const untold = unheard && inOutage(outages, leg.withAgent[0]?.from);
    return untold ? ['LIVE_VOICE', 'ABANDONED'] : ['LIVE_VOICE'];
  }
  const people = ['ABANDONED', 'CUSTOMER_ABANDONED'];
  return leg.live ? people : [...people, 'MACHINE', 'FAX', 'SIT'];
};

import { campaignState, organisationDialling, schedule } from './campaign-gates';
import { attempts, callingHours, contactDue, contactState } from './contact-gates';
import type { Gate, GateFacts, GateVerdict } from './facts';
import { doNotCall, numberInFlight, optOut } from './number-gates';

/** In the order in which they are told; the first that refuses decides what becomes of the contact. */
export const GATES: readonly Gate[] = [
  organisationDialling,
  campaignState,
  schedule,
  contactState,
  contactDue,
  attempts,
  callingHours,
  doNotCall,
  optOut,
  numberInFlight,
];

export interface Evaluation {
  allowed: boolean;
  gates: GateVerdict[];
  /** The next moment at which every gate that time alone opens is open; absent when none is closed or one never opens. */
  nextAt?: number;
  /** Version of the time zone rules that were applied. */
  tz: string;
}

/** Every gate is asked, also after a refusal, so that an explanation is complete. */
export const evaluate = (facts: GateFacts): Evaluation => {
  const gates = GATES.map((gate) => gate(facts));
  const refused = gates.filter((verdict) => !verdict.allowed);
  const moments = refused.map((verdict) => verdict.nextAt);
  const known = moments.filter((moment): moment is number => moment !== undefined);
  return {
    allowed: refused.length === 0,
    gates,
    tz: process.versions.tz ?? 'unknown',
    ...(known.length > 0 && known.length === moments.length && { nextAt: Math.max(...known) }),
  };
};

/** The gate that decides: the first in order that refuses. */
export const firstRefusal = (evaluation: Evaluation): GateVerdict | undefined =>
  evaluation.gates.find((verdict) => !verdict.allowed);

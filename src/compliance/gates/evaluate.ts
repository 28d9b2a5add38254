import { campaignState, organisationDialling, schedule } from './campaign-gates';
import { attemptCaps, lockAfterAbandon } from './cap-gates';
import { attempts, callingHours, contactDue, contactFilter, contactState } from './contact-gates';
import type { Gate, GateFacts, GateVerdict } from './facts';
import { doNotCall, numberInFlight, optOut } from './number-gates';
import { callbackAgent, callbackWindow, listActive, modeWindow } from './strategy-gates';
import { suppression } from './suppression-gate';

/** In the order in which they are told; the first that refuses decides what becomes of the contact. */
export const GATES: readonly Gate[] = [
  organisationDialling,
  campaignState,
  schedule,
  contactState,
  contactDue,
  contactFilter,
  attempts,
  listActive,
  callbackWindow,
  // Of the number rather than the moment, so before all that waits: whom no number reaches is closed at once.
  doNotCall,
  optOut,
  callbackAgent,
  suppression,
  // Before the lawful hours: while those of this number are closed, another's may be open.
  modeWindow,
  callingHours,
  attemptCaps,
  lockAfterAbandon,
  numberInFlight,
];

export interface Evaluation {
  allowed: boolean;
  gates: GateVerdict[];
  /** Version of the time zone rules that were applied. */
  tz: string;
}

/** Every gate is asked, also after a refusal, so that an explanation is complete. */
export const evaluate = (facts: GateFacts): Evaluation => {
  const gates = GATES.map((gate) => gate(facts));
  return { allowed: gates.every(({ allowed }) => allowed), gates, tz: process.versions.tz ?? 'unknown' };
};

/** The gate that decides: the first in order that refuses. */
export const firstRefusal = (evaluation: Evaluation): GateVerdict | undefined =>
  evaluation.gates.find((verdict) => !verdict.allowed);

/** Gates whose openings never meet have none: nobody is made to wait for it longer than this. */
const ROUNDS = 500;

/**
 * The first moment from `facts.at` on at which every gate lets the contact pass, if nothing but time changes. Undefined: time
 * alone does not open them all. A call in flight is taken to be over when its gate says that it may be.
 */
export const nextLawful = (facts: GateFacts): number | undefined => {
  let now = facts;
  for (let round = 0; round < ROUNDS; round++) {
    const refused = evaluate(now).gates.filter(({ allowed }) => !allowed);
    if (refused.length === 0) return now.at;
    const moments = refused.map(({ nextAt }) => nextAt);
    if (moments.includes(undefined)) return undefined;
    const at = Math.max(...(moments as number[]));
    now = { ...now, at, number: { ...now.number, inFlight: false } };
  }
  return undefined;
};

import type { TelephonyOutcome } from '../../dialer/kernel/messages';

/** What the network's own cause tells beyond the outcome of the call. Each stands in place of one telephony outcome. */
export const REFINED_OUTCOMES = {
  /** The network found the subscriber but nobody's telephone: switched off or out of coverage. */
  UNREACHABLE: 'NO_ANSWER',
  NUMBER_CHANGED: 'INVALID_NUMBER',
  INCOMPLETE_NUMBER: 'INVALID_NUMBER',
  /** Blocked as unwanted, by the person or by analytics on the way: SIP 607 or 608. */
  BLOCKED: 'REJECTED',
  /** Refused by the carrier's policy, not by the person: SIP 403; look at the caller ID. */
  REFUSED_BY_CARRIER: 'REJECTED',
  NO_ROUTE: 'NETWORK_FAILURE',
  OUT_OF_ORDER: 'NETWORK_FAILURE',
} as const satisfies Record<string, TelephonyOutcome>;

export type RefinedOutcome = keyof typeof REFINED_OUTCOMES;

/** What a telephony outcome set has a rule for. */
export type DialOutcome = TelephonyOutcome | RefinedOutcome;

/** Q.850 causes, as the switch reports them (docs/contact-strategy.md has the table). */
const BY_CAUSE: Partial<Record<TelephonyOutcome, Record<number, RefinedOutcome>>> = {
  NO_ANSWER: { 18: 'UNREACHABLE', 20: 'UNREACHABLE' },
  INVALID_NUMBER: { 22: 'NUMBER_CHANGED', 28: 'INCOMPLETE_NUMBER' },
  NETWORK_FAILURE: { 2: 'NO_ROUTE', 3: 'NO_ROUTE', 27: 'OUT_OF_ORDER' },
};

const BY_SIP: Partial<Record<TelephonyOutcome, Record<number, RefinedOutcome>>> = {
  REJECTED: { 403: 'REFUSED_BY_CARRIER', 607: 'BLOCKED', 608: 'BLOCKED' },
};

export interface AttemptEnd {
  outcome: TelephonyOutcome;
  q850: number | null;
  sip: number | null;
}

/** How an attempt ended as far as anything can tell it apart. */
export const dialOutcomeOf = ({ outcome, q850, sip }: AttemptEnd): DialOutcome =>
  (sip === null ? undefined : BY_SIP[outcome]?.[sip]) ??
  (q850 === null ? undefined : BY_CAUSE[outcome]?.[q850]) ??
  outcome;

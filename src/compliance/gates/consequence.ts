import type { GateVerdict } from './facts';

/** What becomes of a contact that a gate refused at its claim. */
export type Consequence =
  /** The gate is the campaign's or the row has changed meanwhile: the contact stays as it is. */
  | { kind: 'KEEP' }
  /** Until the campaign's filter changes. */
  | { kind: 'LEAVE_OUT' }
  | { kind: 'DELAY'; dueAt: number; numberIndex?: number }
  | { kind: 'CLOSE'; reason: string };

/** Goes on with another number, else waits; what time alone does not open is closed to the campaign. */
const waits = ({ nextAt, other }: GateVerdict, reason: string): Consequence => {
  if (other) return { kind: 'DELAY', dueAt: other.at, numberIndex: other.numberIndex };
  return nextAt === undefined ? { kind: 'CLOSE', reason } : { kind: 'DELAY', dueAt: nextAt };
};

export const consequenceOf = (refusal: GateVerdict): Consequence => {
  switch (refusal.gate) {
    case 'ORGANISATION_DIALLING':
    case 'CAMPAIGN_STATE':
    case 'SCHEDULE':
    case 'CONTACT_STATE':
    case 'CONTACT_DUE':
    case 'CALLBACK_WINDOW':
    case 'CALLBACK_AGENT':
      return { kind: 'KEEP' };
    case 'CONTACT_FILTER':
      return { kind: 'LEAVE_OUT' };
    case 'ATTEMPTS':
      return { kind: 'CLOSE', reason: 'MAX_ATTEMPTS' };
    case 'LIST_ACTIVE':
      return { kind: 'CLOSE', reason: refusal.closeReason ?? 'LIST_STOPPED' };
    case 'MODE_WINDOW':
      return waits(refusal, refusal.closeReason ?? 'NO_WINDOW');
    case 'CALLING_HOURS':
      return waits(refusal, 'NO_LAWFUL_HOURS');
    case 'DNC':
      return waits(refusal, 'DNC');
    case 'OPT_OUT':
      return waits(refusal, 'OPTED_OUT');
    case 'SUPPRESSION':
      return waits(refusal, 'SUPPRESSED');
    case 'ATTEMPT_CAPS':
    case 'LOCK_AFTER_ABANDON':
    case 'NUMBER_IN_FLIGHT':
      return refusal.nextAt === undefined ? { kind: 'KEEP' } : { kind: 'DELAY', dueAt: refusal.nextAt };
  }
};

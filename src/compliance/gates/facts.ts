import type { Cap, Law } from '../law/law';
import type { Schedule } from '../schedule';
import type { SuppressionVerdict } from '../suppression/evaluate';
import type { PastAttempt } from './attempt-count';

/** An attempt leaves within this time of its claim, or never. */
export const PLACED_WITHIN_MS = 2_000;

/** Everything the gates may look at. Read under the locks of the claim, or without them for an explanation. */
export interface GateFacts {
  /** Business time, epoch milliseconds. */
  at: number;
  organisation: { diallingStopped: boolean };
  campaign: {
    id: string;
    state: string;
    /** What its calls are about. */
    subject: string;
    /** Its own, beside those of the law: counted over its own attempts alone. */
    caps: readonly Cap[];
    /** Null: always open. */
    schedule: Schedule | null;
    maxAttempts: number;
    /** Whether national do-not-call registries hold for it. */
    ndnc: boolean;
    /** Minutes of the day in the called person's zone. */
    callingHours: { startMinute: number; endMinute: number };
  };
  contact: {
    state: string;
    dueAt: number;
    /** The campaign's filter takes it, or it was promised a call. */
    wanted: boolean;
    attempts: number;
    /** Its external id: whoever has the same is the same person. */
    person: string | null;
    /** IANA zones joined by '|': the call must be lawful in each. */
    zone: string;
    /** Null: it has none. `agentId` alone may make it, null: anyone, until `anyoneAt`, null: as long as it stands. */
    callback: { until: number; agentId: string | null; anyoneAt: number | null } | null;
  };
  list: {
    stopped: boolean;
    /** Epoch milliseconds; null: never. */
    expiresAt: number | null;
  };
  /** The contact strategy at work on this contact's numbers; null: the campaign has none. */
  modes: { numberIndex: number; next(at: number): NextNumber } | null;
  /** The number to go on with where this one must not be called; undefined: none of the others may be either. `at` is pure. */
  instead(at: number): Place | undefined;
  number: {
    number: string;
    /** When a call to it was last abandoned. */
    abandonedAt: number | null;
    /** What stands against calling the person, of the lists that hold for the campaign, and their own word. */
    listedAs: readonly DoNotCallListing[];
    /** Another attempt to the same person is in flight. */
    inFlight: boolean;
  };
  /** Of the last days, as far as caps look: those to the number and those to the person. */
  attempts: readonly PastAttempt[];
  /** The line is pledged to an agent. */
  agentGuaranteed: boolean;
  /** To which; null: to none, or to whoever will be there. */
  pledgedTo: string | null;
  /** The organisation's own rules; null: the campaign has chosen none. `at` is pure. */
  suppression: { set: string; version: number; at(moment: number): SuppressionVerdict } | null;
  /** The law of the called person at a moment; pure. */
  lawAt(at: number): Law;
}

/** A number of the contact and from when it may be dialled, as far as whoever answers it knows: strategy, law, lists, rules. */
export interface Place {
  numberIndex: number;
  at: number;
}

/** The number to be dialled next, or why there is none. DNC: all that are left stand on lists; SUPPRESSED: on lists or under rules. */
export type NextNumber = Place | 'NO_NUMBER' | 'MODES_EXHAUSTED' | 'NO_WINDOW' | 'DNC' | 'SUPPRESSED';

export interface DoNotCallListing {
  kind: 'INTERNAL' | 'NDNC' | 'CUSTOM' | 'OPT_OUT';
  by: 'NUMBER' | 'PREFIX' | 'CUSTOMER_ID';
  /** Epoch milliseconds at which it ends by itself; null: never. */
  until: number | null;
}

export const GATE_NAMES = [
  'ORGANISATION_DIALLING',
  'CAMPAIGN_STATE',
  'SCHEDULE',
  'CONTACT_STATE',
  'CONTACT_DUE',
  'CONTACT_FILTER',
  'ATTEMPTS',
  'LIST_ACTIVE',
  'CALLBACK_WINDOW',
  'CALLBACK_AGENT',
  'MODE_WINDOW',
  'CALLING_HOURS',
  'ATTEMPT_CAPS',
  'LOCK_AFTER_ABANDON',
  'DNC',
  'OPT_OUT',
  'SUPPRESSION',
  'NUMBER_IN_FLIGHT',
] as const;
export type GateName = (typeof GATE_NAMES)[number];

export interface GateVerdict {
  gate: GateName;
  allowed: boolean;
  /** What was compared, in words that hold no personal data. */
  detail: string;
  /** Epoch milliseconds of the next moment at which this gate may let the contact pass; absent: not by time alone. */
  nextAt?: number;
  /** Another number of the contact is to be dialled in its place, from then on. */
  other?: Place;
  /** It never opens: why the contact is closed. */
  closeReason?: string;
}

/** Pure: the same facts give the same verdict, in the claim, in the simulator and in an explanation. */
export type Gate = (facts: GateFacts) => GateVerdict;

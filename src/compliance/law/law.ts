import type { DayWindow, Openness } from '../zoned-windows';

/**
 * What the law of a called person says at one moment: of all profiles that apply, the strictest of each rule. Plain data
 * but for the hours, which are asked for a moment and zones. Made by `lawOf`; two calls that fall between the same
 * dates give the same object, so it may be compared and held as a key.
 */
export interface Law {
  /** Jurisdiction codes it was made for, as stored with the contact: `US|US-FL`. */
  codes: string;
  /** Profiles in force with the first day of their version: `US@2024-10-15`. Goes into the verdict. */
  profiles: string[];
  /** Ids of the organisation's overrides that were applied: a verdict shows by whose decision a rule was loosened. */
  overrides: string[];
  /**
   * Whether a call may be made at `at` in every one of the zones (joined by '|'), Sundays and holidays included, and if not
   * when it next may: right to the minute. No `nextAt`: never within a year. `within` are hours of the campaign, which can
   * only narrow the law's.
   */
  callingHours(at: number, zones: string, within?: DayWindow): Openness;
  /** Those hours on the local day of `at` in the first of the zones, in words: `08:00–20:00`. */
  hoursInWords(at: number, zones: string, within?: DayWindow): string;
  /** Every cap counts: one that is reached forbids the call. */
  caps: Cap[];
  /** A ringing line is not hung up before. The longest of the profiles. */
  minimumRingMs: number;
  /** Every rule counts: a campaign is judged in each of their windows. */
  abandon: AbandonRule[];
  /** How long a number rests after an abandoned call to it. The longest of the profiles; null: none. */
  lockAfterAbandon: AbandonLock | null;
  /** What an abandoned person must hear. */
  message: AbandonedMessage;
  /** How long records of attempts must be kept at least, in days; the longest of the profiles. */
  retentionDays: number;
  /** For a number whose time zone nobody knows. NOT_DIALLED is the stricter. */
  unknownZone: UnknownZone;
  /** All zones of the countries, for STRICTEST; empty: none is known. */
  zones: string[];
}

/** At most `max` attempts within a time. */
export interface Cap {
  /** Names it in verdicts, reports and overrides: `US-FL/3-in-24h`. Unique among all profiles. */
  id: string;
  /** PERSON: by the contact's external id over all their numbers; a contact without one counts by number. */
  scope: 'NUMBER' | 'PERSON';
  /** Only attempts of campaigns with the same subject matter count together. */
  perSubject: boolean;
  max: number;
  /** `calendarDay`: the day of the called person's zone. */
  within: { rollingMs: number } | { calendarDay: true };
  source: string;
}

/** Causes of an abandon; see the vocabulary. */
export type AbandonCause = 'OVERDIAL' | 'AGENT_LOST' | 'AMD_FALSE' | 'FAULT';

/** A limit on abandoned calls and how it is counted. */
export interface AbandonRule {
  /** The profile it comes from, with its version: `GB@2017-03-01`. */
  profile: string;
  limitPercent: number;
  /** `calendarMonth`: from the first of the month in that zone. */
  window: { rollingMs: number } | { calendarMonth: true; timeZone: string };
  /** Causes that count as abandoned. */
  numerator: 'ALL' | AbandonCause[];
  /** Of what the percentage is taken: all live answers, or those that reached an agent and those abandoned. */
  denominator: 'LIVE_ANSWERS' | 'SERVED_OR_ABANDONED';
  /** From when the time counts within which the person must be with an agent. */
  clockStart: 'GREETING_END' | 'ANSWER';
  /** That time. */
  withinMs: number;
  /** Whether each campaign is judged alone or all of the organisation together. */
  scope: 'CAMPAIGN' | 'ORGANISATION';
  source: string;
}

export interface AbandonLock {
  ms: number;
  /** It may be dialled all the same when an agent is there for that very line: a pledge. */
  unlessAgentGuaranteed: boolean;
}

/** What the message to an abandoned person must hold, or must not. */
export const MESSAGE_ELEMENTS = [
  'CALLER_NAME',
  'CALLBACK_NUMBER',
  'PURPOSE',
  'OPT_OUT_BY_KEY',
  'OPT_OUT_NUMBER',
  'NO_MARKETING',
] as const;
export type MessageElement = (typeof MESSAGE_ELEMENTS)[number];

export interface AbandonedMessage {
  /** It must begin within this time of the moment at which the clock starts. The shortest of the profiles. */
  withinMs: number;
  /** In the order of `MESSAGE_ELEMENTS`. */
  elements: MessageElement[];
}

/** STRICTEST: dialled when the hours are open in every zone that the country has. */
export type UnknownZone = 'STRICTEST' | 'NOT_DIALLED';

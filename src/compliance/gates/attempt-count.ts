import type { Cap } from '../law/law';
import { localDay, openness } from '../zoned-windows';

/** An attempt that was placed, or still may be. */
export interface PastAttempt {
  /** When it was placed; until that is known, the last moment at which it may be. */
  at: number;
  campaignId: string;
  /** What the calls of its campaign are about. */
  subject: string;
  number: string;
  /** The external id of the contact; null without one. */
  person: string | null;
}

/** Whom a call is to, and about what. */
export interface CalledPerson {
  number: string;
  person: string | null;
  subject: string;
  /** IANA zones joined by '|': a calendar day must have room in each. */
  zone: string;
}

/** Whose attempts count: a number's, or a person's over all their numbers. One that names no person is the number's. */
const isOf = ({ scope }: Cap, { number, person }: CalledPerson, attempt: PastAttempt): boolean =>
  scope === 'NUMBER' || person === null
    ? attempt.number === number
    : attempt.person === person || (attempt.person === null && attempt.number === number);

const counts = (cap: Cap, called: CalledPerson, attempt: PastAttempt): boolean =>
  isOf(cap, called, attempt) && (!cap.perSubject || attempt.subject === called.subject);

export interface Count {
  cap: Cap;
  made: number;
  /** When it is reached: the moment at which there is room again. */
  freeAt?: number;
}

const dayEnds = (at: number, zone: string): number | undefined => {
  const today = localDay(at, zone)?.iso;
  return openness(at, zone, (day) => (day.iso === today ? [] : [{ startMinute: 0, endMinute: 1440 }]), 3).nextAt;
};

const countOfDay = (cap: Cap, at: number, zone: string, moments: readonly number[]): Count => {
  const today = localDay(at, zone)?.iso ?? '';
  const made = moments.filter((moment) => (localDay(moment, zone)?.iso ?? '') >= today).length;
  const freeAt = made < cap.max ? undefined : dayEnds(at, zone);
  return { cap, made, ...(freeAt !== undefined && { freeAt }) };
};

/** How far a cap is used up at a moment. Attempts may be more than it looks at. */
export const countOf = (cap: Cap, at: number, called: CalledPerson, attempts: readonly PastAttempt[]): Count => {
  const moments = attempts.filter((attempt) => counts(cap, called, attempt)).map((attempt) => attempt.at);
  if ('rollingMs' in cap.within) {
    const { rollingMs } = cap.within;
    const inside = moments.filter((moment) => at - moment < rollingMs).sort((a, b) => b - a);
    // Of more than are allowed, as when a cap was lowered, so many must leave that one fits in.
    const leaves = inside[cap.max - 1];
    return { cap, made: inside.length, ...(leaves !== undefined && { freeAt: leaves + rollingMs }) };
  }
  const days = called.zone.split('|').map((zone) => countOfDay(cap, at, zone, moments));
  return days.reduce((worst, day) => ((day.freeAt ?? 0) > (worst.freeAt ?? 0) || day.made > worst.made ? day : worst));
};

const DAY_MS = 86_400_000;

/** Attempts older than this need not be known to count these caps; 0: none need be. */
export const reachOf = (caps: readonly Cap[]): number =>
  // A calendar day with its change of clocks, seen from any zone.
  Math.max(0, ...caps.map(({ within }) => ('rollingMs' in within ? within.rollingMs : 2 * DAY_MS)));

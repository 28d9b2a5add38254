import { countOf } from '../../compliance/gates/attempt-count';
import type { Cap } from '../../compliance/law/law';
import type { Openness } from '../../compliance/zoned-windows';
import type { DialOutcome } from '../retry/dial-outcome';
import { type CloseReason, type ContactNumber, nextStep } from '../retry/next-step';
import { type Policy, ruleFor } from '../retry/rule-for';
import type { Plan, TriedModes } from './plan';

/** An attempt as it is assumed to go. */
export interface Assumed {
  outcome: DialOutcome;
  wrapUpCode: string | null;
}

export interface PreviewQuestion {
  policy: Policy;
  plan: Plan | null;
  maxAttempts: number;
  numbers: readonly ContactNumber[];
  /** From when the contact is due, epoch milliseconds. */
  from: number;
  /** What each attempt in turn comes to; the last one goes on for all that follow. */
  assumed: readonly [Assumed, ...Assumed[]];
  /** From the claim of an attempt to its end. */
  attemptMs: number;
  /** Whether a call to that number is lawful at a moment. */
  hours: (at: number, number: ContactNumber) => Openness;
  /** Limits on attempts at that number at a moment. */
  capsAt: (at: number, number: ContactNumber) => readonly Cap[];
}

export interface PreviewedAttempt {
  attemptNo: number;
  at: number;
  numberIndex: number;
  outcome: DialOutcome;
  wrapUpCode: string | null;
  /** When the rules alone would have had it, before windows, hours and limits. */
  dueAt: number;
}

export interface Preview {
  attempts: PreviewedAttempt[];
  /** Why the contact is closed after the last of them; null: it would go on beyond what is shown. */
  closed: CloseReason | 'NO_LAWFUL_HOURS' | null;
}

/** More than any policy in use makes; one that does not count may make thousands. */
export const MOST_PREVIEWED = 200;
const ROUNDS = 400;

interface Standing {
  attempts: number;
  uncounted: number;
  numberIndex: number;
  tried: TriedModes;
}

/** The first moment from `due` on, and the number, at which everything that time alone decides lets an attempt pass. */
const settle = (
  question: PreviewQuestion,
  { numberIndex, tried }: Standing,
  due: number,
  made: readonly PreviewedAttempt[],
): { at: number; numberIndex: number } | CloseReason | 'NO_LAWFUL_HOURS' => {
  const { numbers, plan } = question;
  let place = { at: due, numberIndex };
  for (let round = 0; round < ROUNDS; round += 1) {
    const { at } = place;
    if (plan) {
      const preferred = Object.keys(tried).length > 0 ? place.numberIndex : null;
      const lawful = (index: number, moment: number) => question.hours(moment, numbers[index] as ContactNumber);
      const next = plan.next({ numbers, tried, preferred, from: () => at, hours: lawful });
      if (typeof next === 'string') return next;
      place = next;
    }
    const number = numbers[place.numberIndex];
    if (!number) return 'NO_NUMBER';
    const hours = question.hours(place.at, number);
    if (!hours.open && hours.nextAt === undefined) return 'NO_LAWFUL_HOURS';
    const capped = capsOpenAt(question, place, made);
    const moment = Math.max(hours.open ? place.at : (hours.nextAt as number), capped);
    if (moment === at && place.at === at) return place;
    place = { at: Math.max(moment, place.at), numberIndex: place.numberIndex };
  }
  return 'NO_LAWFUL_HOURS';
};

/** When every limit has room: counted as the gate counts. */
const capsOpenAt = (
  question: PreviewQuestion,
  { at, numberIndex }: { at: number; numberIndex: number },
  made: readonly PreviewedAttempt[],
): number => {
  const { number, zone } = question.numbers[numberIndex] as ContactNumber;
  const person = 'the contact';
  const called = { number, person, subject: '', zone };
  const past = made.map((one) => ({
    at: one.at,
    campaignId: '',
    subject: '',
    number: question.numbers[one.numberIndex]?.number ?? '',
    person,
  }));
  const counts = question
    .capsAt(at, question.numbers[numberIndex] as ContactNumber)
    .map((cap) => countOf(cap, at, called, past));
  const reached = counts.filter(({ cap, made: attempts }) => attempts >= cap.max);
  return Math.max(at, ...reached.map(({ freeAt }) => freeAt ?? at));
};

/**
 * The attempts that a policy would make for a contact, if a line were free at every moment they are due. Pure: it asks the same
 * function as the worker what follows from each of them.
 */
export const previewAttempts = (question: PreviewQuestion): Preview => {
  const { policy, plan, maxAttempts, numbers, assumed, attemptMs } = question;
  const attempts: PreviewedAttempt[] = [];
  let standing: Standing = { attempts: 0, uncounted: 0, numberIndex: 0, tried: {} };
  let due = question.from;
  while (attempts.length < MOST_PREVIEWED) {
    const place = settle(question, standing, due, attempts);
    if (typeof place === 'string') return { attempts, closed: place };
    const { outcome, wrapUpCode } = assumed[Math.min(attempts.length, assumed.length - 1)] as Assumed;
    const { at, numberIndex } = place;
    attempts.push({ attemptNo: standing.attempts + 1, at, numberIndex, outcome, wrapUpCode, dueAt: due });
    const step = nextStep({
      ...ruleFor(policy, outcome, wrapUpCode),
      attempts: standing.attempts,
      uncounted: standing.uncounted,
      maxAttempts,
      numberIndex,
      numbers,
      endedAt: new Date(at + attemptMs),
      plan,
      tried: standing.tried,
    });
    if (step.state === 'CLOSED') return { attempts, closed: step.reason };
    standing = step;
    due = step.dueAt.getTime();
  }
  return { attempts, closed: null };
};

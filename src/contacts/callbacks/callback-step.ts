import type { NextStep } from '../retry/next-step';
import type { TriedModes } from '../strategy/plan';

/** An open callback of a contact whose attempt has ended. */
export interface OpenCallback {
  id: string;
  from: Date;
  until: Date;
  /** The call in which it was promised. */
  attemptId: string | null;
}

export interface CallbackQuestion {
  /** What the rules alone would have. */
  step: NextStep;
  callback: OpenCallback | null;
  endedAttemptId: string;
  /** Whether the person has spoken with an agent in it. */
  reached: boolean;
  maxAttempts: number;
  numberIndex: number;
  tried: TriedModes;
}

export interface CallbackStep {
  step: NextStep;
  /** The callback that still stands. */
  kept: OpenCallback | null;
  /** What has become of one that does not. */
  ended: { state: 'DONE' | 'MISSED' | 'CANCELLED'; reason: string } | null;
}

/** Closings that no promise outlives. */
const FINAL: ReadonlySet<string> = new Set(['OPTED_OUT', 'LIST_STOPPED', 'LIST_EXPIRED', 'LIST_DETACHED']);

/**
 * What a callback makes of the next step. Pure. A promise given in the call that has just ended stands whatever the rules
 * say, also when the attempts are used up; the call that was promised ends it when the person was reached, and is tried again
 * within its window when not.
 */
export const callbackStep = (question: CallbackQuestion): CallbackStep => {
  const { step, callback } = question;
  if (!callback) return { step, kept: null, ended: null };
  if (step.state === 'CLOSED' && FINAL.has(step.reason)) {
    return { step, kept: null, ended: { state: 'CANCELLED', reason: step.reason } };
  }
  if (callback.attemptId === question.endedAttemptId) {
    const promised: NextStep = {
      state: 'READY',
      attempts: Math.min(step.attempts, question.maxAttempts - 1),
      uncounted: 0,
      dueAt: callback.from,
      numberIndex: question.numberIndex,
      tried: step.state === 'READY' ? step.tried : question.tried,
    };
    return { step: promised, kept: callback, ended: null };
  }
  if (question.reached) return { step, kept: null, ended: { state: 'DONE', reason: 'REACHED' } };
  if (step.state === 'CLOSED') return { step, kept: null, ended: { state: 'MISSED', reason: step.reason } };
  return { step, kept: callback, ended: null };
};

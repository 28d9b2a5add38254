import type { CpaParams } from '../../telephony/port';

/** What the shell needs to place a claimed attempt and to act on its leg; the kernel knows the rest. */
export interface Line {
  attemptId: string;
  campaignId: string;
  contactId: number;
  to: string;
  callerId: string;
  cpa: CpaParams | undefined;
  /** The originate may not leave after this: our monotonic clock, and real wall time for a machine that slept. */
  notAfter: number;
  notAfterWall: number;
  /** Answered while nobody listened: the switch's own fallback plays the message, which must not be cut off. */
  heldByDialplan?: boolean;
}

/** Attempts in flight: added by the claim or the take-over, gone with their outcome. */
export type Lines = Map<string, Line>;

const number = (value: unknown, fallback: number): number => (typeof value === 'number' ? value : fallback);

export interface CpaSettings {
  enabled: boolean;
  params: CpaParams | undefined;
  /** The longest an answered line can wait for its verdict. */
  analysisMs: number;
}

/**
 * The group's CPA switches and timers; each switch needs the one before it. Only answering machine detection gives a
 * verdict to wait for: without it every answer is a live one at once.
 */
export const cpaOf = (cpa: Record<string, unknown>): CpaSettings => {
  const enabled = cpa.cpaEnabled === true && cpa.amdEnabled === true;
  if (!enabled) return { enabled, params: undefined, analysisMs: 0 };
  const params: CpaParams = {
    amd: true,
    terminatingTone: cpa.terminatingToneDetect === true,
    minSilenceMs: number(cpa.minSilencePeriodMs, 608),
    analysisPeriodMs: number(cpa.analysisPeriodMs, 2500),
    minimumValidSpeechMs: number(cpa.minimumValidSpeechMs, 112),
    maxTimeAnalysisMs: number(cpa.maxTimeAnalysisMs, 3000),
    maxTermToneAnalysisMs: number(cpa.maxTermToneAnalysisMs, 30_000),
    onUnsure: 'human',
  };
  // The whole analysis, and the second after which the adapter gives it up and says unsure.
  const analysisMs = params.maxTimeAnalysisMs + params.analysisPeriodMs + params.minSilenceMs + 1_000;
  return { enabled, params, analysisMs };
};

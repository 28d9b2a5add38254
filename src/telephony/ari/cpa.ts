import type { CpaParams } from '../port';

const BETWEEN_WORDS_MS = 50;
const MAXIMUM_WORDS = 3;
const SILENCE_THRESHOLD = 256;
const MAXIMUM_WORD_MS = 5000;

/** The total analysis must leave room for silence, greeting and the pause after it, or every machine becomes unsure. */
export const totalAnalysisMs = (cpa: CpaParams): number =>
  cpa.maxTimeAnalysisMs + cpa.analysisPeriodMs + cpa.minSilenceMs;

/** The arguments of the dialplan's AMD(), in its order. */
export const amdArguments = (cpa: CpaParams): string =>
  [
    cpa.maxTimeAnalysisMs,
    cpa.analysisPeriodMs,
    cpa.minSilenceMs,
    totalAnalysisMs(cpa),
    cpa.minimumValidSpeechMs,
    BETWEEN_WORDS_MS,
    MAXIMUM_WORDS,
    SILENCE_THRESHOLD,
    MAXIMUM_WORD_MS,
  ].join(',');

export interface Verdict {
  result: 'human' | 'machine' | 'fax' | 'unsure';
  cause: string;
  /** How long before the verdict the person stopped talking, when the analysis says so. */
  silenceMs: number | undefined;
}

/** Reads the arguments of the StasisStart that follows the analysis: `amd,STATUS,CAUSE`. */
export const readVerdict = (args: readonly string[]): Verdict | undefined => {
  if (args[0] !== 'amd') return undefined;
  const cause = args[2] ?? '';
  switch (args[1]) {
    case 'HUMAN': {
      const silence = /^HUMAN-(\d+)/.exec(cause);
      return { result: 'human', cause, silenceMs: silence ? Number(silence[1]) : undefined };
    }
    case 'MACHINE':
      return { result: 'machine', cause, silenceMs: undefined };
    case 'FAX':
      return { result: 'fax', cause, silenceMs: undefined };
    default:
      return { result: 'unsure', cause, silenceMs: undefined };
  }
};

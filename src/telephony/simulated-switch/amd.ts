import type { Voice } from './world';

/** The parameters of Asterisk's AMD application, in its argument order; empty ones take its defaults. */
export interface AmdParams {
  initialSilence: number;
  greeting: number;
  afterGreetingSilence: number;
  totalAnalysisTime: number;
  minimumWordLength: number;
  betweenWordsSilence: number;
  maximumNumberOfWords: number;
  silenceThreshold: number;
  maximumWordLength: number;
}

export interface AmdVerdict {
  status: 'HUMAN' | 'MACHINE' | 'NOTSURE' | 'FAX';
  cause: string;
  /** From the answer, in the callee's own time. */
  tookMs: number;
}

export const parseAmdArgs = (text: string): AmdParams => {
  const given = text.split(',').map((part) => (part.trim() === '' ? undefined : Number(part)));
  const at = (index: number, fallback: number): number => given[index] ?? fallback;
  return {
    initialSilence: at(0, 2500),
    greeting: at(1, 1500),
    afterGreetingSilence: at(2, 800),
    totalAnalysisTime: at(3, 5000),
    minimumWordLength: at(4, 100),
    betweenWordsSilence: at(5, 50),
    maximumNumberOfWords: at(6, 2),
    silenceThreshold: at(7, 256),
    maximumWordLength: at(8, 5000),
  };
};

/** Spoken (positive) and silent (negative) stretches; after the last one comes silence, or no media at all. */
const soundOf = (voice: Voice, greetingMs: number): { stretches: number[]; mediaEnds: boolean } => {
  switch (voice) {
    case 'person':
      return { stretches: [-400, greetingMs], mediaEnds: false };
    case 'vadPerson':
      return { stretches: [-400, greetingMs], mediaEnds: true };
    case 'machine': {
      const stretches = [-200];
      for (let left = greetingMs; left > 0; left -= 1100) stretches.push(Math.min(1100, left), -250);
      return { stretches, mediaEnds: false };
    }
    case 'words':
      return { stretches: [-150, 250, -150, 250, -150, 250, -150, 250, -150, 250], mediaEnds: false };
    case 'fax':
      return { stretches: [-300, 3000], mediaEnds: false };
    case 'deadAir':
      return { stretches: [], mediaEnds: false };
    case 'noMedia':
      return { stretches: [], mediaEnds: true };
  }
};

const FRAME_MS = 20;

/**
 * The analysis of AMD() over what this callee says, frame by frame, by the parameters on the wire: a change of the
 * campaign's timers changes its results as it would on a real switch.
 */
export const analyse = (voice: Voice, greetingMs: number, params: AmdParams): AmdVerdict => {
  if (voice === 'fax') return { status: 'FAX', cause: 'CED2100', tookMs: 1000 };
  const { stretches, mediaEnds } = soundOf(voice, greetingMs);
  const spoken = stretches.reduce((sum, stretch) => sum + Math.abs(stretch), 0);
  let stretch = 0;
  let left = Math.abs(stretches[0] ?? 0);
  let silence = 0;
  let consecutiveVoice = 0;
  let voiceTotal = 0;
  let words = 0;
  let inSilence = false;
  let initialSilence = true;
  let inGreeting = false;

  for (let time = FRAME_MS; ; time += FRAME_MS) {
    if (time >= params.totalAnalysisTime) return { status: 'NOTSURE', cause: `TOOLONG-${time}`, tookMs: time };
    // Without media no frame reaches the analysis: only the total time ends it.
    if (mediaEnds && time > spoken) continue;
    while (stretch < stretches.length && left <= 0) left += Math.abs(stretches[++stretch] ?? 0);
    const speaking = (stretches[stretch] ?? -1) > 0;
    left -= FRAME_MS;
    if (!speaking) {
      silence += FRAME_MS;
      if (silence >= params.betweenWordsSilence) {
        inSilence = true;
        consecutiveVoice = 0;
      }
      if (initialSilence && silence >= params.initialSilence) {
        return { status: 'MACHINE', cause: `INITIALSILENCE-${silence}-${params.initialSilence}`, tookMs: time };
      }
      if (inGreeting && silence >= params.afterGreetingSilence) {
        return { status: 'HUMAN', cause: `HUMAN-${silence}-${params.afterGreetingSilence}`, tookMs: time };
      }
      continue;
    }
    consecutiveVoice += FRAME_MS;
    voiceTotal += FRAME_MS;
    silence = 0;
    if (consecutiveVoice >= params.minimumWordLength && inSilence) {
      words += 1;
      inSilence = false;
    }
    if (consecutiveVoice >= params.maximumWordLength) {
      return { status: 'MACHINE', cause: `MAXWORDLENGTH-${consecutiveVoice}`, tookMs: time };
    }
    if (words >= params.maximumNumberOfWords) {
      return { status: 'MACHINE', cause: `MAXWORDS-${words}-${params.maximumNumberOfWords}`, tookMs: time };
    }
    if (inGreeting && voiceTotal >= params.greeting) {
      return { status: 'MACHINE', cause: `LONGGREETING-${voiceTotal}-${params.greeting}`, tookMs: time };
    }
    if (consecutiveVoice >= params.minimumWordLength) {
      initialSilence = false;
      inGreeting = true;
    }
  }
};

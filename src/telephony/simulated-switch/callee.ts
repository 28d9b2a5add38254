import { Luck } from './random';
import { type FinalResponse, finalResponse } from './sip-causes';
import type { CalleeScript, Voice, World } from './world';

/** One call's fate, drawn when it is placed. All times are real milliseconds, already scaled. */
export interface Callee {
  answers: boolean;
  /** Until the answer or the failure; infinite for one that rings out. */
  ringMs: number;
  failure: FinalResponse | undefined;
  progress: 'ringing' | 'earlyMedia' | 'none';
  voice: Voice;
  /** A living person is at the other end. */
  live: boolean;
  /** Not scaled: the analysis counts in the callee's own time. */
  greetingMs: number;
  verdict: CalleeScript['verdict'];
  talkMs: number;
  hangUpAfterAnswerMs: number | undefined;
  patienceMs: number;
  hangUpInMessageMs: number | undefined;
  answerOnCancel: boolean;
  ringingEventFirst: boolean;
}

const namedFailures = {
  busy: 486,
  invalid: 404,
  rejected: 603,
  congestion: 503,
  networkFailure: 500,
  configError: 488,
} as const;

const pick = <K extends string>(luck: Luck, shares: Record<K, number>): K | undefined => {
  let point = luck.unit();
  for (const [name, value] of Object.entries(shares) as [K, number][]) {
    if (point < value) return name;
    point -= value;
  }
  return undefined;
};

const matches = (rule: World['rules'][number], number: string): boolean =>
  (rule.number === undefined || rule.number === number) &&
  (rule.prefix === undefined || number.startsWith(rule.prefix)) &&
  (rule.suffix === undefined || number.endsWith(rule.suffix));

const failureOf = (script: CalleeScript, outcome: string | number): FinalResponse | undefined => {
  const response =
    typeof outcome === 'number'
      ? finalResponse(outcome)
      : outcome in namedFailures
        ? finalResponse(namedFailures[outcome as keyof typeof namedFailures])
        : undefined;
  if (script.cause === undefined) return response;
  return { dialstatus: response?.dialstatus ?? 'NOANSWER', cause: script.cause };
};

export const drawCallee = (
  world: World,
  seed: number,
  number: string,
  nth: number,
  scripted: CalleeScript | undefined,
): Callee => {
  const script: CalleeScript = { ...world.rules.find((rule) => matches(rule, number))?.script, ...scripted };
  const luck = new Luck(seed, number, nth);
  const { callees, timeScale } = world;

  // Every draw is made in the same order whatever the script says, so that scripting one trait leaves the others alone.
  const drawnAnswer = luck.chance(callees.answerProbability);
  const drawnVoice = pick(luck, callees.voices) ?? 'person';
  const drawnFailure = pick(luck, callees.failures) ?? 'noAnswer';
  const early = luck.chance(callees.hangUpEarly);
  const inMessage = luck.chance(callees.hangUpInMessage);
  const ringingEventFirst = luck.chance(0.5);
  const flipHuman = luck.chance(world.amdErrors.humanAsMachine);
  const flipMachine = luck.chance(world.amdErrors.machineAsHuman);

  const outcome = script.outcome ?? (script.cause !== undefined ? 'rejected' : drawnAnswer ? 'answer' : drawnFailure);
  const answers = outcome === 'answer';
  const failure = answers || outcome === 'noAnswer' ? undefined : failureOf(script, outcome);
  const voice = script.voice ?? drawnVoice;
  const live = voice === 'person' || voice === 'vadPerson';
  const ring = luck.duration(script.ringMs ?? (failure ? callees.failureMs : callees.ringMs));
  const talk = luck.duration(script.talkMs ?? callees.talkMs);
  const patience = luck.duration(script.patienceMs ?? callees.patienceMs);
  const greeting = luck.duration(script.greetingMs ?? (live ? callees.personGreetingMs : callees.machineGreetingMs));
  const earlyMs = luck.duration(script.hangUpAfterAnswerMs ?? callees.hangUpEarlyMs);
  const messageMs = luck.duration(script.hangUpInMessageMs ?? { min: 100, max: 2000 });
  const wrong = live ? (flipHuman ? 'MACHINE' : undefined) : flipMachine ? 'HUMAN' : undefined;

  return {
    answers,
    ringMs: outcome === 'noAnswer' ? Number.POSITIVE_INFINITY : ring * timeScale,
    failure,
    progress: script.progress ?? (failure && ring < 100 ? 'none' : 'ringing'),
    voice,
    live,
    greetingMs: greeting,
    verdict: script.verdict ?? wrong,
    talkMs: talk * timeScale,
    hangUpAfterAnswerMs: script.hangUpAfterAnswerMs !== undefined || early ? earlyMs * timeScale : undefined,
    // A machine records for half a minute after its greeting and then hangs up.
    patienceMs: (live || script.patienceMs !== undefined ? patience : greeting + 30_000) * timeScale,
    hangUpInMessageMs:
      script.hangUpInMessageMs !== undefined || (inMessage && live) ? messageMs * timeScale : undefined,
    answerOnCancel: script.answerOnCancel ?? false,
    ringingEventFirst,
  };
};

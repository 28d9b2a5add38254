import { parseWorld, type World } from '../../src/dialer/simulator/world';
import { amdArguments } from '../../src/telephony/ari';
import type { WorldInput } from '../../src/telephony/simulated-switch';
import { analyse, parseAmdArgs } from '../../src/telephony/simulated-switch/amd';

/** One set of people, told to the simulated switch in its terms and to the simulator in its own. Milliseconds. */
const PEOPLE = {
  hitRate: 0.3,
  machineShare: 0.15,
  failureShare: 0.35,
  ringMs: { min: 2_000, max: 4_000 },
  failureMs: { min: 500, max: 2_500 },
  greetingMs: { min: 300, max: 900 },
  machineGreetingMs: { min: 5_000, max: 9_000 },
  talkMs: { min: 6_000, max: 18_000 },
};

export const WRAP_UP_MS = { min: 1_000, max: 3_000 };
/** The shortest that the law lets a call ring. */
export const RING_LIMIT_SECONDS = 16;
export const ABANDON_PERCENT = 3;
export const PACING = { maxDialingRate: 10, predictiveCorrectionPace: 70, predictiveGain: 1 };
export const CPA = { cpaEnabled: true, amdEnabled: true };

/** A person breathes before the greeting; then silence until the analysis believes that it has ended. */
const BREATH_MS = 400;
const MESSAGE_MS = 5_000;

/** Nobody hangs up before the message: patience would be one more thing to compare. */
const PATIENCE_MS = 600_000;

export const switchWorld = (): WorldInput => {
  const answers = PEOPLE.hitRate + PEOPLE.machineShare;
  return {
    callees: {
      answerProbability: answers,
      voices: { machine: PEOPLE.machineShare / answers },
      failures: {
        busy: PEOPLE.failureShare / (1 - answers),
        invalid: 0,
        rejected: 0,
        congestion: 0,
        networkFailure: 0,
      },
      ringMs: PEOPLE.ringMs,
      failureMs: PEOPLE.failureMs,
      personGreetingMs: PEOPLE.greetingMs,
      machineGreetingMs: PEOPLE.machineGreetingMs,
      talkMs: PEOPLE.talkMs,
      patienceMs: PATIENCE_MS,
    },
    media: { defaultMs: MESSAGE_MS },
  };
};

/** How the analysis of the group's timers, which are the defaults, hears a machine, and how long after a greeting it is sure. */
const heard = () => {
  const args = parseAmdArgs(
    amdArguments({
      amd: true,
      terminatingTone: false,
      minSilenceMs: 608,
      analysisPeriodMs: 2_500,
      minimumValidSpeechMs: 112,
      maxTimeAnalysisMs: 3_000,
      maxTermToneAnalysisMs: 30_000,
      onUnsure: 'human',
    }),
  );
  const greetingMs = (PEOPLE.greetingMs.min + PEOPLE.greetingMs.max) / 2;
  return {
    afterGreetingMs: analyse('person', greetingMs, args).tookMs - BREATH_MS - greetingMs,
    machineMs: analyse('machine', PEOPLE.machineGreetingMs.min, args).tookMs,
  };
};

const uniform = ({ min, max }: { min: number; max: number }, more = 0) => ({
  shape: 'uniform' as const,
  min: (min + more) / 1_000,
  max: (max + more) / 1_000,
});

/** What the running system's own work took, mean seconds. */
export interface Delays {
  claim: number;
  bridge: number;
  /** From a bot's pause to the end of its wrap-up: desktop, API, dialer. */
  desktop: number;
}

/** With the delays that the simulator assumes, or with those that were measured. */
export const simulatorWorld = (contacts: number, delays?: Delays): World => {
  const { afterGreetingMs, machineMs } = heard();
  return parseWorld({
    hitRate: PEOPLE.hitRate,
    machineShare: PEOPLE.machineShare,
    failureShare: PEOPLE.failureShare,
    setUp: { shape: 'constant', value: 0 },
    failure: uniform(PEOPLE.failureMs),
    personRing: uniform(PEOPLE.ringMs),
    machineRing: uniform(PEOPLE.ringMs),
    ringLimitSeconds: RING_LIMIT_SECONDS,
    greeting: uniform(PEOPLE.greetingMs, BREATH_MS),
    amd: {
      verdictAfterGreetingSeconds: afterGreetingMs / 1_000,
      machineVerdict: { shape: 'constant', value: machineMs / 1_000 },
      machinesPassed: 0,
    },
    talk: uniform(PEOPLE.talkMs),
    wrapUp: uniform(WRAP_UP_MS, 1_000 * (delays?.desktop ?? 0)),
    ...(delays && { latency: { claimSeconds: Math.min(1, delays.claim), connectSeconds: Math.min(1, delays.bridge) } }),
    campaigns: [{ contacts }],
  });
};

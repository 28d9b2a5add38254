import type { WorldInput } from '../../src/telephony/simulated-switch';
import { noonZone } from './seed';
import type { SystemOptions } from './system';

/** Callees of every kind, with talks long enough to go on through a take-over. */
export const CRASH_WORLD: WorldInput = {
  callees: {
    answerProbability: 0.5,
    failures: { busy: 0.5, rejected: 0.2, invalid: 0, congestion: 0.1, networkFailure: 0.1 },
    ringMs: { min: 200, max: 2_500 },
    failureMs: { min: 20, max: 1_500 },
    talkMs: { min: 3_000, max: 9_000 },
    patienceMs: { min: 1_000, max: 9_000 },
  },
  media: { defaultMs: 1_500 },
};

/** Above 1 and with a wide limit, so that there are lines without an agent at any moment. */
export const crashCampaign = (contacts: number): SystemOptions['campaign'] => ({
  agents: 16,
  contacts,
  zone: noonZone(new Date()),
  dialingRate: 1.5,
  abandonRatePercent: 60,
  maxAttempts: 100,
  wrapUpLimitSeconds: 1,
  ringLimitSeconds: 16,
});

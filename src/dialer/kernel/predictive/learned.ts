import type { CampaignConfig } from '../messages';
import { createTalks, createWraps, learnTalk, learnWrap, type Talks, type Wraps } from './agents-free';
import type { PacingDecision } from './decision';
import { createDials, type Dials, type Fate, LONG_MEMORY, learnDial, SHORT_MEMORY, shortMemory } from './dials';
import type { Tables } from './tables';

/** All that predictive pacing knows of a campaign. Plain data; a change of parameters keeps it. */
export interface Learned {
  dials: Dials;
  recentDials: Dials;
  /** How many dials `recentDials` remembers. */
  recentMemory: number;
  talks: Talks;
  wraps: Wraps;
  /** How long a live answer can wait for its agent, from its answer. */
  patienceS: number;
  /** Live answers since the start. */
  lives: number;
  /** The threshold, moved by every live answer. */
  theta: number;
  /** Observations since the tables were made. */
  fresh: number;
  tables: Tables | null;
  decision: PacingDecision | null;
}

const THETA_START = 0.003;
const MEMORY_PATIENCE = 100;

export function createLearned(config: CampaignConfig): Learned {
  const ringLimitS = Math.max(config.ringLimitMs, config.minimumRingMs) / 1000;
  return {
    dials: createDials(ringLimitS),
    recentDials: createDials(ringLimitS),
    recentMemory: SHORT_MEMORY,
    talks: createTalks(),
    wraps: createWraps(config.wrapUpLimitMs / 1000),
    patienceS: config.abandon.withinMs / 1000,
    lives: 0,
    theta: THETA_START,
    fresh: 0,
    tables: null,
    decision: null,
  };
}

export function sawDial(learned: Learned, linesInFlight: number, ageMs: number, fate: Fate): void {
  learned.recentMemory = shortMemory(linesInFlight);
  learnDial(learned.dials, LONG_MEMORY, ageMs / 1000, fate);
  learnDial(learned.recentDials, learned.recentMemory, ageMs / 1000, fate);
  learned.fresh += 1;
  if (fate === 'live') learned.lives += 1;
}

/** An average that is a plain mean at first and forgets later. */
function average(was: number, value: number, seen: number, memory: number, prior: number): number {
  return was + (value - was) / Math.min(memory, seen + prior);
}

export function sawPatience(learned: Learned, ms: number): void {
  learned.patienceS = average(learned.patienceS, Math.max(0, ms / 1000), learned.lives, MEMORY_PATIENCE, 2);
}

export function sawTalk(learned: Learned, ms: number): void {
  learnTalk(learned.talks, ms / 1000);
  learned.fresh += 1;
}

export function sawWrap(learned: Learned, ms: number): void {
  learnWrap(learned.wraps, ms / 1000);
  learned.fresh += 1;
}

import type { CampaignConfig } from '../messages';
import { createTalks, createWraps, learnTalk, learnWrap, type Talks, type Wraps } from './agents-free';
import type { PacingDecision } from './decision';
import { createDials, type Dials, learnDial } from './dials';
import type { Tables } from './tables';

/** All that predictive pacing knows of a campaign. Plain data; a change of parameters keeps it. */
export interface Learned {
  dials: Dials;
  talks: Talks;
  wraps: Wraps;
  /** Share of answers that are live, and how long a live answer can wait for its agent, from its answer. */
  routedShare: number;
  patienceS: number;
  /** Answers heard of and live answers resolved since the start. */
  answers: number;
  lives: number;
  /** The threshold, moved by every live answer. */
  theta: number;
  /** Observations since the tables were made. */
  fresh: number;
  tables: Tables | null;
  decision: PacingDecision | null;
}

const THETA_START = 0.01;
const PRIOR_ROUTED = 0.9;
const MEMORY_ROUTED = 300;
const MEMORY_PATIENCE = 100;

export function createLearned(config: CampaignConfig): Learned {
  const ringLimitS = Math.max(config.ringLimitMs, config.minimumRingMs) / 1000;
  return {
    dials: createDials(ringLimitS),
    talks: createTalks(),
    wraps: createWraps(config.wrapUpLimitMs / 1000),
    routedShare: config.classified ? PRIOR_ROUTED : 1,
    patienceS: config.abandon.withinMs / 1000,
    answers: 0,
    lives: 0,
    theta: THETA_START,
    fresh: 0,
    tables: null,
    decision: null,
  };
}

export function sawDial(learned: Learned, ageMs: number, answered: boolean): void {
  learnDial(learned.dials, ageMs / 1000, answered);
  learned.fresh += 1;
  if (answered) learned.answers += 1;
}

/** An average that is a plain mean at first and forgets later. */
function average(was: number, value: number, seen: number, memory: number, prior: number): number {
  return was + (value - was) / Math.min(memory, seen + prior);
}

export function sawVerdict(learned: Learned, live: boolean): void {
  learned.routedShare = average(learned.routedShare, live ? 1 : 0, learned.answers, MEMORY_ROUTED, 5);
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

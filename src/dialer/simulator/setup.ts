import type { AbandonPolicy, CampaignConfig } from '../kernel/messages';
import { longest } from './distribution';
import type { World } from './world';

/** How the production kernel is set up for a world. */

export const ORGANISATION = 'organisation';
export const TEAM = 'team';
/** A Monday, midnight UTC. */
export const WALL_START = Date.UTC(2025, 0, 6);

const DAY = 86_400_000;
const WRAP_UP_LIMIT_MS = 900_000;
const MESSAGE_MS = 5_000;
/** Longer than any talk that a world has. */
const TREATMENT_LIMIT_MS = 24 * 3_600_000;
/** The kernel's own guard on ringing comes this long after its limit. */
const RING_GUARD_SECONDS = 2;
const LONGEST_ANALYSIS_MS = 4_000;

export const DEFAULT_ABANDON: AbandonPolicy = {
  limitPercent: 3,
  windowsMs: [DAY, 30 * DAY],
  withinMs: 2_000,
  clockStart: 'GREETING_END',
};

export const campaignName = (index: number): string => `campaign-${index + 1}`;
export const agentName = (index: number): string => `agent-${index + 1}`;

export function campaignConfig(
  world: World,
  index: number,
  pacing: CampaignConfig['pacing'],
  abandon: AbandonPolicy,
  ports = 0,
): CampaignConfig {
  return {
    id: campaignName(index),
    organisationId: ORGANISATION,
    pacing,
    teamIds: [TEAM],
    rank: world.campaigns[index]?.rank ?? 1,
    // Counted from the originate, where the world's ring limit begins after the set-up.
    ringLimitMs: 1000 * (world.ringLimitSeconds + Math.max(0, longest(world.setUp) - RING_GUARD_SECONDS)),
    minimumRingMs: 15_000,
    analysisMs: world.amd.enabled ? LONGEST_ANALYSIS_MS : 0,
    classified: world.amd.enabled,
    abandon,
    maxReservationMs: 3_600_000,
    wrapUpLimitMs: ports > 0 ? 0 : WRAP_UP_LIMIT_MS,
    messageMs: MESSAGE_MS,
    ...(ports > 0 && { ivr: { ports, treatmentLimitMs: TREATMENT_LIMIT_MS } }),
  };
}

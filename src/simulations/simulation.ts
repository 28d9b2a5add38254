import type { Pacing } from '../dialer/kernel/messages';
import type { Spread } from '../dialer/simulator/spread';
import type { World } from '../dialer/simulator/world';

export const SIMULATION_STATES = ['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED'] as const;
export type SimulationState = (typeof SIMULATION_STATES)[number];

/** All that a run depends on: the same plan gives the same figures. */
export interface SimulationPlan {
  world: World;
  agents: number;
  /** In place of agents, of whom there are none then. */
  ports: number;
  hours: number;
  days: number;
  seed: number;
  seeds: number;
  pacing: Pacing;
  abandon: { limitPercent: number; guard?: 'STRICT' | 'BALANCED' };
}

export const SIMULATED_FIGURES = [
  'occupancyPercent',
  'abandonPercent',
  'recordedAbandonPercent',
  'worstDayPercent',
  'worst24HoursPercent',
  'worst30DaysPercent',
  'callsPerHour',
  'answersPerHour',
  'connects',
  'connectsPerAgentHour',
  'answerToConnectSeconds',
] as const;
export type SimulatedFigure = (typeof SIMULATED_FIGURES)[number];

export interface SimulatedResult extends Record<SimulatedFigure, Spread> {
  seeds: number;
  /** In hours of shift, over the seeds in which the list came to its end; null when it did in none, or has none. */
  finishHours: Spread | null;
  finishedSeeds: number;
}

export interface Simulation {
  id: string;
  organisationId: string;
  /** Whose history it was made from. */
  campaignId: string | null;
  state: SimulationState;
  /** As it was asked for. */
  input: Record<string, unknown>;
  /** Null until the history has been read. */
  plan: SimulationPlan | null;
  /** Share of the work that is done, in [0, 1]. */
  progress: number;
  result: SimulatedResult | null;
  errorCode: string | null;
  errorMessage: string | null;
  seq: number;
  createdBy: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

export const SIMULATION_COLUMNS = `id, organisation_id AS "organisationId", campaign_id AS "campaignId", state, input, plan, progress,
  result, error_code AS "errorCode", error_message AS "errorMessage", seq, created_by AS "createdBy",
  created_at AS "createdAt", started_at AS "startedAt", ended_at AS "endedAt"`;

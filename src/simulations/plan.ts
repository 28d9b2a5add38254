import { pacingFor } from '../campaigns/parameters';
import type { Pacing } from '../dialer/kernel/messages';
import { parseWorld, type World, WorldError } from '../dialer/simulator/world';
import { invalid } from '../errors';
import type { SimulateCampaign, SimulationMode } from './input';
import type { SimulationPlan } from './simulation';

/** What a plan stands on where the request says nothing: the defaults, or a campaign's history. */
export interface PlanBase {
  world: unknown;
  agents: number;
  hours: number;
  contacts: number | null;
  mode: SimulationMode;
  /** The campaign's own pacing parameters, of its own mode. */
  pacing: Record<string, unknown>;
  abandonRate: number;
}

export const STATED: PlanBase = {
  world: {},
  agents: 20,
  hours: 9,
  contacts: null,
  mode: 'PROGRESSIVE',
  pacing: {},
  abandonRate: 3,
};
const PORTS = 20;

const isIvr = (mode: SimulationMode): boolean => mode.endsWith('_IVR');

/** Of agents' working time over all seeds: some minutes of one core. */
export const MOST_AGENT_HOURS = 50_000;

const lognormal = (mean: number, cv: number) => ({ shape: 'lognormal' as const, mean, cv });

/** The fields of a world that the request states by themselves. */
const statedOf = (given: SimulateCampaign, world: World, contacts: number | null): Partial<World> => ({
  ...(given.hitRate !== undefined && { hitRate: given.hitRate }),
  ...(given.machineShare !== undefined && { machineShare: given.machineShare }),
  ...(given.talkMeanSeconds !== undefined && { talk: lognormal(given.talkMeanSeconds, given.talkCv ?? 1) }),
  ...(given.wrapUpMeanSeconds !== undefined && { wrapUp: lognormal(given.wrapUpMeanSeconds, 0.8) }),
  ...(given.answerMeanSeconds !== undefined && {
    personRing: { shape: 'gamma' as const, k: 3, mean: given.answerMeanSeconds },
  }),
  ...(given.ringLimitSeconds !== undefined && { ringLimitSeconds: given.ringLimitSeconds }),
  ...(contacts !== null && { campaigns: world.campaigns.map((campaign) => ({ ...campaign, contacts })) }),
  // So many agents work the whole shift, whoever came and went in the history.
  ...(given.campaignId && given.agents !== undefined && { agents: { ...world.agents, shifts: [] } }),
});

/** A fault in a world, told by the field it is in. */
const worldFault = (error: unknown): unknown => {
  if (!(error instanceof WorldError)) return error;
  const first = error.message.split('\n')[1]?.trim() ?? error.message;
  const path = /^([\w.]+): /.exec(first)?.[1];
  if (path) return invalid(`world.${path}`, `world.${first}`);
  const field = first.startsWith('(root)') ? 'world' : 'hitRate';
  return invalid(field, first.replace('(root)', 'world'));
};

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('world', 'world is not JSON');
  }
};

const worldOf = (given: SimulateCampaign, base: PlanBase): World => {
  try {
    const world = parseWorld(given.world === undefined ? base.world : jsonOf(given.world));
    return parseWorld({ ...world, ...statedOf(given, world, given.contacts ?? base.contacts) });
  } catch (error) {
    throw worldFault(error);
  }
};

const pacingOf = (mode: SimulationMode, given: SimulateCampaign, base: PlanBase): Pacing => {
  const { ivrPorts, dialingRate, maxDialingRate, predictiveCorrectionPace, predictiveGain } = given;
  const own = { ivrPorts, dialingRate, maxDialingRate, predictiveCorrectionPace, predictiveGain };
  const stated = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  const stands = pacingFor(mode, stated, base.pacing);
  return mode.startsWith('PROGRESSIVE')
    ? { mode: 'PROGRESSIVE', dialingRate: stands.dialingRate ?? 1 }
    : {
        mode: 'PREDICTIVE',
        maxDialingRate: stands.maxDialingRate ?? 3,
        correctionPace: stands.predictiveCorrectionPace ?? 70,
        gain: stands.predictiveGain ?? 1,
      };
};

/** Agents, or ports in their place. */
const crewOf = (mode: SimulationMode, given: SimulateCampaign, base: PlanBase): { agents: number; ports: number } => {
  if (!isIvr(mode)) return { agents: given.agents ?? base.agents, ports: 0 };
  if (given.agents !== undefined) throw invalid('agents', `agents does not belong to ${mode}: give ivrPorts`);
  const own = base.pacing.ivrPorts;
  return { agents: 0, ports: given.ivrPorts ?? (typeof own === 'number' ? own : PORTS) };
};

/** Refuses what contradicts itself, whatever the history will say. */
export const checkRequest = (given: SimulateCampaign): void => {
  const { campaignId, world, from, to, talkCv, talkMeanSeconds } = given;
  if (campaignId !== undefined && world !== undefined) {
    throw invalid('world', 'world cannot be given together with campaignId: the history makes the world');
  }
  if (campaignId === undefined && (from ?? to) !== undefined) {
    throw invalid(from ? 'from' : 'to', 'from and to belong to a history: give campaignId');
  }
  if (talkCv !== undefined && talkMeanSeconds === undefined) {
    throw invalid('talkCv', `talkCv ${talkCv} needs talkMeanSeconds beside it`);
  }
};

export const planOf = (given: SimulateCampaign, base: PlanBase = STATED): SimulationPlan => {
  const mode = given.mode ?? base.mode;
  const plan: SimulationPlan = {
    world: worldOf(given, base),
    ...crewOf(mode, given, base),
    hours: given.hours ?? base.hours,
    days: given.days,
    seed: given.seed,
    seeds: given.seeds,
    pacing: pacingOf(mode, given, base),
    abandon: { limitPercent: given.abandonRate ?? base.abandonRate, ...(given.guard && { guard: given.guard }) },
  };
  const crew = plan.ports > 0 ? `${plan.ports} ports` : `${plan.agents} agents`;
  const work = (plan.agents + plan.ports) * plan.hours * plan.days * plan.seeds;
  if (work > MOST_AGENT_HOURS) {
    throw invalid(
      'seeds',
      `${crew} x ${plan.hours} h x ${plan.days} days x ${plan.seeds} seeds make ${Math.round(work)} agent-hours; at most ${MOST_AGENT_HOURS} are simulated at once`,
    );
  }
  return plan;
};

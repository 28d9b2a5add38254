import { SimulationRunner } from '../../src/simulations/simulation-runner';
import type { JobHandler } from '../handler';

/** Runs the production kernel against the world of a simulation's row; begins anew what a worker that died has left. */
export const simulateHandler: JobHandler<'simulate'> = async (
  { organisationId, simulationId },
  { hot, pubsub, clock },
  { logger, signal },
) => {
  await new SimulationRunner({ pool: hot, pubsub, clock, logger }).run(organisationId, simulationId, signal);
};

import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import { topics } from '../../src/infra/pubsub';
import type { Caller } from '../../src/organisations/caller';
import { simulateCampaignInput } from '../../src/simulations/input';
import type { Simulation } from '../../src/simulations/simulation';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { followJob } from '../subscriptions/follow-job';
import { SimulationType } from './types';

const { page: SimulationPage, result: SimulationResult } = shapesOf('Simulation', SimulationType);
const SimulateInput = inputFrom(
  'SimulateCampaignInput',
  simulateCampaignInput,
  'What to simulate: stated figures, a world, or a campaign’s own history; figures stated beside either replace its own.',
);

const json = (value: object | null): string | null => value && JSON.stringify(value);

@Resolver(() => SimulationType)
export class SimulationResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST')
  @Query(() => SimulationType, { nullable: true, description: 'One simulation.' })
  simulation(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.simulations.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST')
  @Query(() => SimulationPage, { description: 'Simulations of the organisation, or of one campaign’s history.' })
  simulations(
    @CurrentCaller() caller: Caller,
    @Arg('campaignId', () => ID, { nullable: true }) campaignId: string | undefined,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.simulations.list(caller, page, campaignId));
  }

  @Change(
    () => SimulationResult,
    'Simulates a campaign before it runs: occupancy, abandon rate, calls and finish time to expect.',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
  )
  simulateCampaign(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => SimulateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.simulations.simulate(caller, input);
  }

  @Change(() => SimulationResult, 'Ends a simulation that waits or runs.', 'CAMPAIGN_MANAGER', 'SUPERVISOR')
  cancelSimulation(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.simulations.cancel(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST')
  @Subscription(() => SimulationType, {
    description: 'Progress of a simulation: where it stands first, then every change up to its result.',
    subscribe: followJob<Simulation>(({ services }) => services.simulations, topics.simulation),
  })
  simulationProgress(@Root() view: Simulation, @Arg('id', () => ID) _id: string): Simulation {
    return view;
  }

  @FieldResolver(() => String, { description: 'As it was asked for, as JSON.' })
  input(@Root() { input }: Simulation): string {
    return JSON.stringify(input);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'The world it ran in, as JSON for `outdial simulate --world`; null until a history has been read.',
  })
  world(@Root() { plan }: Simulation): string | null {
    return json(plan?.world ?? null);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description:
      'Agents, hours, days, seeds, pacing and limit it ran with, as JSON; null until a history has been read.',
  })
  setting(@Root() { plan }: Simulation): string | null {
    return json(plan && { ...plan, world: undefined });
  }
}

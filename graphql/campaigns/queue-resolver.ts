import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { Queue } from '../../src/campaigns/queue';
import { createQueueInput, updateQueueInput } from '../../src/campaigns/queue-service';
import type { Caller } from '../../src/organisations/caller';
import { TeamType } from '../agents/types';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { QueueType } from './types';

const { page: QueuePage, result: QueueResult } = shapesOf('Queue', QueueType);
const CreateInput = inputFrom('CreateQueueInput', createQueueInput, 'Where agents are taken from.');
const UpdateInput = inputFrom('UpdateQueueInput', updateQueueInput, 'Changes to a queue.');

@Resolver(() => QueueType)
export class QueueResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => QueueType, { nullable: true, description: 'One queue; null when there is none of this id.' })
  queue(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.queues.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => QueuePage, { description: 'Queues of the organisation.' })
  queues(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.queues.list(caller, page));
  }

  @Change(() => QueueResult, 'Makes a queue.', 'CAMPAIGN_MANAGER')
  createQueue(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.queues.create(caller, input);
  }

  @Change(() => QueueResult, 'Changes a queue.', 'CAMPAIGN_MANAGER')
  updateQueue(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.queues.update(caller, input);
  }

  @FieldResolver(() => [TeamType], { nullable: 'items', description: 'Teams of the call distribution group.' })
  teams(@Root() queue: Queue, @Ctx() { loaders }: Context) {
    return loaders.team.loadMany(queue.teamIds);
  }
}

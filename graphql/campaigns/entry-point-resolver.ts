import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { EntryPoint } from '../../src/campaigns/entry-point';
import { createEntryPointInput, updateEntryPointInput } from '../../src/campaigns/entry-point-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { EntryPointType, QueueType } from './types';

const { page: EntryPointPage, result: EntryPointResult } = shapesOf('EntryPoint', EntryPointType);
const CreateInput = inputFrom('CreateEntryPointInput', createEntryPointInput, 'Where calls enter.');
const UpdateInput = inputFrom('UpdateEntryPointInput', updateEntryPointInput, 'Changes to an entry point.');

@Resolver(() => EntryPointType)
export class EntryPointResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => EntryPointType, { nullable: true, description: 'One entry point; null when there is none of this id.' })
  entryPoint(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.entryPoints.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => EntryPointPage, { description: 'Entry points of the organisation.' })
  entryPoints(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.entryPoints.list(caller, page));
  }

  @Change(() => EntryPointResult, 'Makes an entry point.', 'CAMPAIGN_MANAGER')
  createEntryPoint(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.entryPoints.create(caller, input);
  }

  @Change(() => EntryPointResult, 'Changes an entry point.', 'CAMPAIGN_MANAGER')
  updateEntryPoint(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.entryPoints.update(caller, input);
  }

  @FieldResolver(() => QueueType, { description: 'Its one queue.' })
  queue(@Root() entryPoint: EntryPoint, @Ctx() { loaders }: Context) {
    return loaders.queue.load(entryPoint.queueId);
  }
}

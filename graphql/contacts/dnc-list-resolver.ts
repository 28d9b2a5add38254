import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { checkDoNotCallInput, checkPeople } from '../../src/contacts/dnc/check-people';
import { addDncEntriesInput, removeDncEntriesInput } from '../../src/contacts/dnc/dnc-entry-service';
import type { DncEntryKind } from '../../src/contacts/dnc/dnc-list';
import { createDncListInput, removeDncListInput, updateDncListInput } from '../../src/contacts/dnc/dnc-list-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change, resultOf } from '../refusal';
import { Connection, ConnectionArgs, connection } from '../relay';
import {
  AddedDncEntriesType,
  DncCheckType,
  DncEntryType,
  DncListType,
  EntryKind,
  RemovedDncEntriesType,
} from './dnc-types';

const { page: ListPage, result: ListResult } = shapesOf('DncList', DncListType);
const EntryPage = Connection('DncEntry', () => DncEntryType);
const AddedResult = resultOf('AddedDncEntriesResult', () => AddedDncEntriesType, 'AddedDncEntries');
const RemovedResult = resultOf('RemovedDncEntriesResult', () => RemovedDncEntriesType, 'RemovedDncEntries');
const CreateInput = inputFrom('CreateDncListInput', createDncListInput, 'A list of whom not to call.');
const UpdateInput = inputFrom('UpdateDncListInput', updateDncListInput, 'Changes to a do-not-call list.');
const RemoveInput = inputFrom('RemoveDncListInput', removeDncListInput, 'A list that holds no more.');
const AddEntriesInput = inputFrom('AddDncEntriesInput', addDncEntriesInput, 'Whom not to call.');
const RemoveEntriesInput = inputFrom('RemoveDncEntriesInput', removeDncEntriesInput, 'Who may be called again.');
const CheckInput = inputFrom('CheckDoNotCallInput', checkDoNotCallInput, 'Of whom it is asked whether to call them.');

@Resolver()
export class DncListResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => DncListType, { nullable: true, description: 'One do-not-call list.' })
  dncList(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.dncLists.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ListPage, { description: 'Do-not-call lists of the organisation.' })
  dncLists(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.dncLists.list(caller, page));
  }

  // Only for those who may see numbers.
  @Allow('CAMPAIGN_MANAGER', 'INTEGRATION')
  @Query(() => EntryPage, { description: 'Entries of a list; imported numbers are not among them.' })
  dncEntries(
    @CurrentCaller() caller: Caller,
    @Arg('listId', () => ID) listId: string,
    @Arg('kind', () => EntryKind, { nullable: true, description: 'Of one kind.' }) kind: DncEntryKind | undefined,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.dncEntries.list(caller, listId, kind, page));
  }

  @Allow('CAMPAIGN_MANAGER', 'INTEGRATION')
  @Query(() => [DncCheckType], {
    description: 'Those of these people who must not be called, by lists or opt-outs, and why.',
    complexity: 50,
  })
  checkDoNotCall(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CheckInput) input: object,
    @Ctx() { container }: Context,
  ) {
    return checkPeople({ pool: container.hot, clock: container.clock }, caller, input);
  }

  @Change(() => ListResult, 'Makes a do-not-call list.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  createDncList(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dncLists.create(caller, input);
  }

  @Change(() => ListResult, 'Changes a do-not-call list.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  updateDncList(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dncLists.update(caller, input);
  }

  @Change(() => ListResult, 'Removes a list with all that is in it, with a reason; audited.', 'CAMPAIGN_MANAGER')
  removeDncList(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => RemoveInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dncLists.remove(caller, input);
  }

  @Change(
    () => AddedResult,
    'Adds entries: no attempt is claimed against them from then on.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  addDncEntries(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => AddEntriesInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dncEntries.add(caller, input);
  }

  @Change(() => RemovedResult, 'Takes entries out, with a reason; audited.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  removeDncEntries(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => RemoveEntriesInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dncEntries.remove(caller, input);
  }
}

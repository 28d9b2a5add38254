import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import { addDncNumberInput, removeDncNumberInput, updateDncNumberInput } from '../../src/contacts/dnc/dnc-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { DncNumberType } from './types';

const { page: DncPage, result: DncResult } = shapesOf('DncNumber', DncNumberType);
const AddInput = inputFrom('AddDncNumberInput', addDncNumberInput, 'A number that must not be dialled.');
const UpdateInput = inputFrom('UpdateDncNumberInput', updateDncNumberInput, 'What is said of a DNC number.');
const RemoveInput = inputFrom('RemoveDncNumberInput', removeDncNumberInput, 'A number that may be dialled again.');

@Resolver()
export class DncResolver {
  @Allow('CAMPAIGN_MANAGER', 'INTEGRATION')
  @Query(() => DncNumberType, { nullable: true, description: 'The entry of one number; null: it is not on the list.' })
  dncNumber(
    @CurrentCaller() caller: Caller,
    @Arg('number', () => String, { description: 'In E.164 form.' }) number: string,
    @Ctx() { services }: Context,
  ) {
    return services.dnc.find(caller, number);
  }

  // Only for those who may see numbers: the places of the pages are numbers.
  @Allow('CAMPAIGN_MANAGER', 'INTEGRATION')
  @Query(() => DncPage, { description: 'Numbers that must not be dialled, in their own order.' })
  dncNumbers(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(
      args,
      (page) => services.dnc.list(caller, page),
      ({ number }) => number,
    );
  }

  @Change(
    () => DncResult,
    'Adds a number: no attempt is claimed for it from then on.',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
    'INTEGRATION',
  )
  addDncNumber(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => AddInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dnc.add(caller, input);
  }

  @Change(() => DncResult, 'Changes source or reason of an entry; audited.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  updateDncNumber(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dnc.update(caller, input);
  }

  @Change(() => DncResult, 'Takes a number out, with a reason; audited.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  removeDncNumber(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => RemoveInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.dnc.remove(caller, input);
  }
}

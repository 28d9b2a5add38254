import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { createWrapUpCodeSetInput, updateWrapUpCodeSetInput } from '../../src/contacts/retry/wrap-up-code-set-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { WrapUpCodeSetType } from './outcome-types';

const { page: Page, result: Result } = shapesOf('WrapUpCodeSet', WrapUpCodeSetType);
const CreateInput = inputFrom(
  'CreateWrapUpCodeSetInput',
  createWrapUpCodeSetInput,
  'Codes that agents may give after a call.',
);
const UpdateInput = inputFrom('UpdateWrapUpCodeSetInput', updateWrapUpCodeSetInput, 'Changes to a wrap-up code set.');

@Resolver(() => WrapUpCodeSetType)
export class WrapUpCodeSetResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => WrapUpCodeSetType, { nullable: true, description: 'One wrap-up code set.' })
  wrapUpCodeSet(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.wrapUpCodeSets.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => Page, { description: 'Every wrap-up code set of the organisation.' })
  wrapUpCodeSets(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.wrapUpCodeSets.list(caller, page));
  }

  @Change(() => Result, 'Makes a wrap-up code set.', 'CAMPAIGN_MANAGER', 'INTEGRATION')
  createWrapUpCodeSet(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.wrapUpCodeSets.create(caller, input);
  }

  @Change(
    () => Result,
    'Changes a wrap-up code set; attempts that end from then on follow it.',
    'CAMPAIGN_MANAGER',
    'INTEGRATION',
  )
  updateWrapUpCodeSet(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.wrapUpCodeSets.update(caller, input);
  }
}

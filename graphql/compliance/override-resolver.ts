import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import type { ComplianceOverride } from '../../src/compliance/own/compliance-override';
import { createComplianceOverrideInput } from '../../src/compliance/own/override-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { ComplianceOverrideType } from './types';

const { page: OverridePage, result: OverrideResult } = shapesOf('ComplianceOverride', ComplianceOverrideType);
const CreateInput = inputFrom(
  'CreateComplianceOverrideInput',
  createComplianceOverrideInput,
  "A looser rule in place of a shipped profile's, for some days and with a reason.",
);

@Resolver(() => ComplianceOverrideType)
export class ComplianceOverrideResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ComplianceOverrideType, {
    nullable: true,
    description: 'One override; null when there is none of this id.',
  })
  complianceOverride(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.complianceOverrides.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => OverridePage, { description: 'Overrides of the organisation, past ones too.' })
  complianceOverrides(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.complianceOverrides.list(caller, page));
  }

  @Change(() => OverrideResult, 'Loosens one rule of a shipped profile, with a reason; audited.', 'ADMIN')
  createComplianceOverride(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.complianceOverrides.create(caller, input);
  }

  @Change(() => OverrideResult, "Ends an override at once: the profile's own rule holds again.", 'ADMIN')
  endComplianceOverride(
    @CurrentCaller() caller: Caller,
    @Arg('id', () => ID, { description: 'The override.' }) id: string,
    @Ctx() { services }: Context,
  ) {
    return services.complianceOverrides.end(caller, id);
  }

  @FieldResolver()
  value(@Root() { rule, value }: ComplianceOverride) {
    return { [rule]: value };
  }

  @FieldResolver()
  from(@Root() { fromDay }: ComplianceOverride): string {
    return fromDay;
  }

  @FieldResolver()
  to(@Root() { toDay }: ComplianceOverride): string {
    return toDay;
  }
}

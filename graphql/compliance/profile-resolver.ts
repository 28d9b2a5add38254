import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { createComplianceProfileInput, updateComplianceProfileInput } from '../../src/compliance/own/profile-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { ComplianceProfileType, ShippedComplianceProfileType } from './types';

const { page: ProfilePage, result: ProfileResult } = shapesOf('ComplianceProfile', ComplianceProfileType);
const CreateInput = inputFrom(
  'CreateComplianceProfileInput',
  createComplianceProfileInput,
  "A profile of the organisation's own.",
);
const UpdateInput = inputFrom('UpdateComplianceProfileInput', updateComplianceProfileInput, 'Changes to a profile.');

@Resolver(() => ComplianceProfileType)
export class ComplianceProfileResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => [ShippedComplianceProfileType], {
    description: 'The law that comes with the product, with its sources. It is no legal advice.',
  })
  shippedComplianceProfiles(@Ctx() { services }: Context) {
    return services.laws.shipped;
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ComplianceProfileType, {
    nullable: true,
    description: 'One profile; null when there is none of this id.',
  })
  complianceProfile(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.complianceProfiles.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => ProfilePage, { description: "The organisation's own profiles, those retired too." })
  complianceProfiles(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.complianceProfiles.list(caller, page));
  }

  @Change(() => ProfileResult, 'Makes a profile: it adds to the shipped law and never loosens it.', 'ADMIN')
  createComplianceProfile(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.complianceProfiles.create(caller, input);
  }

  @Change(() => ProfileResult, 'Changes a profile; dialers judge by it from their next claim on.', 'ADMIN')
  updateComplianceProfile(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.complianceProfiles.update(caller, input);
  }

  @Change(() => ProfileResult, 'Puts a profile out of force; another may take its place.', 'ADMIN')
  retireComplianceProfile(
    @CurrentCaller() caller: Caller,
    @Arg('id', () => ID, { description: 'The profile.' }) id: string,
    @Ctx() { services }: Context,
  ) {
    return services.complianceProfiles.retire(caller, id);
  }
}

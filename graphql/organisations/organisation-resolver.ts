import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { type Caller, ROLES } from '../../src/organisations/caller';
import { createOrganisationInput, updateOrganisationInput } from '../../src/organisations/organisation-service';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change, resultOf } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { DiallingStateType, NewOrganisationType, OrganisationType } from './types';

const CreateInput = inputFrom('CreateOrganisationInput', createOrganisationInput, 'A further tenant.');
const UpdateInput = inputFrom('UpdateOrganisationInput', updateOrganisationInput, 'Changes to the own organisation.');
const { page: OrganisationPage, result: Result } = shapesOf('Organisation', OrganisationType);
const NewResult = resultOf('NewOrganisationResult', () => NewOrganisationType, 'NewOrganisation');
const DiallingResult = resultOf('DiallingStateResult', () => DiallingStateType, 'DiallingState');

@Resolver(() => OrganisationType)
export class OrganisationResolver {
  @Allow(...ROLES)
  @Query(() => OrganisationType, {
    nullable: true,
    description: "The caller's own organisation. Only the fixed administrator token finds others.",
  })
  organisation(
    @CurrentCaller() caller: Caller,
    @Arg('id', () => ID, { nullable: true, description: 'By default the own one.' }) id: string | null | undefined,
    @Ctx() { services }: Context,
  ) {
    return typeof id === 'string' ? services.organisations.find(caller, id) : services.organisations.own(caller);
  }

  @Allow('ADMIN')
  @Query(() => OrganisationPage, { description: 'All tenants for the fixed administrator token, else the own one.' })
  organisations(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.organisations.list(caller, page));
  }

  @Change(() => NewResult, 'Makes a further tenant; only with the fixed administrator token.', 'ADMIN')
  createOrganisation(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.organisations.create(caller, input);
  }

  @Change(() => Result, 'Changes the own organisation.', 'ADMIN')
  updateOrganisation(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.organisations.update(caller, input);
  }

  @Change(
    () => DiallingResult,
    'Stops all dialling of the organisation. Returns when every dialer has confirmed, after 2.5 s at the latest.',
    'CAMPAIGN_MANAGER',
    'SUPERVISOR',
    'INTEGRATION',
  )
  emergencyStop(
    @CurrentCaller() caller: Caller,
    @Arg('reason', () => String, { description: 'Why; it stands in the audit.' }) reason: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: 'A new uuid per action.' }) key: string | null,
    @Ctx() { services }: Context,
  ) {
    return services.emergencyStop.stop(caller, reason, key ?? undefined);
  }

  @Change(() => DiallingResult, 'Allows dialling again after an emergency stop.', 'CAMPAIGN_MANAGER')
  resumeDialling(
    @CurrentCaller() caller: Caller,
    @Arg('reason', () => String, { description: 'Why; it stands in the audit.' }) reason: string,
    @Arg('idempotencyKey', () => String, { nullable: true, description: 'A new uuid per action.' }) key: string | null,
    @Ctx() { services }: Context,
  ) {
    return services.emergencyStop.resume(caller, reason, key ?? undefined);
  }
}

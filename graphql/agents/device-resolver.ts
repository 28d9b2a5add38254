import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { createDeviceInput, updateDeviceInput } from '../../src/agents/device-service';
import type { Caller } from '../../src/organisations/caller';
import { Allow, CurrentCaller } from '../auth/allow';
import type { Context } from '../context';
import { inputFrom } from '../inputs/from-zod';
import { shapesOf } from '../inputs/result';
import { Change } from '../refusal';
import { ConnectionArgs, connection } from '../relay';
import { DeviceType } from './types';

const { page: DevicePage, result: DeviceResult } = shapesOf('Device', DeviceType);
const CreateInput = inputFrom('CreateDeviceInput', createDeviceInput, 'What rings when the agent is reserved.');
const UpdateInput = inputFrom('UpdateDeviceInput', updateDeviceInput, 'Changes to a device.');

@Resolver(() => DeviceType)
export class DeviceResolver {
  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => DeviceType, { nullable: true, description: 'One device; null when there is none of this id.' })
  device(@CurrentCaller() caller: Caller, @Arg('id', () => ID) id: string, @Ctx() { services }: Context) {
    return services.devices.find(caller, id);
  }

  @Allow('CAMPAIGN_MANAGER', 'SUPERVISOR', 'ANALYST', 'INTEGRATION')
  @Query(() => DevicePage, { description: 'Devices of the organisation.' })
  devices(
    @CurrentCaller() caller: Caller,
    @Args(() => ConnectionArgs) args: ConnectionArgs,
    @Arg('agentId', () => ID, { nullable: true, description: 'Of one agent.' }) agentId: string | undefined,
    @Ctx() { services }: Context,
  ) {
    return connection(args, (page) => services.devices.list(caller, page, { ...(agentId ? { agentId } : {}) }));
  }

  @Change(() => DeviceResult, 'Makes a device.', 'CAMPAIGN_MANAGER', 'SUPERVISOR')
  createDevice(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => CreateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.devices.create(caller, input);
  }

  @Change(() => DeviceResult, 'Changes a device.', 'CAMPAIGN_MANAGER', 'SUPERVISOR')
  updateDevice(
    @CurrentCaller() caller: Caller,
    @Arg('input', () => UpdateInput) input: object,
    @Ctx() { services }: Context,
  ) {
    return services.devices.update(caller, input);
  }
}

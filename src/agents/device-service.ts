import { z } from 'zod';
import { invalid } from '../errors';
import { maskNumber } from '../infra/logger';
import { isE164 } from '../infra/telephone';
import { id, patchOf, text } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../organisations/records';
import { referred } from '../organisations/references';
import { AgentEntity } from './agent';
import { DEVICE_KINDS, type Device, DeviceEntity } from './device';

const shape = {
  kind: z.enum(DEVICE_KINDS).meta({ typeName: 'DeviceKind' }).describe('What it is.'),
  address: text(64).describe('Extension or WebRTC endpoint by name, or a number in E.164 form.'),
  label: text(100, 0).default('').describe('As the agent knows it.'),
};

export const createDeviceInput = z.object({
  agentId: id().describe('Whose device it is.'),
  ...shape,
  idempotencyKey,
});
export const updateDeviceInput = z.object({
  id: id().describe('The device.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export type DeviceService = Records<Device>;

export const createDeviceService = (deps: RecordDeps): DeviceService =>
  createRecords<Device, typeof createDeviceInput, typeof updateDeviceInput>(deps, {
    entity: DeviceEntity,
    label: 'device',
    create: createDeviceInput,
    update: updateDeviceInput,
    async check(row, { manager, caller, before }) {
      if (!before) await referred(manager, caller, AgentEntity, 'agentId', row.agentId);
      if (row.kind === 'NUMBER' && !isE164(row.address)) {
        throw invalid('address', `address ${maskNumber(row.address)} is not a telephone number in E.164 form`);
      }
      if (row.kind !== 'NUMBER' && !/^[A-Za-z0-9_.-]+$/.test(row.address)) {
        throw invalid('address', 'address may have letters, digits, "_", "." and "-"');
      }
    },
  });

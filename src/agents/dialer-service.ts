import { z } from 'zod';
import { id, patchOf, text, whole } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../organisations/records';
import { type Dialer, DialerEntity } from './dialer';

const MAX_LINES = { min: 1, max: 10_000, unit: 'lines' };
const RATE = { min: 1, max: 1000, unit: 'originates/s' };

const isAri = (value: string): boolean => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return (url?.protocol === 'ari:' || url?.protocol === 'aris:') && url.hostname !== '';
};

const shape = {
  name: text(200).describe('Name of the dialer.'),
  ariUrl: z
    .string()
    .refine(isAri, { error: 'must be ari://user:password@host:port' })
    .nullish()
    .describe("Its switch: ari://user:password@host:port; without one the deployment's. Never returned."),
  trunk: text(100).default('carrier').describe('Trunk that carries its calls.'),
  maxLines: whole(MAX_LINES).default(1000).describe('Lines it may have at once.'),
  originatesPerSecond: whole(RATE).default(50).describe('Calls it may begin in a second.'),
};

export const createDialerInput = z.object({ ...shape, idempotencyKey });
export const updateDialerInput = z.object({
  id: id().describe('The dialer.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export type DialerService = Records<Dialer>;

export const createDialerService = (deps: RecordDeps): DialerService =>
  createRecords<Dialer, typeof createDialerInput, typeof updateDialerInput>(deps, {
    entity: DialerEntity,
    label: 'dialer',
    create: createDialerInput,
    update: updateDialerInput,
    async check(row, { before }) {
      // One application per dialer for good: a take-over finds the event stream by it.
      if (!before) row.application = `outdial-${row.id}`;
    },
  });

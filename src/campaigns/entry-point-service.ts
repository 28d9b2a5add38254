import { z } from 'zod';
import { invalid, OutdialError } from '../errors';
import { maskNumber } from '../infra/logger';
import { e164 } from '../infra/telephone';
import { id, patchOf, text } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../organisations/records';
import { referred } from '../organisations/references';
import { type EntryPoint, EntryPointEntity } from './entry-point';
import { DIRECTIONS, QueueEntity } from './queue';

const shape = {
  name: text(200).describe('Name of the entry point.'),
  queueId: id().describe('Its one queue, of the same direction; OUTDIAL needs outboundCampaign on.'),
  callerId: e164().nullish().describe('Shown to called persons, E.164; one of allowedCallerIds.'),
  allowedCallerIds: z.array(e164()).max(1000).default([]).describe('Caller IDs that may be shown, E.164.'),
};

export const createEntryPointInput = z.object({
  direction: z
    .enum(DIRECTIONS)
    .meta({ typeName: 'Direction' })
    .default('OUTDIAL')
    .describe('INBOUND or OUTDIAL, for good.'),
  ...shape,
  idempotencyKey,
});
export const updateEntryPointInput = z.object({
  id: id().describe('The entry point.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export type EntryPointService = Records<EntryPoint>;

const GROUP_USE = `/* entry-point.groups */
SELECT name, caller_id AS "callerId", team_ids AS "teamIds" FROM campaign_group WHERE entry_point_id = $1`;

interface GroupUse {
  name: string;
  callerId: string | null;
  teamIds: string[];
}

export const createEntryPointService = (deps: RecordDeps): EntryPointService =>
  createRecords<EntryPoint, typeof createEntryPointInput, typeof updateEntryPointInput>(deps, {
    entity: EntryPointEntity,
    label: 'entry point',
    create: createEntryPointInput,
    update: updateEntryPointInput,
    async check(row, { manager, caller, before }) {
      const queue = await referred(manager, caller, QueueEntity, 'queueId', row.queueId);
      if (queue.direction !== row.direction) {
        throw invalid('queueId', `queue "${queue.name}" is ${queue.direction}, the entry point ${row.direction}`);
      }
      if (row.direction === 'OUTDIAL' && !queue.outboundCampaign) {
        throw invalid('queueId', `queue "${queue.name}" has outboundCampaign off: an outdial entry point needs it on`);
      }
      if (row.callerId && !row.allowedCallerIds.includes(row.callerId)) {
        throw invalid('callerId', `callerId ${maskNumber(row.callerId)} is not among allowedCallerIds`);
      }
      if (!before) return;
      for (const group of (await manager.query(GROUP_USE, [row.id])) as GroupUse[]) {
        if (group.callerId && !row.allowedCallerIds.includes(group.callerId)) {
          const number = maskNumber(group.callerId);
          throw new OutdialError('IN_USE', `campaign group "${group.name}" shows ${number}`, 'allowedCallerIds');
        }
        if (group.teamIds.some((team) => !queue.teamIds.includes(team))) {
          throw new OutdialError(
            'IN_USE',
            `campaign group "${group.name}" has teams outside queue "${queue.name}"`,
            'queueId',
          );
        }
      }
    },
  });

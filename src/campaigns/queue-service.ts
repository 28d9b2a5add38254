import { z } from 'zod';
import { TeamEntity } from '../agents/team';
import { MAX_QUEUE_AGENTS } from '../agents/uses';
import { invalid, OutdialError } from '../errors';
import { id, patchOf, text, whole } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';
import { type Checking, createRecords, type RecordDeps, type Records } from '../organisations/records';
import { referredAll } from '../organisations/references';
import { DIRECTIONS, type Queue, QueueEntity } from './queue';

const TIME_IN_QUEUE = { min: 30, max: 86_400, unit: 's' };

const shape = {
  name: text(200).describe('Name of the queue.'),
  outboundCampaign: z.boolean().default(false).describe('Switch for campaigns: an outdial entry point needs it on.'),
  maximumTimeInQueueSeconds: whole(TIME_IN_QUEUE).default(3600).describe('A reservation older than this is renewed.'),
  teamIds: z
    .array(id())
    .min(1)
    .max(100)
    .describe('The call distribution group: teams of one dialer, at most 500 agents.'),
};

export const createQueueInput = z.object({
  direction: z
    .enum(DIRECTIONS)
    .meta({ typeName: 'Direction' })
    .default('OUTDIAL')
    .describe('INBOUND or OUTDIAL, for good.'),
  ...shape,
  idempotencyKey,
});
export const updateQueueInput = z.object({
  id: id().describe('The queue.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export type QueueService = Records<Queue>;

const COUNT_AGENTS = `/* queue.agents */
SELECT count(*) AS agents FROM agent WHERE organisation_id = $1 AND team_id = ANY($2::uuid[])`;

const GROUP_NEEDS = `/* queue.groups */
SELECT g.name AS "group", t.name AS team FROM entry_point e
JOIN campaign_group g ON g.entry_point_id = e.id
CROSS JOIN LATERAL unnest(g.team_ids) AS needed(id)
JOIN team t ON t.id = needed.id
WHERE e.queue_id = $1 AND NOT needed.id = ANY($2::uuid[]) LIMIT 1`;

const OUTDIAL_USE = `/* queue.entry-points */
SELECT name FROM entry_point WHERE queue_id = $1 AND direction = 'OUTDIAL' LIMIT 1`;

const checkUses = async (row: Queue, before: Queue, { manager }: Checking<Queue>): Promise<void> => {
  const [need] = (await manager.query(GROUP_NEEDS, [row.id, row.teamIds])) as { group: string; team: string }[];
  if (need) {
    throw new OutdialError(
      'IN_USE',
      `campaign group "${need.group}" needs team "${need.team}" in this queue`,
      'teamIds',
    );
  }
  if (!before.outboundCampaign || row.outboundCampaign) return;
  const [use] = (await manager.query(OUTDIAL_USE, [row.id])) as { name: string }[];
  if (use) throw new OutdialError('IN_USE', `entry point "${use.name}" needs outboundCampaign on`, 'outboundCampaign');
};

export const createQueueService = (deps: RecordDeps): QueueService =>
  createRecords<Queue, typeof createQueueInput, typeof updateQueueInput>(deps, {
    entity: QueueEntity,
    label: 'queue',
    create: createQueueInput,
    update: updateQueueInput,
    async check(row, checking) {
      const { manager, caller, before } = checking;
      row.routing = 'LONGEST_AVAILABLE_AGENT';
      const teams = await referredAll(manager, caller, TeamEntity, 'teamIds', row.teamIds);
      const foreign = teams.find(({ dialerId }) => dialerId !== teams[0]?.dialerId);
      if (foreign) {
        throw invalid('teamIds', `team "${foreign.name}" belongs to another dialer than team "${teams[0]?.name}"`);
      }
      const [count] = (await manager.query(COUNT_AGENTS, [caller.organisationId, row.teamIds])) as { agents: number }[];
      if ((count?.agents ?? 0) > MAX_QUEUE_AGENTS) {
        throw invalid('teamIds', `teamIds have ${count?.agents} agents; a queue has at most ${MAX_QUEUE_AGENTS}`);
      }
      if (before) await checkUses(row, before, checking);
    },
  });

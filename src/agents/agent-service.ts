import { z } from 'zod';
import { OutdialError } from '../errors';
import { id, patchOf, text } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../organisations/records';
import { referred } from '../organisations/references';
import { UserEntity } from '../organisations/user';
import { type Agent, AgentEntity } from './agent';
import { TeamEntity } from './team';
import { requireLoggedOut, requireRoomInQueues } from './uses';

const shape = {
  name: text(200).describe('Name of the agent.'),
  teamId: id().describe('The team. Moving the agent needs it logged out.'),
  userId: id().nullish().describe('The user who works as this agent; one agent per user.'),
  skills: z.array(text(100)).max(50).default([]).describe('Skills by name.'),
};

export const createAgentInput = z.object({ ...shape, idempotencyKey });
export const updateAgentInput = z.object({
  id: id().describe('The agent.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export type AgentService = Records<Agent>;

export const createAgentService = (deps: RecordDeps): AgentService =>
  createRecords<Agent, typeof createAgentInput, typeof updateAgentInput>(deps, {
    entity: AgentEntity,
    label: 'agent',
    create: createAgentInput,
    update: updateAgentInput,
    async check(row, { manager, caller, before }) {
      if (row.teamId !== before?.teamId) {
        await referred(manager, caller, TeamEntity, 'teamId', row.teamId);
        if (before) await requireLoggedOut(manager, row.id, `moving agent "${row.name}"`);
        await requireRoomInQueues(manager, caller.organisationId, row.teamId);
      }
      if (row.userId && row.userId !== before?.userId) {
        const user = await referred(manager, caller, UserEntity, 'userId', row.userId);
        if (!user.roles.includes('AGENT')) {
          throw new OutdialError('INVALID_INPUT', `userId ${row.userId} has not the role AGENT`, 'userId');
        }
      }
    },
  });

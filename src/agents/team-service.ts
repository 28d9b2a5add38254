import { z } from 'zod';
import { id, patchOf, text } from '../infra/validate';
import { idempotencyKey } from '../organisations/idempotency';
import { createRecords, type RecordDeps, type Records } from '../organisations/records';
import { referred } from '../organisations/references';
import { DialerEntity } from './dialer';
import { type Team, TeamEntity } from './team';
import { requireLoggedOut, requireTeamUnused } from './uses';

const shape = {
  name: text(200).describe('Name of the team.'),
  dialerId: id().describe('The dialer its agents belong to. Moving it needs its agents logged out.'),
};

export const createTeamInput = z.object({ ...shape, idempotencyKey });
export const updateTeamInput = z.object({
  id: id().describe('The team.'),
  version: z.int().describe('The version that was read.'),
  ...patchOf(shape),
});

export type TeamService = Records<Team>;

export const createTeamService = (deps: RecordDeps): TeamService =>
  createRecords<Team, typeof createTeamInput, typeof updateTeamInput>(deps, {
    entity: TeamEntity,
    label: 'team',
    create: createTeamInput,
    update: updateTeamInput,
    async check(row, { manager, caller, before }) {
      if (row.dialerId === before?.dialerId) return;
      await referred(manager, caller, DialerEntity, 'dialerId', row.dialerId);
      if (!before) return;
      await requireLoggedOut(manager, row.id, `moving team "${row.name}"`);
      await requireTeamUnused(manager, caller.organisationId, row);
    },
  });

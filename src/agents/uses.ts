import type { EntityManager } from 'typeorm';
import { OutdialError } from '../errors';

/** SPEC: at most this many agents for a queue. */
export const MAX_QUEUE_AGENTS = 500;

const LOGGED_IN = `/* agents.logged-in */
SELECT a.name FROM agent_session s JOIN agent a ON a.id = s.agent_id
WHERE s.closed_at IS NULL AND (s.team_id = ANY($1::uuid[]) OR s.agent_id = ANY($1::uuid[])) ORDER BY a.name LIMIT 3`;

/** A session keeps the team and dialer it was opened with: whoever is moved must be logged out. */
export const requireLoggedOut = async (manager: EntityManager, teamOrAgentId: string, what: string): Promise<void> => {
  const rows = (await manager.query(LOGGED_IN, [[teamOrAgentId]])) as { name: string }[];
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => `"${name}"`).join(', ');
  throw new OutdialError(
    'INVALID_STATE',
    `${what} needs its agents logged out: ${names} ${rows.length > 1 ? 'are' : 'is'} logged in`,
  );
};

const TEAM_USES = `/* agents.team-uses */
SELECT 'queue' AS kind, name FROM queue WHERE organisation_id = $1 AND $2 = ANY(team_ids)
UNION ALL
SELECT 'campaign group', name FROM campaign_group WHERE organisation_id = $1 AND $2 = ANY(team_ids)
LIMIT 1`;

/** A team's dialer must be that of every queue and group that names it. */
export const requireTeamUnused = async (
  manager: EntityManager,
  organisationId: string,
  team: { id: string; name: string },
): Promise<void> => {
  const [use] = (await manager.query(TEAM_USES, [organisationId, team.id])) as { kind: string; name: string }[];
  if (!use) return;
  throw new OutdialError(
    'IN_USE',
    `team "${team.name}" is named by ${use.kind} "${use.name}": take it out there first`,
    'dialerId',
  );
};

const FULL_QUEUE = `/* agents.full-queue */
SELECT q.name, count(*) AS agents FROM queue q JOIN agent a ON a.team_id = ANY(q.team_ids)
WHERE q.organisation_id = $1 AND $2 = ANY(q.team_ids) GROUP BY q.id, q.name HAVING count(*) >= $3 LIMIT 1`;

/** Refuses one more agent in a team whose queue is full. */
export const requireRoomInQueues = async (
  manager: EntityManager,
  organisationId: string,
  teamId: string,
): Promise<void> => {
  const rows = (await manager.query(FULL_QUEUE, [organisationId, teamId, MAX_QUEUE_AGENTS])) as { name: string }[];
  if (!rows[0]) return;
  throw new OutdialError(
    'INVALID_INPUT',
    `queue "${rows[0].name}" has ${MAX_QUEUE_AGENTS} agents, the most it may have`,
    'teamId',
  );
};

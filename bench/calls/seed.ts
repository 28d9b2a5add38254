import type { Pool } from 'pg';
import { newId } from '../../src/infra/ids';
import type { DeskAgent } from './desk';

export interface SeededBench {
  organisationId: string;
  dialerId: string;
  campaignId: string;
  listId: string;
  agents: DeskAgent[];
}

export interface BenchSeed {
  at: Date;
  agents: number;
  contacts: number;
}

const CALLER_ID = '+12025550100';

/** About noon at `at`, so that it is lawful to dial whatever the hour of the bench. Etc/GMT signs are reversed. */
const noonZone = (at: Date): string => {
  const hours = 12 - at.getUTCHours();
  return hours === 0 ? 'Etc/GMT' : hours > 0 ? `Etc/GMT-${hours}` : `Etc/GMT+${-hours}`;
};

// +999 is no country's: as many different numbers as are wanted, and nobody's.
const CONTACTS = `WITH added AS (
  INSERT INTO contact (organisation_id, list_id, external_id, number, numbers, attributes, created_at)
  SELECT $1, $2, 'c' || n, '+999' || lpad(n::text, 9, '0'),
    jsonb_build_array(jsonb_build_object('mode', 'Mobile', 'number', '+999' || lpad(n::text, 9, '0'), 'zone', $5::text)),
    jsonb_build_object('first_name', 'Person ' || n), $4
  FROM generate_series(1, $6) AS n
  RETURNING id
)
INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, zone)
SELECT $3, id, $1, $2, $4, $5 FROM added`;

/** One organisation with one progressive 1:1 campaign, ready to start. */
export const seedBench = async (pool: Pool, { at, agents, contacts }: BenchSeed): Promise<SeededBench> => {
  const id = () => newId();
  const [organisationId, dialerId, teamId, queueId] = [id(), id(), id(), id()];
  const [entryPointId, groupId, campaignId, listId] = [id(), id(), id(), id()];
  const staff = Array.from({ length: agents }, () => ({ id: newId(), deviceId: newId() }));
  await pool.query(`INSERT INTO organisation (id, name, created_at) VALUES ($1, 'Bench', $2)`, [organisationId, at]);
  await pool.query(
    `INSERT INTO dialer (id, organisation_id, name, application, max_lines, originates_per_second, created_at)
     VALUES ($1, $2, 'Bench', 'outdial-bench', 5000, 1000, $3)`,
    [dialerId, organisationId, at],
  );
  await pool.query(
    `INSERT INTO team (id, organisation_id, dialer_id, name, created_at) VALUES ($1, $2, $3, 'Team', $4)`,
    [teamId, organisationId, dialerId, at],
  );
  await pool.query(
    `INSERT INTO agent (id, organisation_id, team_id, name, created_at)
     SELECT a, $1, $2, 'Agent ' || n, $4 FROM unnest($3::uuid[]) WITH ORDINALITY AS u(a, n)`,
    [organisationId, teamId, staff.map((agent) => agent.id), at],
  );
  await pool.query(
    `INSERT INTO device (id, organisation_id, agent_id, kind, address, created_at)
     SELECT d, $1, a, 'EXTENSION', 'agent-' || n, $4 FROM unnest($2::uuid[], $3::uuid[]) WITH ORDINALITY AS u(d, a, n)`,
    [organisationId, staff.map((agent) => agent.deviceId), staff.map((agent) => agent.id), at],
  );
  await pool.query(
    `INSERT INTO queue (id, organisation_id, name, direction, outbound_campaign, team_ids, created_at)
     VALUES ($1, $2, 'Queue', 'OUTDIAL', true, ARRAY[$3::uuid], $4)`,
    [queueId, organisationId, teamId, at],
  );
  await pool.query(
    `INSERT INTO entry_point (id, organisation_id, name, direction, queue_id, caller_id, allowed_caller_ids, created_at)
     VALUES ($1, $2, 'Entry', 'OUTDIAL', $3, $4, ARRAY[$4::text], $5)`,
    [entryPointId, organisationId, queueId, CALLER_ID, at],
  );
  await pool.query(
    `INSERT INTO campaign_group (id, organisation_id, name, dialer_id, entry_point_id, team_ids, pacing_mode, pacing,
       wrap_up_limit_seconds, created_at)
     VALUES ($1, $2, 'Group', $3, $4, ARRAY[$5::uuid], 'PROGRESSIVE', '{"dialingRate": 1}', 1, $6)`,
    [groupId, organisationId, dialerId, entryPointId, teamId, at],
  );
  await pool.query(
    `INSERT INTO campaign (id, organisation_id, group_id, name, state_since, calling_hours_start_minute,
       calling_hours_end_minute, created_at) VALUES ($1, $2, $3, 'Campaign', $4, 0, 1440, $4)`,
    [campaignId, organisationId, groupId, at],
  );
  await pool.query(
    `INSERT INTO contact_list (id, organisation_id, name, field_mapping, default_country, contacts, loaded_at, created_at)
     VALUES ($1, $2, 'List', '{"modes": {"Mobile": "phone"}}', 'US', $3, $4, $4)`,
    [listId, organisationId, contacts, at],
  );
  await pool.query(
    `INSERT INTO campaign_list (campaign_id, list_id, organisation_id, attached_at, filled_at) VALUES ($1, $2, $3, $4, $4)`,
    [campaignId, listId, organisationId, at],
  );
  await pool.query(CONTACTS, [organisationId, listId, campaignId, at, noonZone(at), contacts]);
  await pool.query('ANALYZE');
  await pool.query('CHECKPOINT');
  return { organisationId, dialerId, campaignId, listId, agents: staff };
};

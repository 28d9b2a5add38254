import type { Pool } from 'pg';
import { newId } from '../../src/infra/ids';

/**
 * A small organisation ready to dial, written by SQL: for tests whose subject lies below the API. Numbers are fictional.
 */
export interface SeedOptions {
  at: Date;
  agents?: number;
  contacts?: number;
  dialingRate?: number;
  /** A predictive campaign with these parameters instead of a progressive one. */
  predictive?: { maxDialingRate: number; predictiveCorrectionPace: number; predictiveGain: number };
  /** Ports in place of agents: with `predictive` PREDICTIVE_IVR, else PROGRESSIVE_IVR. */
  ivr?: { ports: number; message: string | null; limitSeconds?: number };
  /** Of the n-th contact; by default +1 212 555 01xx and its like, in `zone`. */
  number?: (index: number) => string;
  zone?: string;
  maxAttempts?: number;
  /** 0–1440 by default on the campaign; the lawful hours of the gate hold all the same. */
  callingHours?: [number, number];
  wrapUpLimitSeconds?: number;
  ringLimitSeconds?: number;
  originatesPerSecond?: number;
  abandonRatePercent?: number;
  cpa?: Record<string, unknown>;
  schedule?: unknown;
  ariUrl?: string;
  organisationId?: string;
}

export interface Seeded {
  organisationId: string;
  dialerId: string;
  teamId: string;
  queueId: string;
  entryPointId: string;
  groupId: string;
  campaignId: string;
  listId: string;
  agents: { id: string; deviceId: string; address: string }[];
}

export const CALLER_ID = '+12025550100';

/** +1 <area> 555 01xx over many area codes: 100 fictional numbers for each. */
export const fictionalNumber = (index: number): string =>
  `+1${201 + (Math.floor(index / 100) % 700)}55501${String(index % 100).padStart(2, '0')}`;

export const seedOrganisation = async (pool: Pool, at: Date): Promise<string> => {
  const id = newId();
  await pool.query(`INSERT INTO organisation (id, name, created_at) VALUES ($1, $2, $3)`, [id, `Org ${id}`, at]);
  return id;
};

export const seedDialer = async (pool: Pool, organisationId: string, options: SeedOptions): Promise<string> => {
  const id = newId();
  await pool.query(
    `INSERT INTO dialer (id, organisation_id, name, application, ari_url, originates_per_second, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [
      id,
      organisationId,
      `Dialer ${id}`,
      `outdial-${id}`,
      options.ariUrl ?? null,
      options.originatesPerSecond ?? 50,
      options.at,
    ],
  );
  return id;
};

export const seedAgents = async (
  pool: Pool,
  organisationId: string,
  teamId: string,
  count: number,
  at: Date,
): Promise<Seeded['agents']> => {
  const agents = Array.from({ length: count }, (_, index) => {
    const id = newId();
    return { id, deviceId: newId(), address: `agent-${index + 1}-${id.slice(-6)}` };
  });
  await pool.query(
    `INSERT INTO agent (id, organisation_id, team_id, name, created_at)
     SELECT a, $1, $2, 'Agent ' || n, $4 FROM unnest($3::uuid[]) WITH ORDINALITY u(a, n)`,
    [organisationId, teamId, agents.map((agent) => agent.id), at],
  );
  await pool.query(
    `INSERT INTO device (id, organisation_id, agent_id, kind, address, created_at)
     SELECT d, $1, a, 'EXTENSION', address, $5 FROM unnest($2::uuid[], $3::uuid[], $4::text[]) u(d, a, address)`,
    [
      organisationId,
      agents.map((agent) => agent.deviceId),
      agents.map((agent) => agent.id),
      agents.map((agent) => agent.address),
      at,
    ],
  );
  return agents;
};

/** Contacts of a list, each with one number, taken into the campaign. */
export const seedContacts = async (
  pool: Pool,
  of: { organisationId: string; campaignId: string; listId: string },
  count: number,
  options: SeedOptions,
  offset = 0,
): Promise<void> => {
  const zone = options.zone ?? 'UTC';
  const numbers = Array.from({ length: count }, (_, index) => (options.number ?? fictionalNumber)(index + offset));
  await pool.query(
    `WITH added AS (
       INSERT INTO contact (organisation_id, list_id, external_id, number, numbers, attributes, created_at)
       SELECT $1, $2, 'c' || n, number,
              jsonb_build_array(jsonb_build_object('mode', 'Mobile', 'number', number, 'zone', $4::text)),
              jsonb_build_object('first_name', 'Person ' || n), $5
       FROM unnest($3::text[]) WITH ORDINALITY u(number, n)
       RETURNING id
     )
     INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, zone)
     SELECT $6, id, $1, $2, $5, $4 FROM added`,
    [of.organisationId, of.listId, numbers, zone, options.at, of.campaignId],
  );
};

export const seedCampaign = async (pool: Pool, options: SeedOptions): Promise<Seeded> => {
  const { at } = options;
  const organisationId = options.organisationId ?? (await seedOrganisation(pool, at));
  const dialerId = await seedDialer(pool, organisationId, options);
  const [teamId, queueId, entryPointId, groupId, campaignId, listId] = [1, 2, 3, 4, 5, 6].map(newId) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  await pool.query(`INSERT INTO team (id, organisation_id, dialer_id, name, created_at) VALUES ($1, $2, $3, $4, $5)`, [
    teamId,
    organisationId,
    dialerId,
    `Team ${teamId}`,
    at,
  ]);
  const agents = await seedAgents(pool, organisationId, teamId, options.agents ?? 3, at);
  await pool.query(
    `INSERT INTO queue (id, organisation_id, name, direction, outbound_campaign, team_ids, created_at)
     VALUES ($1, $2, $3, 'OUTDIAL', true, ARRAY[$4::uuid], $5)`,
    [queueId, organisationId, `Queue ${queueId}`, teamId, at],
  );
  await pool.query(
    `INSERT INTO entry_point (id, organisation_id, name, direction, queue_id, caller_id, allowed_caller_ids, created_at)
     VALUES ($1, $2, $3, 'OUTDIAL', $4, $5, ARRAY[$5::text], $6)`,
    [entryPointId, organisationId, `Entry ${entryPointId}`, queueId, CALLER_ID, at],
  );
  await pool.query(
    `INSERT INTO campaign_group (id, organisation_id, name, dialer_id, entry_point_id, team_ids, pacing_mode, pacing,
       abandon_rate_percent, no_answer_ring_limit_seconds, wrap_up_limit_seconds, cpa, schedule, created_at)
     VALUES ($1, $2, $3, $4, $5, ARRAY[$6::uuid], $14, $7, $8, $9, $10, $11, $12, $13)`,
    [
      groupId,
      organisationId,
      `Group ${groupId}`,
      dialerId,
      entryPointId,
      teamId,
      JSON.stringify({
        ...(options.predictive ?? { dialingRate: options.dialingRate ?? 1 }),
        ...(options.ivr && { ivrPorts: options.ivr.ports }),
      }),
      options.abandonRatePercent ?? 3,
      options.ringLimitSeconds ?? 32,
      options.wrapUpLimitSeconds ?? 120,
      JSON.stringify(options.cpa ?? { cpaEnabled: false, amdEnabled: false, terminatingToneDetect: false }),
      options.schedule ? JSON.stringify(options.schedule) : null,
      at,
      `${options.predictive ? 'PREDICTIVE' : 'PROGRESSIVE'}${options.ivr ? '_IVR' : ''}`,
    ],
  );
  const [start, end] = options.callingHours ?? [0, 1440];
  await pool.query(
    `INSERT INTO campaign (id, organisation_id, group_id, name, state_since, max_attempts, calling_hours_start_minute,
       calling_hours_end_minute, created_at, ivr_message, ivr_message_limit_seconds)
     VALUES ($1, $2, $3, $4, $7, $5, $6, $8, $7, $9, $10)`,
    [
      campaignId,
      organisationId,
      groupId,
      `Campaign ${campaignId}`,
      options.maxAttempts ?? 3,
      start,
      at,
      end,
      options.ivr?.message ?? null,
      options.ivr?.limitSeconds ?? 120,
    ],
  );
  await pool.query(
    `INSERT INTO contact_list (id, organisation_id, name, field_mapping, default_country, contacts, loaded_at, created_at)
     VALUES ($1, $2, $3, '{"modes": {"Mobile": "phone"}}', 'US', $4, $5, $5)`,
    [listId, organisationId, `List ${listId}`, options.contacts ?? 0, at],
  );
  await pool.query(
    `INSERT INTO campaign_list (campaign_id, list_id, organisation_id, attached_at, filled_at) VALUES ($1, $2, $3, $4, $4)`,
    [campaignId, listId, organisationId, at],
  );
  const of = { organisationId, campaignId, listId };
  if (options.contacts) await seedContacts(pool, of, options.contacts, options);
  return { organisationId, dialerId, teamId, queueId, entryPointId, groupId, campaignId, listId, agents };
};

/** A zone in which it is about noon at `at`: lawful to dial whatever the hour of the test run. */
export const noonZone = (at: Date): string => {
  const hours = 12 - at.getUTCHours();
  // Etc/GMT signs are reversed: Etc/GMT-3 is three hours ahead of UTC.
  return hours === 0 ? 'Etc/GMT' : hours > 0 ? `Etc/GMT-${hours}` : `Etc/GMT+${-hours}`;
};

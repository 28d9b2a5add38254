import type { Pool } from 'pg';
import { newId } from '../../src/infra/ids';
import { type SeededBench, seedBench } from '../calls/seed';

/** An organisation with so many contacts in a campaign, made by the database itself. */
export interface ContactsWorld extends SeededBench {
  at: Date;
  contacts: number;
  campaignIds: string[];
}

/** Open at noon UTC; the clock of the bench stands there. */
const OPEN_ZONES = [
  'Europe/London',
  'Europe/Paris',
  'Africa/Lagos',
  'Atlantic/Azores',
  'Europe/Athens',
  'Africa/Cairo',
];
/** Closed at noon UTC. */
const CLOSED_ZONES = [
  'Pacific/Auckland',
  'Pacific/Honolulu',
  'America/Los_Angeles',
  'Australia/Sydney',
  'America/Anchorage',
];
const LAWS = Array.from({ length: 10 }, (_, index) => `X-L${index}`);

// +999 is no country's. Attributes as a filter and a sort would use them.
const CONTACTS = `/* bench.contacts */
INSERT INTO contact (organisation_id, list_id, external_id, number, numbers, attributes, created_at)
SELECT $1, $2, 'c' || n, '+999' || lpad(n::text, 9, '0'),
  jsonb_build_array(jsonb_build_object('mode', 'Mobile', 'number', '+999' || lpad(n::text, 9, '0'),
    'zone', ($4::text[])[1 + n % $5], 'law', ($6::text[])[1 + n % 10])),
  jsonb_build_object('balance', ((n::bigint * 7919) % 100000)::text, 'city', 'City ' || n % 500), $3
FROM generate_series($7::integer, $8::integer) AS n`;

const STANDINGS = `/* bench.standings */
INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, zone, law)
SELECT c, ct.id, ct.organisation_id, ct.list_id, $3, ct.numbers -> 0 ->> 'zone', ct.numbers -> 0 ->> 'law'
FROM contact ct CROSS JOIN unnest($2::uuid[]) AS c WHERE ct.list_id = $1`;

const CHUNK = 250_000;

export interface WorldOptions {
  contacts: number;
  /** One in a hundred is in a zone where calls may be made. */
  closed?: boolean;
  /** How many campaigns have the list. */
  campaigns?: number;
}

export const makeWorld = async (
  pool: Pool,
  { contacts, closed = false, campaigns = 1 }: WorldOptions,
): Promise<ContactsWorld> => {
  await pool.query('TRUNCATE contact, campaign_contact, call_attempt, phone_number, dnc_number, organisation CASCADE');
  const at = new Date('2026-03-04T12:00:00Z');
  const seeded = await seedBench(pool, { at, agents: 1, contacts: 0 });
  await pool.query(`UPDATE campaign SET state = 'RUNNING'`);
  await pool.query('INSERT INTO dialer_epoch VALUES ($1, 1)', [seeded.dialerId]);
  const zones = Array.from({ length: 100 }, (_, index) => {
    const from = closed && index > 0 ? CLOSED_ZONES : OPEN_ZONES;
    return from[index % from.length];
  });
  for (let from = 1; from <= contacts; from += CHUNK) {
    const to = Math.min(contacts, from + CHUNK - 1);
    await pool.query(CONTACTS, [seeded.organisationId, seeded.listId, at, zones, zones.length, LAWS, from, to]);
  }
  const more = Array.from({ length: campaigns - 1 }, () => newId());
  await pool.query(
    `INSERT INTO campaign (id, organisation_id, group_id, name, state, state_since, created_at)
     SELECT u.id, c.organisation_id, c.group_id, 'Campaign ' || u.id, 'RUNNING', $3, $3
     FROM unnest($2::uuid[]) AS u(id) CROSS JOIN campaign c WHERE c.id = $1`,
    [seeded.campaignId, more, at],
  );
  const campaignIds = [seeded.campaignId, ...more];
  await pool.query(STANDINGS, [seeded.listId, campaignIds, at]);
  await pool.query('VACUUM (ANALYZE) contact, campaign_contact');
  return { ...seeded, at, contacts, campaignIds };
};

// Only the head of the list is ever come to: what lies behind it would be as it is without caps.
const HEAD = `SELECT n FROM generate_series(1, $2::integer) AS n WHERE n % 100 > 0`;

/** Ninety-nine of a hundred of the first so many contacts stand on a do-not-call list. */
export const listHead = async (pool: Pool, world: ContactsWorld, head: number): Promise<void> => {
  await pool.query(
    `INSERT INTO dnc_number (organisation_id, number, source, added_by, added_at)
     SELECT $1, '+999' || lpad(n::text, 9, '0'), 'bench', 'bench', $3 FROM (${HEAD}) h`,
    [world.organisationId, head, world.at],
  );
};

/** Ninety-nine of a hundred of the first so many have had their three attempts of the last hours. */
export const capHead = async (pool: Pool, world: ContactsWorld, head: number): Promise<void> => {
  await pool.query(
    `INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone,
       caller_id, attempt_no, covered, claimed_at, not_after, placed_at, ended_at, phase, outcome, verdict_id, person, subject)
     SELECT gen_random_uuid(), $1, $4::uuid, $5, n, $6, 1, '+999' || lpad(n::text, 9, '0'), 'Mobile', 'UTC', '', k, false,
       $3::timestamptz - k * interval '1 hour', $3::timestamptz - k * interval '1 hour', $3::timestamptz - k * interval '1 hour',
       $3, 'ENDED', 'NO_ANSWER', gen_random_uuid(), 'c' || n, $4::uuid::text
     FROM (${HEAD}) h CROSS JOIN generate_series(1, 3) AS k`,
    [world.organisationId, head, world.at, world.campaignId, world.listId, world.dialerId],
  );
};

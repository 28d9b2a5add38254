import type { Sql } from '../../infra/postgres';

/** The claim's statements, each once for the whole batch, in the lock order that every writer keeps. */

const ORGANISATION = `/* claim.organisation */
SELECT dialling_stopped_at IS NOT NULL AS stopped FROM organisation WHERE id = $1 FOR SHARE`;

const CAMPAIGNS = `/* claim.campaigns */
SELECT c.id, c.state, c.max_attempts AS "maxAttempts", c.calling_hours_start_minute AS "startMinute",
  c.calling_hours_end_minute AS "endMinute", g.schedule, g.cpa, g.caller_id AS "groupCallerId",
  e.caller_id AS "entryCallerId", e.allowed_caller_ids AS "allowedCallerIds"
FROM campaign c
JOIN campaign_group g ON g.id = c.group_id
JOIN entry_point e ON e.id = g.entry_point_id
WHERE c.organisation_id = $1 AND c.id = ANY($2::uuid[])
ORDER BY c.id
FOR SHARE OF c`;

// Skipped when locked: an import, an edit or a worker has the contact, it comes again later.
const CONTACTS = `/* claim.contacts */
SELECT cc.campaign_id AS "campaignId", cc.contact_id AS "contactId", cc.list_id AS "listId", cc.state, cc.due_at AS "dueAt",
  cc.attempts, cc.zone, ct.numbers -> cc.number_index::integer ->> 'number' AS number,
  ct.numbers -> cc.number_index::integer ->> 'mode' AS mode, ct.attributes ->> 'caller_id' AS "callerId"
FROM unnest($1::uuid[], $2::bigint[]) AS u(campaign_id, contact_id)
JOIN campaign_contact cc ON cc.campaign_id = u.campaign_id AND cc.contact_id = u.contact_id
JOIN contact ct ON ct.id = cc.contact_id
ORDER BY cc.campaign_id, cc.contact_id
FOR UPDATE OF cc SKIP LOCKED`;

const ENSURE_NUMBERS = `/* claim.ensure-numbers */
INSERT INTO phone_number (organisation_id, number)
SELECT $1, number FROM unnest($2::text[]) AS u(number) ORDER BY number
ON CONFLICT DO NOTHING`;

const LOCK_NUMBERS = `/* claim.lock-numbers */
SELECT number, attempt_in_flight IS NOT NULL AS "inFlight", opted_out_at IS NOT NULL AS "optedOut"
FROM phone_number WHERE organisation_id = $1 AND number = ANY($2::text[])
ORDER BY number
FOR UPDATE SKIP LOCKED`;

// Read after the numbers are locked: whoever lists a number locks it first, so the answer holds until the commit.
const DNC = `/* claim.dnc */
SELECT number FROM dnc_number WHERE organisation_id = $1 AND number = ANY($2::text[])`;

const ATTEMPTS = `/* claim.attempts */
WITH given AS (
  SELECT * FROM unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[],
    $12::integer[], $13::uuid[], $14::jsonb[])
  AS g(id, campaign_id, list_id, contact_id, number, mode, zone, caller_id, attempt_no, agent_id, verdict)
), attempts AS (
  INSERT INTO call_attempt (id, organisation_id, campaign_id, list_id, contact_id, dialer_id, epoch, number, mode, zone,
    caller_id, attempt_no, agent_id, covered, claimed_at, not_after, verdict)
  SELECT id, $1, campaign_id, list_id, contact_id, $2, $3, number, mode, zone, caller_id, attempt_no, agent_id,
    agent_id IS NOT NULL, $15, $16, verdict
  FROM given
), numbers AS (
  UPDATE phone_number p SET attempt_in_flight = g.id FROM given g
  WHERE p.organisation_id = $1 AND p.number = g.number
)
UPDATE campaign_contact cc SET state = 'IN_FLIGHT', last_attempt_id = g.id, version = cc.version + 1
FROM given g
WHERE cc.campaign_id = g.campaign_id AND cc.contact_id = g.contact_id`;

const REFUSED = `/* claim.refused */
UPDATE campaign_contact cc SET
  state = CASE WHEN g.close_reason IS NULL THEN cc.state ELSE 'CLOSED' END,
  close_reason = coalesce(g.close_reason, cc.close_reason),
  due_at = coalesce(g.due_at, cc.due_at),
  version = cc.version + 1
FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::timestamptz[]) AS g(campaign_id, contact_id, close_reason, due_at)
WHERE cc.campaign_id = g.campaign_id AND cc.contact_id = g.contact_id AND cc.state = 'READY'`;

export interface ClaimCampaignRow {
  id: string;
  state: string;
  maxAttempts: number;
  startMinute: number;
  endMinute: number;
  schedule: unknown;
  cpa: Record<string, unknown>;
  groupCallerId: string | null;
  entryCallerId: string | null;
  allowedCallerIds: string[];
}

export interface ClaimContactRow {
  campaignId: string;
  contactId: number;
  listId: string;
  state: string;
  dueAt: Date;
  attempts: number;
  zone: string;
  number: string | null;
  mode: string | null;
  callerId: string | null;
}

export interface ClaimNumberRow {
  number: string;
  inFlight: boolean;
  optedOut: boolean;
}

export interface LockedBatch {
  organisationStopped: boolean;
  campaigns: Map<string, ClaimCampaignRow>;
  contacts: ClaimContactRow[];
  numbers: Map<string, ClaimNumberRow>;
  dnc: Set<string>;
}

export const lockBatch = async (
  sql: Sql,
  organisationId: string,
  wanted: readonly { campaignId: string; contactId: number }[],
): Promise<LockedBatch> => {
  const organisation = await sql.query<{ stopped: boolean }>({
    name: 'claim.organisation',
    text: ORGANISATION,
    values: [organisationId],
  });
  const campaignIds = [...new Set(wanted.map((candidate) => candidate.campaignId))];
  const campaigns = await sql.query<ClaimCampaignRow>({
    name: 'claim.campaigns',
    text: CAMPAIGNS,
    values: [organisationId, campaignIds],
  });
  const contacts = await sql.query<ClaimContactRow>({
    name: 'claim.contacts',
    text: CONTACTS,
    values: [wanted.map((candidate) => candidate.campaignId), wanted.map((candidate) => candidate.contactId)],
  });
  const numbers = [...new Set(contacts.rows.flatMap((contact) => (contact.number === null ? [] : [contact.number])))];
  numbers.sort();
  const values = [organisationId, numbers];
  await sql.query({ name: 'claim.ensure-numbers', text: ENSURE_NUMBERS, values });
  const locked = await sql.query<ClaimNumberRow>({ name: 'claim.lock-numbers', text: LOCK_NUMBERS, values });
  const dnc = await sql.query<{ number: string }>({ name: 'claim.dnc', text: DNC, values });
  return {
    organisationStopped: organisation.rows[0]?.stopped ?? true,
    campaigns: new Map(campaigns.rows.map((row) => [row.id, row])),
    contacts: contacts.rows,
    numbers: new Map(locked.rows.map((row) => [row.number, row])),
    dnc: new Set(dnc.rows.map((row) => row.number)),
  };
};

export interface AttemptToWrite {
  id: string;
  campaignId: string;
  listId: string;
  contactId: number;
  number: string;
  mode: string;
  zone: string;
  callerId: string;
  attemptNo: number;
  agentId: string | null;
  verdict: unknown;
}

export const writeAttempts = async (
  sql: Sql,
  of: { organisationId: string; dialerId: string; epoch: number },
  attempts: readonly AttemptToWrite[],
  times: { claimedAt: Date; notAfter: Date },
): Promise<void> => {
  if (attempts.length === 0) return;
  await sql.query({
    name: 'claim.attempts',
    text: ATTEMPTS,
    values: [
      of.organisationId,
      of.dialerId,
      of.epoch,
      attempts.map((attempt) => attempt.id),
      attempts.map((attempt) => attempt.campaignId),
      attempts.map((attempt) => attempt.listId),
      attempts.map((attempt) => attempt.contactId),
      attempts.map((attempt) => attempt.number),
      attempts.map((attempt) => attempt.mode),
      attempts.map((attempt) => attempt.zone),
      attempts.map((attempt) => attempt.callerId),
      attempts.map((attempt) => attempt.attemptNo),
      attempts.map((attempt) => attempt.agentId),
      attempts.map((attempt) => JSON.stringify(attempt.verdict)),
      times.claimedAt,
      times.notAfter,
    ],
  });
};

export interface RefusedContact {
  campaignId: string;
  contactId: number;
  closeReason: string | null;
  dueAt: number | null;
}

export const writeRefused = async (sql: Sql, refused: readonly RefusedContact[]): Promise<void> => {
  if (refused.length === 0) return;
  await sql.query({
    name: 'claim.refused',
    text: REFUSED,
    values: [
      refused.map((contact) => contact.campaignId),
      refused.map((contact) => contact.contactId),
      refused.map((contact) => contact.closeReason),
      refused.map((contact) => (contact.dueAt === null ? null : new Date(contact.dueAt))),
    ],
  });
};

const HOLD_CONTACTS = `/* claim.hold-contacts */
SELECT 1 FROM unnest($1::uuid[], $2::bigint[]) AS u(campaign_id, contact_id)
JOIN campaign_contact cc ON cc.campaign_id = u.campaign_id AND cc.contact_id = u.contact_id
ORDER BY cc.campaign_id, cc.contact_id
FOR UPDATE OF cc`;

const FIND = `/* claim.find */ SELECT id FROM call_attempt WHERE id = ANY($1::uuid[])`;

/**
 * Which of these attempts a claim with a lost answer has written. The contacts' locks are waited for first: a claim
 * whose backend is still at work holds them, so what is read afterwards is final.
 */
export const findAttempts = async (
  sql: Sql,
  attempts: readonly { id: string; campaignId: string; contactId: number }[],
): Promise<string[]> => {
  const campaignIds = attempts.map((attempt) => attempt.campaignId);
  await sql.query({
    name: 'claim.hold-contacts',
    text: HOLD_CONTACTS,
    values: [campaignIds, attempts.map((attempt) => attempt.contactId)],
  });
  const { rows } = await sql.query<{ id: string }>({
    name: 'claim.find',
    text: FIND,
    values: [attempts.map((attempt) => attempt.id)],
  });
  return rows.map((row) => row.id);
};

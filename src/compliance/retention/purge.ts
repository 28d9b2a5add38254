import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../../infra/clock';
import { transaction } from '../../infra/postgres';
import { audit } from '../../organisations/audit';
import type { LawRegistry } from '../law/registry';
import type { LawBook } from '../own/law-book';
import { campaignsOf, lawsOf, leastRetention } from './least-retention';

const DAY_MS = 86_400_000;
/** Rows of one transaction: short enough that nobody waits for it. */
const BATCH = 1_000;

const WANTED = `/* purge.wanted */
SELECT retention_days AS days FROM organisation WHERE id = $1 AND retention_days IS NOT NULL`;
const DONE = `/* purge.done */ UPDATE organisation SET purged_at = $2 WHERE id = $1`;

// Ended attempts alone; one that is still open is nobody's record yet.
const ATTEMPTS = `/* purge.attempts */
SELECT id, law, claimed_at AS at FROM call_attempt
WHERE campaign_id = $1 AND organisation_id = $2 AND claimed_at < $3 AND (claimed_at, id) > ($4, $5) AND outcome IS NOT NULL
ORDER BY claimed_at, id LIMIT ${BATCH}`;
const DELETE_ATTEMPTS = `/* purge.deleteAttempts */ DELETE FROM call_attempt WHERE id = ANY($1::uuid[])`;

// No attempt that is left was claimed on so early a day; what the claims of today write is younger. Those that are open are found
// in the index by number, which is asked only by who names one (ADR 9).
const DELETE_VERDICTS = `/* purge.deleteVerdicts */
DELETE FROM verdict WHERE organisation_id = $1 AND used_on < (
  SELECT (least(min(first.at), $2::timestamptz) AT TIME ZONE 'UTC')::date
  FROM (
    SELECT ended.at FROM campaign c CROSS JOIN LATERAL (
      SELECT claimed_at AS at FROM call_attempt a WHERE a.campaign_id = c.id AND a.outcome IS NOT NULL
      ORDER BY claimed_at LIMIT 1) ended
    WHERE c.organisation_id = $1
    UNION ALL
    SELECT claimed_at FROM call_attempt a WHERE a.organisation_id = $1 AND a.number > '' AND a.outcome IS NULL) first)`;

const DELETE_CALLBACKS = `/* purge.deleteCallbacks */
DELETE FROM callback WHERE id IN (
  SELECT id FROM callback WHERE campaign_id = $1 AND organisation_id = $2 AND state <> 'SCHEDULED' AND ended_at < $3
  LIMIT ${BATCH})`;

const LISTS = `/* purge.lists */ SELECT id FROM contact_list WHERE organisation_id = $1 ORDER BY id`;
// In the order in which they came: behind the first that is young enough all are.
const CONTACTS = `/* purge.contacts */
SELECT id, created_at < $3 AS old FROM contact WHERE list_id = $1 AND organisation_id = $2 AND id > $4
ORDER BY id LIMIT ${BATCH}`;
// Locked in the order of all writers. By campaign, since that is how a contact's standing is found.
const STANDINGS = `/* purge.standings */
SELECT cc.contact_id AS id,
  (a.id IS NOT NULL AND a.outcome IS NULL) OR (cc.state <> 'CLOSED' AND c.state NOT IN ('COMPLETED', 'STOPPED')) AS open
FROM campaign c JOIN campaign_contact cc ON cc.campaign_id = c.id AND cc.contact_id = ANY($2::bigint[])
LEFT JOIN call_attempt a ON a.id = cc.last_attempt_id
WHERE c.organisation_id = $1 ORDER BY cc.campaign_id, cc.contact_id FOR UPDATE OF cc`;
const CALLED = `/* purge.called */
SELECT DISTINCT contact_id AS id FROM call_attempt WHERE contact_id = ANY($1::bigint[]) AND outcome IS NOT NULL`;
const DELETE_STANDINGS = `/* purge.deleteStandings */
DELETE FROM campaign_contact cc USING campaign c
WHERE c.organisation_id = $1 AND cc.campaign_id = c.id AND cc.contact_id = ANY($2::bigint[])`;
const DELETE_CONTACTS = `/* purge.deleteContacts */ DELETE FROM contact WHERE id = ANY($1::bigint[])`;
const COUNT_LESS = `/* purge.countLess */ UPDATE contact_list SET contacts = contacts - $2 WHERE id = $1`;

export interface Purged {
  attempts: number;
  callbacks: number;
  contacts: number;
}

interface Purge {
  pool: Pool;
  organisationId: string;
  retentionDays: number;
  at: number;
  registry: LawRegistry;
  signal: AbortSignal | undefined;
}

/** Until when something under these laws must be kept; what is older may go. */
const cutoffOf = ({ retentionDays, at, registry }: Purge, laws: readonly string[]): Date =>
  new Date(at - Math.max(retentionDays, leastRetention(laws, at, registry)?.days ?? 0) * DAY_MS);

const inBatches = async (purge: Purge, work: (sql: PoolClient) => Promise<{ removed: number; more: boolean }>) => {
  let removed = 0;
  for (let more = true; more; ) {
    purge.signal?.throwIfAborted();
    const batch = await transaction(purge.pool, work);
    removed += batch.removed;
    more = batch.more;
  }
  return removed;
};

/** Each by the laws that it was made under: where they have become longer, or the contacts others, they still hold for it. */
const purgeAttempts = (purge: Purge, campaignId: string): Promise<number> => {
  const youngest = new Date(purge.at - purge.retentionDays * DAY_MS);
  let after = { at: new Date(0), id: '00000000-0000-0000-0000-000000000000' };
  return inBatches(purge, async (sql) => {
    const values = [campaignId, purge.organisationId, youngest, after.at, after.id];
    const { rows } = await sql.query<{ id: string; law: string; at: Date }>(ATTEMPTS, values);
    const old = rows.filter(({ law, at }) => at < cutoffOf(purge, [law])).map(({ id }) => id);
    if (old.length > 0) await sql.query(DELETE_ATTEMPTS, [old]);
    after = rows.at(-1) ?? after;
    return { removed: old.length, more: rows.length === BATCH };
  });
};

const purgeCallbacks = (purge: Purge, campaignId: string, cutoff: Date): Promise<number> =>
  inBatches(purge, async (sql) => {
    const { rowCount } = await sql.query(DELETE_CALLBACKS, [campaignId, purge.organisationId, cutoff]);
    return { removed: rowCount ?? 0, more: rowCount === BATCH };
  });

/** Persons of whom no record is left and whom no campaign is going to call. */
const purgeContacts = (purge: Purge, listId: string, cutoff: Date): Promise<number> => {
  const { organisationId } = purge;
  let after = 0;
  return inBatches(purge, async (sql) => {
    const page = await sql.query<{ id: number; old: boolean }>(CONTACTS, [listId, organisationId, cutoff, after]);
    const old = page.rows.filter((row) => row.old).map(({ id }) => id);
    const more = old.length === BATCH;
    after = page.rows.at(-1)?.id ?? after;
    if (old.length === 0) return { removed: 0, more };
    const standings = await sql.query<{ id: number; open: boolean }>(STANDINGS, [organisationId, old]);
    const called = await sql.query<{ id: number }>(CALLED, [old]);
    const kept = new Set([...standings.rows.filter(({ open }) => open), ...called.rows].map(({ id }) => id));
    const gone = old.filter((id) => !kept.has(id));
    if (gone.length === 0) return { removed: 0, more };
    await sql.query(DELETE_STANDINGS, [organisationId, gone]);
    await sql.query(DELETE_CONTACTS, [gone]);
    await sql.query(COUNT_LESS, [listId, gone.length]);
    return { removed: gone.length, more };
  });
};

/**
 * Removes what an organisation knows of calls and persons when it is older than its `retentionDays`, and older than the laws
 * demand that it was made under. Figures without persons stay: the abandon ledger and the facts of the warehouse; and so
 * do opt-outs and do-not-call lists, which protect people, and the audit.
 */
export const purgeOrganisation = async (
  { pool, clock, laws }: { pool: Pool; clock: Clock; laws: LawBook },
  organisationId: string,
  signal?: AbortSignal,
): Promise<Purged | undefined> => {
  const retentionDays = (await pool.query<{ days: number }>(WANTED, [organisationId])).rows[0]?.days;
  if (retentionDays === undefined) return undefined;
  const registry = await laws.registryOf(pool, organisationId);
  const purge: Purge = { pool, organisationId, retentionDays, at: clock.now(), registry, signal };
  // Of persons and promises the laws of all its campaigns hold: they may have been called by any.
  const cutoff = cutoffOf(purge, await lawsOf(pool, organisationId));
  const purged: Purged = { attempts: 0, callbacks: 0, contacts: 0 };
  for (const campaignId of await campaignsOf(pool, organisationId)) {
    purged.attempts += await purgeAttempts(purge, campaignId);
    purged.callbacks += await purgeCallbacks(purge, campaignId, cutoff);
  }
  for (const { id } of (await pool.query<{ id: string }>(LISTS, [organisationId])).rows) {
    purged.contacts += await purgeContacts(purge, id, cutoff);
  }
  await transaction(pool, async (sql) => {
    const at = new Date(purge.at);
    await sql.query(DELETE_VERDICTS, [organisationId, new Date(purge.at - DAY_MS)]);
    await sql.query(DONE, [organisationId, at]);
    if (purged.attempts + purged.callbacks + purged.contacts === 0) return;
    const after = { retentionDays, ...purged };
    const caller = { organisationId, actor: 'retention', roles: [] };
    await audit(sql, caller, at, { action: 'purge', entity: 'organisation', entityId: organisationId, after });
  });
  return purged;
};

const DUE = `/* purge.due */
SELECT id AS "organisationId" FROM organisation
WHERE retention_days IS NOT NULL AND (purged_at IS NULL OR purged_at <= $1) ORDER BY id LIMIT 100`;

/** Organisations whose records were last looked at a day ago. */
export const purgesDue = async (pool: Pool, at: number): Promise<{ organisationId: string }[]> =>
  (await pool.query<{ organisationId: string }>({ name: 'purge.due', text: DUE, values: [new Date(at - DAY_MS)] }))
    .rows;

import type { Pool, PoolClient } from 'pg';
import type { TelephonyOutcome } from '../../dialer/kernel/messages';
import type { Clock } from '../../infra/clock';
import { transaction } from '../../infra/postgres';
import { type PubSub, topics } from '../../infra/pubsub';
import { audit } from '../../organisations/audit';
import { campaignsWithListed, reopenUnlisted } from '../dnc/reopen-unlisted';
import { dialOutcomeOf } from '../retry/dial-outcome';
import { DIAL_OUTCOMES } from '../retry/outcome-set';
import { CONTACT_JOB_COLUMNS, type ContactJob } from './contact-job';

/** Rows locked at once: few enough that a claim, which skips them, hardly misses any. */
const BATCH = 1_000;

interface OpenJob extends ContactJob {
  organisationId: string;
  campaignIds: string[];
  doneTo: number;
}

// Jobs of one list or campaign are done in the order in which they were asked for: a stop and then a resume.
const TAKE = `/* contactJob.take */
SELECT ${CONTACT_JOB_COLUMNS}, organisation_id AS "organisationId", campaign_ids AS "campaignIds", done_to AS "doneTo"
FROM contact_job j
WHERE id = $1 AND organisation_id = $2 AND ended_at IS NULL AND NOT EXISTS (
  SELECT FROM contact_job e WHERE e.organisation_id = $2 AND e.ended_at IS NULL AND e.place < j.place
    AND (e.list_id = j.list_id OR e.campaign_ids && j.campaign_ids))
FOR UPDATE`;

const BATCH_OF = `/* contactJob.batch */
SELECT cc.contact_id AS id, cc.state, cc.close_reason AS "closeReason", cc.close_after AS "closeAfter",
  a.outcome, a.q850, a.sip, a.wrap_up_code AS "wrapUpCode"
FROM campaign_contact cc LEFT JOIN call_attempt a ON a.id = cc.last_attempt_id
WHERE cc.campaign_id = $1 AND ($2::uuid IS NULL OR cc.list_id = $2) AND cc.contact_id > $3
ORDER BY cc.contact_id LIMIT ${BATCH} FOR UPDATE OF cc`;

// What is in a call or being written up is closed after it.
const CLOSE = `/* contactJob.close */
UPDATE campaign_contact SET
  state = CASE WHEN state = 'READY' THEN 'CLOSED' ELSE state END,
  close_reason = CASE WHEN state = 'READY' THEN $3 ELSE close_reason END,
  close_after = CASE WHEN state = 'READY' THEN NULL ELSE $3 END,
  version = version + 1
WHERE campaign_id = $1 AND contact_id = ANY($2::bigint[])`;

const REOPEN = `/* contactJob.reopen */
UPDATE campaign_contact SET
  state = CASE WHEN state = 'CLOSED' THEN 'READY' ELSE state END,
  due_at = CASE WHEN state = 'CLOSED' THEN greatest(due_at, $3) ELSE due_at END,
  close_reason = NULL, close_after = NULL, version = version + 1
WHERE campaign_id = $1 AND contact_id = ANY($2::bigint[])`;

// As if it had never been called in this campaign; its attempts stand in the reports.
const RECYCLE = `/* contactJob.recycle */
UPDATE campaign_contact cc SET state = 'READY', due_at = $3, attempts = 0, uncounted = 0, tried = NULL, close_reason = NULL,
  close_after = NULL, last_attempt_id = NULL, last_outcome = NULL, number_index = 0, zone = p.numbers -> 0 ->> 'zone',
  law = coalesce(p.numbers -> 0 ->> 'law', ''), version = cc.version + 1
FROM contact p
WHERE cc.campaign_id = $1 AND cc.contact_id = ANY($2::bigint[]) AND p.id = cc.contact_id`;

// Of REOPEN_UNLISTED only those that a list has closed; the condition is that of their index.
const COUNT = `/* contactJob.count */
SELECT count(*) AS contacts FROM campaign_contact
WHERE campaign_id = ANY($1::uuid[]) AND ($2::uuid IS NULL OR list_id = $2)`;
const COUNT_LISTED = `${COUNT.replace('count */', 'countListed */')}
  AND state = 'CLOSED' AND close_reason IN ('DNC', 'OPTED_OUT')`;

const BEGIN = `/* contactJob.begin */
UPDATE contact_job SET started_at = $2, campaign_ids = $3, contacts_total = $4, seq = seq + 1 WHERE id = $1 RETURNING seq`;

const ADVANCE = `/* contactJob.advance */
UPDATE contact_job SET done_to = $2, campaign_ids = $3, contacts_seen = contacts_seen + $4,
  contacts_changed = contacts_changed + $5, ended_at = $6, seq = seq + 1
WHERE id = $1 RETURNING contacts_changed AS changed, seq`;

interface Row {
  id: number;
  state: string;
  closeReason: string | null;
  closeAfter: string | null;
  outcome: TelephonyOutcome | null;
  q850: number | null;
  sip: number | null;
  wrapUpCode: string | null;
}

/** Closed by how its attempts went. Never what the law, the person or the list itself has closed. */
const RECYCLABLE: ReadonlySet<string> = new Set([
  ...DIAL_OUTCOMES,
  'WRAP_UP',
  'MAX_ATTEMPTS',
  'MODES_EXHAUSTED',
  'NO_WINDOW',
]);

const concerns = (job: ContactJob, row: Row): boolean => {
  switch (job.kind) {
    case 'CLOSE':
      return row.state !== 'CLOSED';
    case 'REOPEN':
      return row.state === 'CLOSED' ? row.closeReason === job.reason : row.closeAfter === job.reason;
    case 'REOPEN_UNLISTED':
      return false;
    case 'RECYCLE': {
      if (row.state !== 'CLOSED' || !RECYCLABLE.has(row.closeReason ?? '') || row.outcome === null) return false;
      if (row.wrapUpCode !== null && job.wrapUpCodes.includes(row.wrapUpCode)) return true;
      return job.outcomes.includes(dialOutcomeOf({ ...row, outcome: row.outcome }));
    }
  }
};

const write = async (sql: PoolClient, job: OpenJob, campaignId: string, ids: number[], at: Date): Promise<void> => {
  if (ids.length === 0) return;
  if (job.kind === 'CLOSE') await sql.query(CLOSE, [campaignId, ids, job.reason]);
  else await sql.query(job.kind === 'REOPEN' ? REOPEN : RECYCLE, [campaignId, ids, at]);
};

/** What it is about is known from here on; answers its new `seq`. */
const begin = async (sql: PoolClient, job: OpenJob, at: Date): Promise<number> => {
  await sql.query("SET LOCAL statement_timeout = '60s'");
  const unlisted = job.kind === 'REOPEN_UNLISTED';
  const campaignIds = unlisted ? await campaignsWithListed(sql, job.organisationId) : job.campaignIds;
  const counted = await sql.query<{ contacts: number }>(unlisted ? COUNT_LISTED : COUNT, [campaignIds, job.listId]);
  const values = [job.id, at, campaignIds, counted.rows[0]?.contacts ?? 0];
  return (await sql.query<{ seq: number }>(BEGIN, values)).rows[0]?.seq ?? 0;
};

interface Batch {
  seen: number;
  changed: number;
  /** The last contact that was seen; undefined: the campaign has none left. */
  last: number | undefined;
}

const takeBatch = async (sql: PoolClient, job: OpenJob, campaignId: string, at: Date): Promise<Batch> => {
  const { organisationId, doneTo } = job;
  if (job.kind === 'REOPEN_UNLISTED') {
    const { seen, opened, last } = await reopenUnlisted(sql, { organisationId, campaignId }, doneTo, BATCH, at);
    return { seen, changed: opened, last: seen === BATCH ? last : undefined };
  }
  const values = [campaignId, job.listId, doneTo];
  const { rows } = await sql.query<Row>({ name: 'contactJob.batch', text: BATCH_OF, values });
  const ids = rows.filter((row) => concerns(job, row)).map(({ id }) => id);
  await write(sql, job, campaignId, ids, at);
  return { seen: rows.length, changed: ids.length, last: rows.length === BATCH ? rows.at(-1)?.id : undefined };
};

/** What nobody asked for in so many words stands in the audit when it is done. */
const auditReopening = async (sql: PoolClient, job: OpenJob, contacts: number, at: Date): Promise<void> => {
  if (job.kind !== 'REOPEN_UNLISTED' || contacts === 0) return;
  const caller = { organisationId: job.organisationId, actor: job.createdBy, roles: [] };
  const change = { action: 'reopen unlisted', entity: 'contact job', entityId: job.id, after: { contacts } };
  await audit(sql, caller, at, change);
};

interface Step {
  state: 'more' | 'done' | 'waits';
  seq: number;
  /** The campaign that was changed. */
  changed?: string;
}

const step = async (sql: PoolClient, job: OpenJob, at: Date): Promise<Step> => {
  if (job.startedAt === null) return { state: 'more', seq: await begin(sql, job, at) };
  const [campaignId, ...others] = job.campaignIds;
  const batch = campaignId ? await takeBatch(sql, job, campaignId, at) : { seen: 0, changed: 0, last: undefined };
  const place = batch.last === undefined ? [0, others] : [batch.last, job.campaignIds];
  const ended = batch.last === undefined && others.length === 0;
  const values = [job.id, ...place, batch.seen, batch.changed, ended ? at : null];
  const { changed = 0, seq = 0 } = (await sql.query<{ changed: number; seq: number }>(ADVANCE, values)).rows[0] ?? {};
  if (ended) await auditReopening(sql, job, changed, at);
  return { state: ended ? 'done' : 'more', seq, ...(campaignId && batch.changed > 0 && { changed: campaignId }) };
};

/**
 * Does a job, one short transaction after another; interrupted anywhere, or done by two workers at once, it goes on where it
 * was. Answers the campaigns it has changed, or undefined while an earlier job of the same contacts is unfinished.
 */
export const runContactJob = async (
  { pool, clock, pubsub }: { pool: Pool; clock: Clock; pubsub: PubSub },
  { organisationId, jobId }: { organisationId: string; jobId: string },
  signal?: AbortSignal,
): Promise<string[] | undefined> => {
  const campaigns = new Set<string>();
  for (;;) {
    signal?.throwIfAborted();
    const { state, seq, changed } = await transaction(pool, async (sql): Promise<Step> => {
      const values = [jobId, organisationId];
      const job = (await sql.query<OpenJob>({ name: 'contactJob.take', text: TAKE, values })).rows[0];
      return job ? step(sql, job, clock.date()) : { state: 'waits', seq: 0 };
    });
    if (state !== 'waits') pubsub.publish(topics.contactJob(organisationId, jobId), { seq });
    if (changed) campaigns.add(changed);
    if (state === 'waits') return campaigns.size > 0 ? [...campaigns] : undefined;
    if (state === 'done') return [...campaigns];
  }
};

const OPEN = `/* contactJob.open */
SELECT organisation_id AS "organisationId", id AS "jobId" FROM contact_job WHERE ended_at IS NULL
ORDER BY place LIMIT 100`;

export const openContactJobs = async (pool: Pool): Promise<{ organisationId: string; jobId: string }[]> =>
  (await pool.query<{ organisationId: string; jobId: string }>({ name: 'contactJob.open', text: OPEN })).rows;

// Its contacts are refused by the gate from that moment on; closing them clears the way for others and lets campaigns end.
const EXPIRE = `/* contactJob.expire */
WITH expired AS (
  UPDATE contact_list SET expired_at = $1 WHERE expires_at <= $1 AND expired_at IS NULL RETURNING id, organisation_id
)
INSERT INTO contact_job (id, organisation_id, kind, list_id, reason, campaign_ids, created_by, created_at)
SELECT gen_random_uuid(), e.organisation_id, 'CLOSE', e.id, 'LIST_EXPIRED',
  ARRAY(SELECT campaign_id FROM campaign_list a WHERE a.list_id = e.id ORDER BY campaign_id), 'expiry', $1
FROM expired e`;

/** Lists whose time has come get a job that closes their contacts. */
export const expireLists = async (pool: Pool, at: Date): Promise<void> => {
  await pool.query({ name: 'contactJob.expire', text: EXPIRE, values: [at] });
};

import type { Pool } from 'pg';
import { z } from 'zod';
import { invalid, notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { newId } from '../../infra/ids';
import type { JobClient } from '../../infra/job-client';
import { transaction } from '../../infra/postgres';
import { id, parse, text } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey, takeKey } from '../../organisations/idempotency';
import { isId } from '../../organisations/records';
import { DIAL_OUTCOMES } from '../retry/outcome-set';
import { CONTACT_JOB_COLUMNS, type ContactJob } from './contact-job';

export const recycleContactsInput = z.object({
  campaignId: id().describe('The campaign.'),
  listId: id().optional().describe('Only contacts of this list; by default of all its lists.'),
  outcomes: z
    .array(z.enum(DIAL_OUTCOMES).meta({ typeName: 'DialOutcome' }))
    .max(DIAL_OUTCOMES.length)
    .default([])
    .describe('Closed contacts whose last attempt ended so.'),
  wrapUpCodes: z
    .array(text(100))
    .max(200)
    .default([])
    .describe('Closed contacts of whom an agent last said so, whatever the outcome.'),
  idempotencyKey,
});

const CAMPAIGN = `/* contactJob.campaign */
SELECT EXISTS (SELECT FROM campaign_list WHERE campaign_id = $1 AND list_id = $3) AS attached
FROM campaign WHERE id = $1 AND organisation_id = $2 FOR KEY SHARE`;
const INSERT = `/* contactJob.recycle */
INSERT INTO contact_job (id, organisation_id, kind, campaign_id, list_id, outcomes, wrap_up_codes, campaign_ids, created_by, created_at)
VALUES ($1, $2, 'RECYCLE', $3, $4, $5, $6, ARRAY[$3::uuid], $7, $8) RETURNING ${CONTACT_JOB_COLUMNS}`;
const READ = `/* contactJob.read */
SELECT ${CONTACT_JOB_COLUMNS} FROM contact_job WHERE id = $1 AND organisation_id = $2`;
const LATEST = `/* contactJob.latest */
SELECT ${CONTACT_JOB_COLUMNS} FROM contact_job WHERE organisation_id = $1 ORDER BY place DESC LIMIT $2`;

/** Changes of many contacts: asked for here, done by a worker. */
export class ContactJobService {
  constructor(private readonly deps: { pool: Pool; clock: Clock; jobs: JobClient }) {}

  async find(caller: Caller, jobId: string): Promise<ContactJob | null> {
    if (!isId(jobId)) return null;
    return (await this.deps.pool.query<ContactJob>(READ, [jobId, caller.organisationId])).rows[0] ?? null;
  }

  async get(caller: Caller, jobId: string): Promise<ContactJob> {
    const job = await this.find(caller, jobId);
    if (!job) throw notFound('contact job', jobId);
    return job;
  }

  /** Newest first. */
  async latest(caller: Caller, most: number): Promise<ContactJob[]> {
    return (await this.deps.pool.query<ContactJob>(LATEST, [caller.organisationId, most])).rows;
  }

  /** Closed contacts become ready again, as if they had never been called in the campaign. */
  async recycle(caller: Caller, input: unknown): Promise<ContactJob> {
    const given = parse(recycleContactsInput, input);
    const { campaignId, listId, outcomes, wrapUpCodes, idempotencyKey: key } = given;
    if (outcomes.length + wrapUpCodes.length === 0) {
      throw invalid('outcomes', 'outcomes or wrapUpCodes must name which contacts are to be recycled');
    }
    const { organisationId, actor } = caller;
    const at = this.deps.clock.date();
    const jobId = newId();
    const job = await transaction(this.deps.pool, async (sql) => {
      const { rows } = await sql.query<{ attached: boolean }>(CAMPAIGN, [campaignId, organisationId, listId ?? null]);
      if (!rows[0]) throw notFound('campaign', campaignId);
      if (listId && !rows[0].attached) throw invalid('listId', `listId ${listId} is not attached to this campaign`);
      const known = await takeKey(sql, caller, { key, mutation: 'recycle', request: given, entityId: jobId, at });
      if (known) return (await sql.query<ContactJob>(READ, [known, organisationId])).rows[0];
      const values = [jobId, organisationId, campaignId, listId ?? null, outcomes, wrapUpCodes, actor, at];
      const made = (await sql.query<ContactJob>(INSERT, values)).rows[0];
      const after = { listId: listId ?? null, outcomes, wrapUpCodes, job: jobId };
      await audit(sql, caller, at, { action: 'recycle', entity: 'campaign', entityId: campaignId, after });
      return made;
    });
    if (!job) throw new OutdialError('INTERNAL', 'the job could not be read back');
    await this.deps.jobs.enqueue('changeContacts', { organisationId, jobId: job.id });
    return job;
  }
}

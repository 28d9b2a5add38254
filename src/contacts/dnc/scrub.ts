import type { Pool } from 'pg';
import { z } from 'zod';
import { notFound, OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import { newId } from '../../infra/ids';
import type { JobClient } from '../../infra/job-client';
import { transaction } from '../../infra/postgres';
import { id, parse } from '../../infra/validate';
import { audit } from '../../organisations/audit';
import type { Caller } from '../../organisations/caller';
import { idempotencyKey, takeKey } from '../../organisations/idempotency';
import { isId } from '../../organisations/records';
import type { ListedAs } from './close-listed';

export const DNC_SCRUB_STATES = ['QUEUED', 'RUNNING', 'COMPLETED', 'FAILED'] as const;

/** One check of a loaded contact list against the lists that hold now. */
export interface DncScrub {
  id: string;
  organisationId: string;
  listId: string;
  state: (typeof DNC_SCRUB_STATES)[number];
  contactsTotal: number;
  contactsRead: number;
  contactsListed: number;
  contactsClosed: number;
  listedAs: ListedAs;
  seq: number;
  createdBy: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

export const DNC_SCRUB_COLUMNS = `id, organisation_id AS "organisationId", list_id AS "listId", state,
  contacts_total AS "contactsTotal", contacts_read AS "contactsRead", contacts_listed AS "contactsListed",
  contacts_closed AS "contactsClosed", listed_as AS "listedAs", seq, created_by AS "createdBy",
  created_at AS "createdAt", started_at AS "startedAt", ended_at AS "endedAt"`;

export const scrubContactListInput = z.object({
  listId: id().describe('The contact list.'),
  idempotencyKey,
});

const LIST = `/* dncScrub.list */ SELECT contacts FROM contact_list WHERE id = $1 AND organisation_id = $2 FOR KEY SHARE`;
const OPEN = `/* dncScrub.open */ SELECT id FROM dnc_scrub WHERE list_id = $1 AND state IN ('QUEUED', 'RUNNING') LIMIT 1`;
const INSERT = `/* dncScrub.insert */
INSERT INTO dnc_scrub (id, organisation_id, list_id, state, contacts_total, created_by, created_at)
VALUES ($1, $2, $3, 'QUEUED', $4, $5, $6) RETURNING ${DNC_SCRUB_COLUMNS}`;
const READ = `/* dncScrub.read */ SELECT ${DNC_SCRUB_COLUMNS} FROM dnc_scrub WHERE id = $1 AND organisation_id = $2`;

export class DncScrubService {
  constructor(private readonly deps: { pool: Pool; clock: Clock; jobs: JobClient }) {}

  async find(caller: Caller, scrubId: string): Promise<DncScrub | null> {
    if (!isId(scrubId)) return null;
    return (await this.deps.pool.query<DncScrub>(READ, [scrubId, caller.organisationId])).rows[0] ?? null;
  }

  async get(caller: Caller, scrubId: string): Promise<DncScrub> {
    const scrub = await this.find(caller, scrubId);
    if (!scrub) throw notFound('DNC scrub', scrubId);
    return scrub;
  }

  /** A job; nothing of it is needed for lawful dialling, which checks each number again. */
  async start(caller: Caller, input: unknown): Promise<DncScrub> {
    const given = parse(scrubContactListInput, input);
    const { listId, idempotencyKey: key } = given;
    const { organisationId, actor } = caller;
    const at = this.deps.clock.date();
    const made = await transaction(this.deps.pool, async (sql) => {
      const list = (await sql.query<{ contacts: number }>(LIST, [listId, organisationId])).rows[0];
      if (!list) throw notFound('contact list', listId);
      const scrubId = newId();
      const known = await takeKey(sql, caller, {
        key,
        mutation: 'scrub contact list',
        request: given,
        entityId: scrubId,
        at,
      });
      if (known) return (await sql.query<DncScrub>(READ, [known, organisationId])).rows[0];
      if ((await sql.query(OPEN, [listId])).rowCount) {
        throw new OutdialError('INVALID_STATE', 'the list is being scrubbed already', 'listId');
      }
      const values = [scrubId, organisationId, listId, list.contacts, actor, at];
      const row = (await sql.query<DncScrub>(INSERT, values)).rows[0];
      await audit(sql, caller, at, { action: 'scrub', entity: 'contact list', entityId: listId, after: { scrubId } });
      return row;
    });
    if (!made) throw new OutdialError('INTERNAL', 'the scrub could not be read back');
    await this.deps.jobs.enqueue('scrubContactList', { organisationId, scrubId: made.id });
    return made;
  }
}

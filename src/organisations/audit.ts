import { type Page, type PageRequest, pageOf } from '../infra/page';
import type { Sql } from '../infra/postgres';
import type { Caller } from './caller';

/** Anything that runs one statement of a transaction: a `pg` client or TypeORM's entity manager. */
export interface Statement {
  query(text: string, values?: unknown[]): Promise<unknown>;
}

export interface Change {
  action: string;
  entity: string;
  entityId: string;
  before?: object | null;
  after?: object | null;
}

export interface AuditEntry {
  id: number;
  at: Date;
  actor: string;
  action: string;
  entity: string;
  entityId: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

/** Never in the audit, by the names our records give them. */
const SECRETS = new Set(['passwordHash', 'password', 'keyHash', 'ariUrl', 'secret']);

const withoutSecrets = (value: object | null | undefined): string | null =>
  value ? JSON.stringify(value, (key, inner) => (SECRETS.has(key) ? (inner ? '(set)' : inner) : inner)) : null;

const INSERT = `/* audit.insert */
INSERT INTO audit_entry (organisation_id, at, actor, action, entity, entity_id, before, after)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

/** Writes in the transaction of the change itself: who, what, before and after without secrets. */
export const audit = async (sql: Statement, caller: Caller, at: Date, change: Change): Promise<void> => {
  const { action, entity, entityId, before, after } = change;
  await sql.query(INSERT, [
    caller.organisationId,
    at,
    caller.actor,
    action,
    entity,
    entityId,
    withoutSecrets(before),
    withoutSecrets(after),
  ]);
};

const LIST = `/* audit.list */
SELECT id, at, actor, action, entity, entity_id AS "entityId", before, after
FROM audit_entry
WHERE organisation_id = $1 AND id > $2 AND ($3::text IS NULL OR entity = $3) AND ($4::text IS NULL OR entity_id = $4)
ORDER BY id LIMIT $5`;

export interface AuditFilter {
  entity?: string | undefined;
  entityId?: string | undefined;
}

export const listAudit = async (
  sql: Sql,
  caller: Caller,
  { first, after }: PageRequest,
  { entity, entityId }: AuditFilter = {},
): Promise<Page<AuditEntry>> => {
  const { rows } = await sql.query<AuditEntry>(LIST, [
    caller.organisationId,
    Number(after ?? 0) || 0,
    entity ?? null,
    entityId ?? null,
    first + 1,
  ]);
  return pageOf(rows, first);
};

import type { PoolClient } from 'pg';
import type { ImportTarget } from './chunk-writer';

export interface BegunImport {
  listId: string;
  format: 'CSV' | 'JSON';
  rowsRead: number;
  seq: number;
  mapping: unknown;
  defaultCountry: string;
}

// One runner per import: the lock goes with its connection, so a killed worker leaves none behind.
const HOLD = `/* import.hold */ SELECT pg_try_advisory_lock(hashtextextended('import:' || $1, 0)) AS held`;
const RELEASE = `/* import.release */ SELECT pg_advisory_unlock(hashtextextended('import:' || $1, 0))`;

// The mapping is frozen from here on: all rows of a list are read by the same one. A list that is being loaded does not count as
// filled in its campaigns, so that none of them completes before its last contact has come.
const BEGIN = `/* import.begin */
WITH begun AS (
  UPDATE contact_import SET state = 'RUNNING', started_at = coalesce(started_at, $3), seq = seq + 1
  WHERE id = $1 AND organisation_id = $2 AND state IN ('QUEUED', 'RUNNING')
  RETURNING list_id, format, rows_read, seq
), list AS (
  UPDATE contact_list l SET loaded_at = coalesce(l.loaded_at, $3) FROM begun
  WHERE l.id = begun.list_id AND l.organisation_id = $2
  RETURNING l.id, l.field_mapping, l.default_country
), waiting AS (
  UPDATE campaign_list c SET filled_at = NULL FROM begun WHERE c.list_id = begun.list_id AND c.organisation_id = $2
)
SELECT b.list_id, b.format, b.rows_read, b.seq, l.field_mapping, l.default_country FROM begun b JOIN list l ON l.id = b.list_id`;

const COMPLETE = `/* import.complete */
UPDATE contact_import SET state = 'COMPLETED', ended_at = $3, bytes_read = bytes_total, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state = 'RUNNING' RETURNING seq`;

const FAIL = `/* import.fail */
UPDATE contact_import SET state = 'FAILED', error_code = $4, error_message = $5, ended_at = $3, seq = seq + 1
WHERE id = $1 AND organisation_id = $2 AND state = 'RUNNING' RETURNING seq`;

export const tryHoldImport = async (sql: PoolClient, importId: string): Promise<boolean> => {
  const { rows } = await sql.query<{ held: boolean }>(HOLD, [importId]);
  return rows[0]?.held ?? false;
};

export const releaseImport = async (sql: PoolClient, importId: string): Promise<void> => {
  await sql.query(RELEASE, [importId]);
};

/** Undefined when the import has ended or does not exist. */
export const beginImport = async (
  sql: PoolClient,
  organisationId: string,
  importId: string,
  at: Date,
): Promise<BegunImport | undefined> => {
  const { rows } = await sql.query<{
    list_id: string;
    format: 'CSV' | 'JSON';
    rows_read: number;
    seq: number;
    field_mapping: unknown;
    default_country: string;
  }>(BEGIN, [importId, organisationId, at]);
  const row = rows[0];
  return (
    row && {
      listId: row.list_id,
      format: row.format,
      rowsRead: row.rows_read,
      seq: row.seq,
      mapping: row.field_mapping,
      defaultCountry: row.default_country,
    }
  );
};

/** Both answer the new `seq`, or 0 when the import was cancelled meanwhile. */
export const completeImport = async (sql: PoolClient, target: ImportTarget, at: Date): Promise<number> => {
  const { rows } = await sql.query<{ seq: number }>(COMPLETE, [target.importId, target.organisationId, at]);
  return rows[0]?.seq ?? 0;
};

export const failImport = async (
  sql: PoolClient,
  target: ImportTarget,
  code: string,
  message: string,
  at: Date,
): Promise<number> => {
  const { rows } = await sql.query<{ seq: number }>(FAIL, [target.importId, target.organisationId, at, code, message]);
  return rows[0]?.seq ?? 0;
};

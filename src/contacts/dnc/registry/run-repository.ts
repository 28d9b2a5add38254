import type { PoolClient } from 'pg';
import type { Sql } from '../../../infra/postgres';
import { lockClaimsOut } from '../../claim-locks';
import { requestReopening } from '../reopen-unlisted';
import { countNumbers } from './write-blocks';

export interface BegunDncImport {
  importId: string;
  organisationId: string;
  listId: string;
  generation: number;
  /** In force when this began. */
  before: number | null;
  replaces: boolean;
  numberColumn: string | null;
  country: string;
}

export interface Progress {
  bytesRead: number;
  linesRead: number;
  linesRejected: number;
  linesDuplicate: number;
  numbers: number;
  storedPercent: number;
}

/** It was cancelled, or somebody else has gone on with it. */
export class DncImportTaken extends Error {}

const LIST_OF = `/* dncImport.listOf */ SELECT list_id FROM dnc_import WHERE id = $1 AND organisation_id = $2`;
// Of the list, not of the import: two files of one list would each keep what the other replaces.
const HOLD = `/* dncImport.hold */ SELECT pg_try_advisory_lock(hashtextextended('dnc-list:' || $1, 0)) AS held`;
const RELEASE = `/* dncImport.release */ SELECT pg_advisory_unlock(hashtextextended('dnc-list:' || $1, 0))`;

/** The list whose lock was taken, 'HELD' when another has it, undefined without such an import. */
export const holdList = async (
  sql: PoolClient,
  organisationId: string,
  importId: string,
): Promise<string | 'HELD' | undefined> => {
  const listId = (await sql.query<{ list_id: string }>(LIST_OF, [importId, organisationId])).rows[0]?.list_id;
  if (!listId) return undefined;
  const { rows } = await sql.query<{ held: boolean }>(HOLD, [listId]);
  return rows[0]?.held ? listId : 'HELD';
};

export const releaseList = async (sql: PoolClient, listId: string): Promise<void> => {
  await sql.query(RELEASE, [listId]);
};

const BEGIN = `/* dncImport.begin */
UPDATE dnc_import i SET state = 'RUNNING', started_at = coalesce(i.started_at, $3), seq = i.seq + 1, bytes_read = 0,
  lines_read = 0, lines_rejected = 0, lines_duplicate = 0, numbers = 0, stored_percent = 0
FROM dnc_list l
WHERE i.id = $1 AND i.organisation_id = $2 AND i.state IN ('QUEUED', 'RUNNING') AND l.id = i.list_id
RETURNING i.id AS "importId", i.organisation_id AS "organisationId", i.list_id AS "listId", i.generation,
  l.generation AS before, i.replaces, i.number_column AS "numberColumn", l.country`;
const FORGET_ERRORS = `/* dncImport.forgetErrors */ DELETE FROM dnc_import_error WHERE import_id = $1`;

/** From the beginning, however far an earlier run came: nothing of it was in force. */
export const beginDncImport = async (
  sql: PoolClient,
  organisationId: string,
  importId: string,
  at: Date,
): Promise<BegunDncImport | undefined> => {
  const begun = (await sql.query<BegunDncImport>(BEGIN, [importId, organisationId, at])).rows[0];
  if (begun) await sql.query(FORGET_ERRORS, [importId]);
  return begun;
};

const ADVANCE = `/* dncImport.advance */
UPDATE dnc_import SET bytes_read = $2, lines_read = $3, lines_rejected = $4, lines_duplicate = $5, numbers = $6,
  stored_percent = $7, seq = seq + 1
WHERE id = $1 AND state = 'RUNNING' RETURNING seq`;

/** The new `seq`; with an open transaction it is a fence as well. */
export const advance = async (sql: Sql, importId: string, progress: Progress): Promise<number> => {
  const { bytesRead, linesRead, linesRejected, linesDuplicate, numbers, storedPercent } = progress;
  const values = [importId, bytesRead, linesRead, linesRejected, linesDuplicate, numbers, storedPercent];
  const { rows } = await sql.query<{ seq: number }>(ADVANCE, values);
  if (!rows[0]) throw new DncImportTaken();
  return rows[0].seq;
};

const FAULTS = `/* dncImport.faults */
INSERT INTO dnc_import_error (import_id, line, code, message)
SELECT $1, f.line, f.code, f.message FROM unnest($2::bigint[], $3::text[], $4::text[]) AS f(line, code, message)`;

export const writeFaults = async (
  sql: Sql,
  importId: string,
  faults: readonly { line: number; code: string; message: string }[],
): Promise<void> => {
  if (faults.length === 0) return;
  await sql.query(FAULTS, [
    importId,
    faults.map(({ line }) => line),
    faults.map(({ code }) => code),
    faults.map(({ message }) => message),
  ]);
};

const SUPERSEDE = `/* dncImport.supersede */
UPDATE dnc_import SET superseded = true WHERE list_id = $1 AND generation = $2`;
const IN_FORCE = `/* dncImport.inForce */
UPDATE dnc_list SET generation = $2, imported_numbers = $3, imported_at = $4, version = version + 1 WHERE id = $1`;
const COMPLETE = `/* dncImport.complete */
UPDATE dnc_import SET state = 'COMPLETED', ended_at = $2, stored_percent = 100, seq = seq + 1
WHERE id = $1 AND state = 'RUNNING' RETURNING seq`;

/** The registry changes as a whole: claims see all of the old one or all of the new one, and never neither. */
export const putInForce = async (sql: PoolClient, begun: BegunDncImport, at: Date): Promise<number> => {
  const { importId, organisationId, listId, generation, before, replaces } = begun;
  const numbers = await countNumbers(sql, generation);
  await sql.query('BEGIN');
  try {
    await lockClaimsOut(sql, organisationId);
    const { rows } = await sql.query<{ seq: number }>(COMPLETE, [importId, at]);
    if (!rows[0]) throw new DncImportTaken();
    await sql.query(IN_FORCE, [listId, generation, numbers, at]);
    if (before !== null) {
      await sql.query(SUPERSEDE, [listId, before]);
      if (replaces) await requestReopening(sql, { organisationId, actor: 'DNC import' }, at);
    }
    await sql.query('COMMIT');
    return rows[0].seq;
  } catch (error) {
    await sql.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
};

const FAIL = `/* dncImport.fail */
UPDATE dnc_import SET state = 'FAILED', error_code = $3, error_message = $4, ended_at = $2, superseded = true, seq = seq + 1
WHERE id = $1 AND state = 'RUNNING' RETURNING seq`;

/** What was in force stays so. */
export const failDncImport = async (
  sql: PoolClient,
  importId: string,
  fault: { code: string; message: string },
  at: Date,
): Promise<number> => {
  const { rows } = await sql.query<{ seq: number }>(FAIL, [importId, at, fault.code, fault.message]);
  return rows[0]?.seq ?? 0;
};

import { rm } from 'node:fs/promises';
import type { Pool } from 'pg';
import { spillPath } from './dnc-import-runner';
import { holdList, releaseList } from './run-repository';
import { removeBlocks } from './write-blocks';

const GENERATION = `/* dncImport.generation */
SELECT generation FROM dnc_import WHERE id = $1 AND organisation_id = $2 AND superseded`;
const REMOVED = `/* dncImport.removed */ UPDATE dnc_import SET superseded = false WHERE id = $1`;

/** Removes the numbers of an import that is in force no more, in short steps; its row stays for the record. */
export const removeSuperseded = async (
  { pool, home }: { pool: Pool; home: string },
  organisationId: string,
  importId: string,
  signal?: AbortSignal,
): Promise<void> => {
  const sql = await pool.connect();
  let broken: Error | undefined;
  try {
    // A run that was cancelled a moment ago may be writing still.
    const listId = await holdList(sql, organisationId, importId);
    if (!listId || listId === 'HELD') return;
    const { rows } = await sql.query<{ generation: number }>(GENERATION, [importId, organisationId]);
    if (rows[0]) {
      await removeBlocks(sql, rows[0].generation, signal);
      await rm(spillPath(home, importId), { recursive: true, force: true });
      await sql.query(REMOVED, [importId]);
    }
    await releaseList(sql, listId);
  } catch (error) {
    broken = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    sql.release(broken);
  }
};

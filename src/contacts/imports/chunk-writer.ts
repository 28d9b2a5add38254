import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { type LoadScrub, listedRows } from '../dnc/scrub-load';
import { selectionOf } from '../selection/selection-sql';
import type { Chunk, RowFault } from './chunk';

export interface ImportTarget {
  importId: string;
  organisationId: string;
  listId: string;
}

/** Somebody else has gone on with this import, or it was cancelled: what this runner holds must not be written. */
export class ImportTaken extends Error {}

const STAGE = `/* import.stage */
CREATE TEMP TABLE IF NOT EXISTS contact_stage (
  row_no integer NOT NULL, line integer NOT NULL, external_id text, number text NOT NULL, numbers jsonb NOT NULL,
  attributes jsonb NOT NULL
) ON COMMIT DELETE ROWS`;

const FENCE = `/* import.fence */
SELECT rows_read FROM contact_import WHERE id = $1 AND organisation_id = $2 AND state = 'RUNNING' FOR UPDATE`;

// Attaching the list to a campaign locks it too: a campaign attached before this is seen by the insert below, one attached
// after it finds these contacts committed when it is filled.
const LOCK_LIST = `/* import.lockList */
SELECT dnc_scrub_at_load AS scrub FROM contact_list WHERE id = $1 AND organisation_id = $2 FOR NO KEY UPDATE`;

const COPY = `/* import.copy */
COPY contact_stage (row_no, line, external_id, number, numbers, attributes) FROM STDIN`;

const DROP = `/* import.drop */ DELETE FROM contact_stage WHERE row_no = ANY($1::int[])`;

const TAKE = `/* import.take */
WITH taken AS (
  INSERT INTO contact (organisation_id, list_id, import_id, external_id, number, numbers, attributes, created_at)
  SELECT $1, $2, $3, external_id, number, numbers, attributes, $4 FROM contact_stage
  ON CONFLICT (list_id, number) DO NOTHING
  RETURNING id, number, numbers -> 0 ->> 'zone' AS zone, coalesce(numbers -> 0 ->> 'law', '') AS law, attributes
), joined AS (
  INSERT INTO campaign_contact (campaign_id, contact_id, organisation_id, list_id, due_at, priority, zone, law,
    filtered_out, sort_key)
  SELECT a.campaign_id, t.id, $1, $2, $4, a.priority, t.zone, t.law, ${selectionOf('c', 't.attributes')}
  FROM campaign_list a JOIN campaign c ON c.id = a.campaign_id CROSS JOIN taken t WHERE a.list_id = $2 AND a.organisation_id = $1
)
SELECT s.row_no, s.line FROM contact_stage s WHERE NOT EXISTS (SELECT FROM taken t WHERE t.number = s.number)`;

const FAULTS = `/* import.faults */
INSERT INTO contact_import_error (import_id, row_no, line, field, code, message)
SELECT DISTINCT ON (f.row_no) $1, f.row_no, f.line, f.field, f.code, f.message
FROM unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::text[]) AS f (row_no, line, field, code, message)
ORDER BY f.row_no, f.code IN ('DUPLICATE', 'DNC') DESC`;

const ADVANCE = `/* import.advance */
WITH list AS (
  UPDATE contact_list SET contacts = contacts + $4 WHERE id = $2 AND $4 > 0
)
UPDATE contact_import SET rows_read = $3, rows_imported = rows_imported + $4, rows_duplicate = rows_duplicate + $5,
  rows_rejected = rows_rejected + $6, bytes_read = greatest(bytes_read, $7), seq = seq + 1
WHERE id = $1 RETURNING seq`;

/** Once per connection, before the first chunk. */
export const prepareStage = async (sql: PoolClient): Promise<void> => {
  await sql.query(STAGE);
};

/**
 * One chunk is one transaction: contacts, their standing in the campaigns the list is attached to, the report and the place
 * reached. So an import that is killed anywhere goes on behind its last chunk, with nothing twice and nothing lost.
 * Answers the new `seq` of the import.
 */
export const writeChunk = async (sql: PoolClient, target: ImportTarget, chunk: Chunk, at: Date): Promise<number> => {
  const { importId, organisationId, listId } = target;
  // A chunk on a busy machine may take longer than statements elsewhere are given.
  await sql.query("BEGIN; SET LOCAL statement_timeout = '60s'");
  try {
    const fence = await sql.query<{ rows_read: number }>({
      name: 'import.fence',
      text: FENCE,
      values: [importId, organisationId],
    });
    if (fence.rows[0]?.rows_read !== chunk.from) throw new ImportTaken();
    const lock = { name: 'import.lockList', text: LOCK_LIST, values: [listId, organisationId] };
    const list = await sql.query<{ scrub: LoadScrub }>(lock);
    await pipeline(Readable.from(chunk.copy), sql.query(copyFrom(COPY)));
    const listed = await dropListed(sql, organisationId, chunk, list.rows[0]?.scrub ?? 'NONE', at);
    const left = await sql.query<{ row_no: number; line: number }>({
      name: 'import.take',
      text: TAKE,
      values: [organisationId, listId, importId, at],
    });
    const duplicates = left.rows.map(alreadyInList);
    await writeFaults(sql, importId, [...chunk.faults, ...listed, ...duplicates]);
    const advanced = await sql.query<{ seq: number }>({
      name: 'import.advance',
      text: ADVANCE,
      values: [
        importId,
        listId,
        chunk.to,
        chunk.contacts - duplicates.length - listed.length,
        chunk.duplicates + duplicates.length,
        chunk.rejected + listed.length,
        chunk.bytesRead,
      ],
    });
    await sql.query('COMMIT');
    return advanced.rows[0]?.seq ?? 0;
  } catch (error) {
    await sql.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
};

/** Scrub at load: whom no campaign may call does not come into the list. */
const dropListed = async (
  sql: PoolClient,
  organisationId: string,
  { people }: Pick<Chunk, 'people'>,
  scrub: LoadScrub,
  at: Date,
): Promise<RowFault[]> => {
  const listed = await listedRows(sql, organisationId, people, scrub, at);
  if (listed.length > 0) await sql.query(DROP, [listed.map(({ rowNo }) => rowNo)]);
  return listed.map(({ rowNo, line, message }) => ({ rowNo, line, field: '', code: 'DNC', message }));
};

const alreadyInList = ({ row_no, line }: { row_no: number; line: number }): RowFault => ({
  rowNo: row_no,
  line,
  field: '',
  code: 'DUPLICATE',
  message: 'the number of this row is in the list already',
});

const writeFaults = async (sql: PoolClient, importId: string, faults: readonly RowFault[]): Promise<void> => {
  if (faults.length === 0) return;
  await sql.query({
    name: 'import.faults',
    text: FAULTS,
    values: [
      importId,
      faults.map(({ rowNo }) => rowNo),
      faults.map(({ line }) => line),
      faults.map(({ field }) => field),
      faults.map(({ code }) => code),
      faults.map(({ message }) => message),
    ],
  });
};

import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { Caller } from '../../organisations/caller';
import type { ImportService } from './import-service';

const PAGE = 1_000;

/** The report of an import as CSV, read page by page while it is sent. Rows are named by line; their numbers never stand in it. */
export const errorReport = async (imports: ImportService, caller: Caller, importId: string): Promise<Readable> => {
  // Refused before the first byte is sent.
  await imports.get(caller, importId);
  async function* rows() {
    let after: string | undefined;
    for (;;) {
      const page = await imports.errors(caller, importId, { first: PAGE, ...(after ? { after } : {}) });
      for (const { line, rowNo, field, code, message } of page.rows) yield { line, row: rowNo, field, code, message };
      if (!page.more) return;
      after = String(page.rows.at(-1)?.rowNo);
    }
  }
  const csv = stringify({ header: true, columns: ['line', 'row', 'field', 'code', 'message'], escape_formulas: true });
  const source = Readable.from(rows());
  source.once('error', (error) => csv.destroy(error));
  return source.pipe(csv);
};

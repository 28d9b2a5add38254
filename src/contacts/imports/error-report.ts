import { Readable } from 'node:stream';
import { stringify } from 'csv-stringify';
import type { Page, PageRequest } from '../../infra/page';
import type { Caller } from '../../organisations/caller';

const PAGE = 1_000;

/** What keeps, of every import, the rows that were left out. */
interface Reported<E> {
  get(caller: Caller, importId: string): Promise<unknown>;
  errors(caller: Caller, importId: string, page: PageRequest): Promise<Page<E>>;
}

/** How a row of the report looks: its columns, and the place from which the next page goes on. */
export interface ReportShape<E> {
  columns: readonly string[];
  cells(row: E): readonly (string | number)[];
  key(row: E): string;
}

/** The report of an import as CSV, read page by page while it is sent. Rows are named by line; their numbers never stand in it. */
export const errorReport = async <E>(
  imports: Reported<E>,
  { columns, cells, key }: ReportShape<E>,
  caller: Caller,
  importId: string,
): Promise<Readable> => {
  // Refused before the first byte is sent.
  await imports.get(caller, importId);
  async function* rows() {
    let after: string | undefined;
    for (;;) {
      const page = await imports.errors(caller, importId, { first: PAGE, ...(after ? { after } : {}) });
      for (const row of page.rows) yield cells(row);
      const last = page.rows.at(-1);
      if (!page.more || last === undefined) return;
      after = key(last);
    }
  }
  const csv = stringify({ header: true, columns: [...columns], escape_formulas: true });
  const source = Readable.from(rows());
  source.once('error', (error) => csv.destroy(error));
  return source.pipe(csv);
};

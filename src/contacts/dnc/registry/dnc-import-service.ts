import { z } from 'zod';
import { invalid } from '../../../errors';
import { type Page, type PageRequest, pageOf } from '../../../infra/page';
import { id, parse, text } from '../../../infra/validate';
import type { Caller } from '../../../organisations/caller';
import { idempotencyKey } from '../../../organisations/idempotency';
import { type FileImportDeps, type FileImportKind, FileImports, type Staged } from '../../imports/file-imports';
import { DNC_IMPORT_COLUMNS, DNC_IMPORT_FORMATS, type DncImport, type DncImportError } from './dnc-import';

export const createDncImportInput = z.object({
  listId: id().describe('The do-not-call list.'),
  format: z
    .enum(DNC_IMPORT_FORMATS)
    .meta({ typeName: 'DncImportFormat' })
    .default('PLAIN')
    .describe('PLAIN: a number on each line. CSV: with a header line.'),
  numberColumn: text(200).optional().describe('Of CSV: the column with the number.'),
  replaces: z
    .boolean()
    .default(true)
    .describe('Whether the file takes the place of the numbers imported before, or comes to them.'),
  source: text(100).describe('Where the file comes from.'),
  reason: text(500, 0).default('').describe('Why, in words.'),
  idempotencyKey,
});

const KIND: FileImportKind = {
  name: 'dncImport',
  table: 'dnc_import',
  columns: DNC_IMPORT_COLUMNS,
  own: ['format', 'number_column', 'replaces', 'source', 'reason'],
  listTable: 'dnc_list',
  what: 'DNC import',
  list: 'DNC list',
  topic: 'dncImport',
  // What it has stored is removed.
  cancelled: 'superseded = true',
};

const ERRORS = `/* dncImport.errors */
SELECT line, code, message FROM dnc_import_error WHERE import_id = $1 AND line > $2 ORDER BY line LIMIT $3`;

/** Files of numbers that must not be dialled: registries of any size. While one is not complete, what was in force stays so. */
export class DncImportService extends FileImports<DncImport> {
  constructor(deps: FileImportDeps) {
    super(deps, KIND);
  }

  async create(caller: Caller, input: unknown): Promise<Staged<DncImport>> {
    const given = parse(createDncImportInput, input);
    const { listId, format, numberColumn = null, replaces, source, reason } = given;
    if (format === 'CSV' && numberColumn === null) throw invalid('numberColumn', 'numberColumn must be given for CSV');
    if (format === 'PLAIN' && numberColumn !== null)
      throw invalid('numberColumn', `numberColumn "${numberColumn}" is for CSV only: a PLAIN file has no columns`);
    const own = [format, numberColumn, replaces, source, reason];
    return this.stage(caller, given, own, { listId, format, replaces, source, reason });
  }

  /** The lines that hold no number, in the order of the file. */
  async errors(caller: Caller, importId: string, { first, after }: PageRequest): Promise<Page<DncImportError>> {
    await this.get(caller, importId);
    const { rows } = await this.deps.pool.query<DncImportError>(ERRORS, [importId, Number(after ?? 0) || 0, first + 1]);
    return pageOf(rows, first);
  }
}

import { FILE_IMPORT_COLUMNS, type FileImport } from './file-import';

export const IMPORT_FORMATS = ['CSV', 'JSON'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** A file of contacts on its way into a list. */
export interface ContactImport extends FileImport {
  format: ImportFormat;
  rowsRead: number;
  rowsImported: number;
  rowsDuplicate: number;
  rowsRejected: number;
}

export interface ContactImportError {
  rowNo: number;
  line: number;
  field: string;
  code: string;
  message: string;
}

export const IMPORT_COLUMNS = `${FILE_IMPORT_COLUMNS}, format, rows_read AS "rowsRead", rows_imported AS "rowsImported",
  rows_duplicate AS "rowsDuplicate", rows_rejected AS "rowsRejected"`;

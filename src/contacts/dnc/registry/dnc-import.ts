import { FILE_IMPORT_COLUMNS, type FileImport } from '../../imports/file-import';

/** PLAIN: a number on each line. CSV: one in the column that is named, below a header. */
export const DNC_IMPORT_FORMATS = ['PLAIN', 'CSV'] as const;
export type DncImportFormat = (typeof DNC_IMPORT_FORMATS)[number];

/** A file of numbers on its way into a list of numbers that must not be dialled. */
export interface DncImport extends FileImport {
  format: DncImportFormat;
  numberColumn: string | null;
  replaces: boolean;
  source: string;
  reason: string;
  linesRead: number;
  linesRejected: number;
  linesDuplicate: number;
  numbers: number;
  storedPercent: number;
}

export interface DncImportError {
  line: number;
  code: string;
  message: string;
}

export const DNC_IMPORT_COLUMNS = `${FILE_IMPORT_COLUMNS}, format, number_column AS "numberColumn", replaces, source, reason,
  lines_read AS "linesRead", lines_rejected AS "linesRejected", lines_duplicate AS "linesDuplicate", numbers,
  stored_percent AS "storedPercent"`;

import { type ImportState, isEnded } from '../../imports/contact-import';

export { isEnded };

/** PLAIN: a number on each line. CSV: one in the column that is named, below a header. */
export const DNC_IMPORT_FORMATS = ['PLAIN', 'CSV'] as const;
export type DncImportFormat = (typeof DNC_IMPORT_FORMATS)[number];

/** A file of numbers on its way into a list of numbers that must not be dialled. */
export interface DncImport {
  id: string;
  organisationId: string;
  listId: string;
  format: DncImportFormat;
  numberColumn: string | null;
  replaces: boolean;
  source: string;
  reason: string;
  state: ImportState;
  bytesTotal: number;
  bytesRead: number;
  linesRead: number;
  linesRejected: number;
  linesDuplicate: number;
  numbers: number;
  storedPercent: number;
  errorCode: string | null;
  errorMessage: string | null;
  seq: number;
  createdBy: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  uploadExpiresAt: Date;
}

export interface DncImportError {
  line: number;
  code: string;
  message: string;
}

export const DNC_IMPORT_COLUMNS = `id, organisation_id AS "organisationId", list_id AS "listId", format,
  number_column AS "numberColumn", replaces, source, reason, state, bytes_total AS "bytesTotal", bytes_read AS "bytesRead",
  lines_read AS "linesRead", lines_rejected AS "linesRejected", lines_duplicate AS "linesDuplicate", numbers,
  stored_percent AS "storedPercent", error_code AS "errorCode", error_message AS "errorMessage", seq,
  created_by AS "createdBy", created_at AS "createdAt", started_at AS "startedAt", ended_at AS "endedAt",
  upload_expires_at AS "uploadExpiresAt"`;

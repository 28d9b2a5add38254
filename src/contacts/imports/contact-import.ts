export const IMPORT_STATES = [
  'AWAITING_UPLOAD',
  'UPLOADING',
  'QUEUED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export const IMPORT_FORMATS = ['CSV', 'JSON'] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/** One file on its way into a list. */
export interface ContactImport {
  id: string;
  organisationId: string;
  listId: string;
  format: ImportFormat;
  state: ImportState;
  bytesTotal: number;
  bytesRead: number;
  rowsRead: number;
  rowsImported: number;
  rowsDuplicate: number;
  rowsRejected: number;
  errorCode: string | null;
  errorMessage: string | null;
  seq: number;
  createdBy: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  uploadExpiresAt: Date;
}

export interface ContactImportError {
  rowNo: number;
  line: number;
  field: string;
  code: string;
  message: string;
}

export const IMPORT_COLUMNS = `id, organisation_id AS "organisationId", list_id AS "listId", format, state,
  bytes_total AS "bytesTotal", bytes_read AS "bytesRead", rows_read AS "rowsRead", rows_imported AS "rowsImported",
  rows_duplicate AS "rowsDuplicate", rows_rejected AS "rowsRejected", error_code AS "errorCode",
  error_message AS "errorMessage", seq, created_by AS "createdBy", created_at AS "createdAt", started_at AS "startedAt",
  ended_at AS "endedAt", upload_expires_at AS "uploadExpiresAt"`;

/** An import in one of these goes no further. */
export const isEnded = (state: ImportState): boolean =>
  state === 'COMPLETED' || state === 'FAILED' || state === 'CANCELLED';

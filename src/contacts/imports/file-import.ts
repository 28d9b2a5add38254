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

/** One file on its way into a list, of whatever kind. */
export interface FileImport {
  id: string;
  organisationId: string;
  listId: string;
  state: ImportState;
  bytesTotal: number;
  bytesRead: number;
  errorCode: string | null;
  errorMessage: string | null;
  seq: number;
  createdBy: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  uploadExpiresAt: Date;
}

export const FILE_IMPORT_COLUMNS = `id, organisation_id AS "organisationId", list_id AS "listId", state,
  bytes_total AS "bytesTotal", bytes_read AS "bytesRead", error_code AS "errorCode", error_message AS "errorMessage", seq,
  created_by AS "createdBy", created_at AS "createdAt", started_at AS "startedAt", ended_at AS "endedAt",
  upload_expires_at AS "uploadExpiresAt"`;

/** An import in one of these goes no further. */
export const isEnded = (state: ImportState): boolean =>
  state === 'COMPLETED' || state === 'FAILED' || state === 'CANCELLED';

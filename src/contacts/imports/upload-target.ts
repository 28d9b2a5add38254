import type { JobClient } from '../../infra/job-client';
import { topics } from '../../infra/pubsub';

/** A kind of import whose file comes by a single-use address: the statements by which its row follows the upload. */
export interface UploadTarget {
  /** A larger file comes in several. */
  maxBytes: number;
  claim: string;
  giveBack: string;
  queue: string;
  expire: string;
  topic(organisationId: string, importId: string): string;
  enqueue(jobs: JobClient, organisationId: string, importId: string): Promise<unknown>;
}

type Statements = Pick<UploadTarget, 'claim' | 'giveBack' | 'queue' | 'expire'>;

const statementsOf = (table: 'contact_import' | 'dnc_import'): Statements => ({
  claim: `/* upload.claim */
UPDATE ${table} SET state = 'UPLOADING', seq = seq + 1
WHERE upload_token_hash = $1 AND state = 'AWAITING_UPLOAD' AND upload_expires_at > $2
RETURNING id, organisation_id, seq`,
  giveBack: `/* upload.giveBack */
UPDATE ${table} SET state = 'AWAITING_UPLOAD', seq = seq + 1 WHERE id = $1 AND state = 'UPLOADING' RETURNING seq`,
  queue: `/* upload.queue */
UPDATE ${table} SET state = 'QUEUED', bytes_total = $2, seq = seq + 1
WHERE id = $1 AND state = 'UPLOADING' RETURNING seq`,
  // An upload that had begun in time may take as long again; one that an api has left behind by its death ends with it.
  expire: `/* upload.expire */
UPDATE ${table} SET state = 'FAILED', error_code = 'UPLOAD_EXPIRED', ended_at = $1, seq = seq + 1,
  error_message = 'the file was not uploaded in time; make a new import'
WHERE (state = 'AWAITING_UPLOAD' AND upload_expires_at <= $1) OR (state = 'UPLOADING' AND upload_expires_at <= $2)
RETURNING id, organisation_id, seq`,
});

export const CONTACT_UPLOAD: UploadTarget = {
  ...statementsOf('contact_import'),
  maxBytes: 2 * 1024 ** 3,
  // From here on the list is being loaded: no campaign it is attached to counts it as filled.
  queue: `/* upload.queue */
WITH queued AS (
  UPDATE contact_import SET state = 'QUEUED', bytes_total = $2, seq = seq + 1
  WHERE id = $1 AND state = 'UPLOADING' RETURNING id, list_id, seq
), waiting AS (
  UPDATE campaign_list c SET filled_at = NULL FROM queued q WHERE c.list_id = q.list_id
)
SELECT seq FROM queued`,
  topic: topics.contactImport,
  enqueue: (jobs, organisationId, importId) => jobs.enqueue('importContacts', { organisationId, importId }),
};

/** A registry of half a billion numbers with room to spare. */
export const DNC_UPLOAD: UploadTarget = {
  ...statementsOf('dnc_import'),
  maxBytes: 16 * 1024 ** 3,
  topic: topics.dncImport,
  enqueue: (jobs, organisationId, importId) => jobs.enqueue('importDnc', { organisationId, importId }),
};

export const UPLOAD_TARGETS: readonly UploadTarget[] = [CONTACT_UPLOAD, DNC_UPLOAD];

export const MOST_UPLOAD_BYTES = Math.max(...UPLOAD_TARGETS.map(({ maxBytes }) => maxBytes));

import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import { OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import type { JobClient } from '../../infra/job-client';
import { type PubSub, topics } from '../../infra/pubsub';
import { uploadDirectory, uploadPath } from './upload-place';

/** A larger list comes in several files. */
export const MAX_UPLOAD_BYTES = 2 * 1024 ** 3;

export interface UploadServiceDeps {
  pool: Pool;
  pubsub: PubSub;
  clock: Clock;
  jobs: JobClient;
  home: string;
  maxBytes?: number;
}

export interface UploadDone {
  importId: string;
  bytes: number;
}

export const newUploadToken = (): string => randomBytes(32).toString('base64url');
export const hashUploadToken = (token: string): Buffer => createHash('sha256').update(token).digest();

const CLAIM = `/* upload.claim */
UPDATE contact_import SET state = 'UPLOADING', seq = seq + 1
WHERE upload_token_hash = $1 AND state = 'AWAITING_UPLOAD' AND upload_expires_at > $2
RETURNING id, organisation_id, seq`;

const GIVE_BACK = `/* upload.giveBack */
UPDATE contact_import SET state = 'AWAITING_UPLOAD', seq = seq + 1 WHERE id = $1 AND state = 'UPLOADING' RETURNING seq`;

// From here on the list is being loaded: no campaign it is attached to counts it as filled.
const QUEUE = `/* upload.queue */
WITH queued AS (
  UPDATE contact_import SET state = 'QUEUED', bytes_total = $2, seq = seq + 1
  WHERE id = $1 AND state = 'UPLOADING' RETURNING id, list_id, seq
), waiting AS (
  UPDATE campaign_list c SET filled_at = NULL FROM queued q WHERE c.list_id = q.list_id
)
SELECT seq FROM queued`;

/** The url is a secret of 256 bits for one file of one import: who has it needs no other token. */
export class UploadService {
  constructor(private readonly deps: UploadServiceDeps) {}

  async receive(token: string, body: Readable, declaredBytes?: number): Promise<UploadDone> {
    const { pool, clock, jobs, home, maxBytes = MAX_UPLOAD_BYTES } = this.deps;
    if (declaredBytes !== undefined && declaredBytes > maxBytes) throw tooLarge(maxBytes);
    const { rows } = await pool.query<{ id: string; organisation_id: string; seq: number }>(CLAIM, [
      hashUploadToken(token),
      clock.date(),
    ]);
    const claimed = rows[0];
    if (!claimed) {
      throw new OutdialError('NOT_FOUND', 'this upload address does not exist, was used already or has expired');
    }
    const { id: importId, organisation_id: organisationId } = claimed;
    this.tell(organisationId, importId, claimed.seq);
    let bytes: number;
    try {
      bytes = await store(body, home, importId, maxBytes);
    } catch (error) {
      // Nothing was taken from it: the same address may be used for another try.
      const back = await pool.query<{ seq: number }>(GIVE_BACK, [importId]);
      this.tell(organisationId, importId, back.rows[0]?.seq ?? 0);
      throw error;
    }
    const queued = await pool.query<{ seq: number }>(QUEUE, [importId, bytes]);
    if (!queued.rows[0]) {
      await rm(uploadPath(home, importId), { force: true });
      throw new OutdialError('INVALID_STATE', 'the import was cancelled while its file was uploaded');
    }
    this.tell(organisationId, importId, queued.rows[0].seq);
    await jobs.enqueue('importContacts', { organisationId, importId });
    return { importId, bytes };
  }

  private tell(organisationId: string, importId: string, seq: number): void {
    this.deps.pubsub.publish(topics.contactImport(organisationId, importId), { seq });
  }
}

const tooLarge = (maxBytes: number): OutdialError =>
  new OutdialError('PAYLOAD_TOO_LARGE', `a file may have ${maxBytes} bytes; divide a larger list into several files`);

/** Whole and on disk before its name is there: a worker never sees half a file. */
const store = async (body: Readable, home: string, importId: string, maxBytes: number): Promise<number> => {
  await mkdir(uploadDirectory(home), { recursive: true, mode: 0o700 });
  const path = uploadPath(home, importId);
  const partial = `${path}.part`;
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > maxBytes ? tooLarge(maxBytes) : null, chunk);
    },
  });
  try {
    await pipeline(body, limit, createWriteStream(partial, { mode: 0o600 }));
    const file = await open(partial, 'r+');
    await file.sync().finally(() => file.close());
    await rename(partial, path);
    return (await stat(path)).size;
  } catch (error) {
    await rm(partial, { force: true });
    if (error instanceof OutdialError) throw error;
    if (
      (error as { code?: string }).code === 'ERR_STREAM_PREMATURE_CLOSE' ||
      (error as { code?: string }).code === 'ECONNRESET'
    ) {
      throw new OutdialError('INVALID_INPUT', 'the upload broke off; send it again to the same address');
    }
    throw error;
  }
};

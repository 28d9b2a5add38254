import { createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Pool } from 'pg';
import { OutdialError } from '../../errors';
import type { Clock } from '../../infra/clock';
import type { JobClient } from '../../infra/job-client';
import type { PubSub } from '../../infra/pubsub';
import { uploadDirectory, uploadPath } from './upload-place';
import { MOST_UPLOAD_BYTES, UPLOAD_TARGETS, type UploadTarget } from './upload-target';
import { hashUploadToken } from './upload-token';

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

/** The url is a secret of 256 bits for one file of one import: who has it needs no other token. */
export class UploadService {
  constructor(private readonly deps: UploadServiceDeps) {}

  async receive(token: string, body: Readable, declaredBytes?: number): Promise<UploadDone> {
    const { pool, jobs, home } = this.deps;
    // Before the address is looked up, since a stream that nobody reads would keep its sender waiting.
    const most = this.deps.maxBytes ?? MOST_UPLOAD_BYTES;
    if (declaredBytes !== undefined && declaredBytes > most) throw tooLarge(most);
    const { target, importId, organisationId, seq } = await this.claim(hashUploadToken(token));
    const maxBytes = this.deps.maxBytes ?? target.maxBytes;
    const tell = (now: number): void => this.deps.pubsub.publish(target.topic(organisationId, importId), { seq: now });
    tell(seq);
    let bytes: number;
    try {
      if (declaredBytes !== undefined && declaredBytes > maxBytes) throw tooLarge(maxBytes);
      bytes = await store(body, home, importId, maxBytes);
    } catch (error) {
      // Nothing was taken from it: the same address may be used for another try.
      const back = await pool.query<{ seq: number }>(target.giveBack, [importId]);
      tell(back.rows[0]?.seq ?? 0);
      throw error;
    }
    const queued = await pool.query<{ seq: number }>(target.queue, [importId, bytes]);
    if (!queued.rows[0]) {
      await rm(uploadPath(home, importId), { force: true });
      throw new OutdialError('INVALID_STATE', 'the import was cancelled while its file was uploaded');
    }
    tell(queued.rows[0].seq);
    await target.enqueue(jobs, organisationId, importId);
    return { importId, bytes };
  }

  private async claim(
    hash: Buffer,
  ): Promise<{ target: UploadTarget; importId: string; organisationId: string; seq: number }> {
    const { pool, clock } = this.deps;
    for (const target of UPLOAD_TARGETS) {
      const values = [hash, clock.date()];
      const { rows } = await pool.query<{ id: string; organisation_id: string; seq: number }>(target.claim, values);
      if (rows[0]) return { target, importId: rows[0].id, organisationId: rows[0].organisation_id, seq: rows[0].seq };
    }
    throw new OutdialError('NOT_FOUND', 'this upload address does not exist, was used already or has expired');
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

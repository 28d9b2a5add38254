import { rm } from 'node:fs/promises';
import type { Pool } from 'pg';
import type { Clock } from '../../infra/clock';
import { type PubSub, topics } from '../../infra/pubsub';
import { UPLOAD_LIFE_MS } from './import-service';
import { uploadPath } from './upload-place';

// An upload that had begun in time may take as long again; one that an api has left behind by its death ends with it.
const EXPIRE = `/* upload.expire */
UPDATE contact_import SET state = 'FAILED', error_code = 'UPLOAD_EXPIRED', ended_at = $1, seq = seq + 1,
  error_message = 'the file was not uploaded in time; make a new import'
WHERE (state = 'AWAITING_UPLOAD' AND upload_expires_at <= $1) OR (state = 'UPLOADING' AND upload_expires_at <= $2)
RETURNING id, organisation_id, seq`;

/** Ends imports whose file never came, and removes what came of it. */
export const expireUploads = async ({
  pool,
  clock,
  pubsub,
  home,
}: {
  pool: Pool;
  clock: Clock;
  pubsub: PubSub;
  home: string;
}): Promise<number> => {
  const now = clock.now();
  const { rows } = await pool.query<{ id: string; organisation_id: string; seq: number }>({
    name: 'upload.expire',
    text: EXPIRE,
    values: [new Date(now), new Date(now - UPLOAD_LIFE_MS)],
  });
  for (const { id, organisation_id, seq } of rows) {
    await rm(`${uploadPath(home, id)}.part`, { force: true });
    pubsub.publish(topics.contactImport(organisation_id, id), { seq });
  }
  return rows.length;
};

import { rm } from 'node:fs/promises';
import type { Pool } from 'pg';
import type { Clock } from '../../infra/clock';
import type { PubSub } from '../../infra/pubsub';
import { uploadPath } from './upload-place';
import { UPLOAD_TARGETS } from './upload-target';
import { UPLOAD_LIFE_MS } from './upload-token';

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
  let expired = 0;
  for (const { expire, topic } of UPLOAD_TARGETS) {
    const values = [new Date(now), new Date(now - UPLOAD_LIFE_MS)];
    const { rows } = await pool.query<{ id: string; organisation_id: string; seq: number }>(expire, values);
    for (const { id, organisation_id, seq } of rows) {
      await rm(`${uploadPath(home, id)}.part`, { force: true });
      pubsub.publish(topic(organisation_id, id), { seq });
    }
    expired += rows.length;
  }
  return expired;
};

import { setTimeout as rest } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Clock } from '../../infra/clock';
import { dialersFirst } from '../../infra/dialers-first';
import { transaction } from '../../infra/postgres';
import { type PubSub, topics } from '../../infra/pubsub';
import { selectionOf } from './selection-sql';

export interface Ranking {
  organisationId: string;
  campaignId: string;
}

/** Contacts of one transaction: what it holds a claim leaves out, and for its core no claim waits longer. */
const BATCH = 60;
/** Progress is told no more often. */
const TOLD_MS = 100;

// What a crash takes back of it is ranked again; the end alone, which carries all before it, waits for the disk.
const STAND = `/* rank.stand */
SELECT ranked_to, set_config('statement_timeout', '60s', true), set_config('synchronous_commit', 'off', true) FROM campaign_ranking
WHERE campaign_id = $1 AND organisation_id = $2 AND ended_at IS NULL FOR UPDATE`;

// Locked in the order of all writers, and only such as change. Whoever was promised a call is not left out.
const RANK = `/* rank.batch */
WITH span AS (
  SELECT contact_id FROM campaign_contact WHERE campaign_id = $1 AND contact_id > $2 ORDER BY contact_id LIMIT ${BATCH}
), anew AS (
  SELECT s.contact_id, n.filtered_out AND cc.callback_id IS NULL AS filtered_out, n.sort_key
  FROM span s
  JOIN contact ct ON ct.id = s.contact_id
  JOIN campaign c ON c.id = $1
  JOIN campaign_contact cc ON cc.campaign_id = $1 AND cc.contact_id = s.contact_id
  CROSS JOIN LATERAL (SELECT ${selectionOf('c', 'ct.attributes')}) AS n(filtered_out, sort_key)
  WHERE (cc.filtered_out, cc.sort_key) IS DISTINCT FROM (n.filtered_out AND cc.callback_id IS NULL, n.sort_key)
), held AS (
  SELECT cc.contact_id FROM campaign_contact cc JOIN anew a ON a.contact_id = cc.contact_id
  WHERE cc.campaign_id = $1 ORDER BY cc.contact_id FOR UPDATE OF cc
), changed AS (
  UPDATE campaign_contact cc SET filtered_out = a.filtered_out AND cc.callback_id IS NULL, sort_key = a.sort_key
  FROM anew a JOIN held h ON h.contact_id = a.contact_id
  WHERE cc.campaign_id = $1 AND cc.contact_id = a.contact_id
  RETURNING 1
), done AS (
  SELECT max(contact_id) AS last, count(*) AS ranked, (SELECT count(*) FROM changed) AS changed FROM span
)
UPDATE campaign_ranking r SET ranked_to = coalesce(d.last, r.ranked_to), contacts_ranked = r.contacts_ranked + d.ranked,
  contacts_changed = r.contacts_changed + d.changed, ended_at = CASE WHEN d.ranked < ${BATCH} THEN $3::timestamptz END, seq = r.seq + 1
FROM done d WHERE r.campaign_id = $1 RETURNING r.seq, r.ended_at IS NOT NULL AS ended`;

/**
 * Puts the contacts of a campaign into the order of its filter and sort, one short transaction after another; repeated or
 * interrupted anywhere it goes on where it was, and a newer change makes it begin anew. Meanwhile the campaign dials: what is
 * ranked already in the new order, the rest in the old, and the claim itself asks the newest filter. Dialers go first, and it
 * rests for as long as it has worked. Answers whether it came to the end.
 */
export const rankCampaign = async (
  { pool, clock, pubsub }: { pool: Pool; clock: Clock; pubsub: PubSub },
  { organisationId, campaignId }: Ranking,
  signal?: AbortSignal,
): Promise<boolean> => {
  let told = Number.NEGATIVE_INFINITY;
  for (;;) {
    signal?.throwIfAborted();
    await dialersFirst(pool, signal);
    const began = performance.now();
    const state = await transaction(pool, async (sql) => {
      const stand = await sql.query<{ ranked_to: number }>({
        name: 'rank.stand',
        text: STAND,
        values: [campaignId, organisationId],
      });
      const place = stand.rows[0];
      if (!place) return undefined;
      const { rows } = await sql.query<{ seq: number; ended: boolean }>({
        name: 'rank.batch',
        text: RANK,
        values: [campaignId, place.ranked_to, clock.date()],
      });
      const advanced = rows[0];
      if (advanced?.ended) await sql.query('SET LOCAL synchronous_commit TO DEFAULT');
      return advanced;
    });
    if (!state) return false;
    if (state.ended || performance.now() - told > TOLD_MS) {
      told = performance.now();
      pubsub.publish(topics.campaignRanking(organisationId, campaignId), { seq: state.seq });
    }
    if (state.ended) return true;
    await rest(performance.now() - began, undefined, { signal });
  }
};

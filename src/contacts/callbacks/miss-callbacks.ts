import { DateTime } from 'luxon';
import type { Pool } from 'pg';
import { lawOf } from '../../compliance/law/law-of';
import type { LawRegistry } from '../../compliance/law/registry';
import type { LawBook } from '../../compliance/own/law-book';
import { newId } from '../../infra/ids';
import { transaction } from '../../infra/postgres';
import { anyoneAt, type CallbackFallback, type CallbackIfAway } from './callback';
import { RELEASE } from './callback-service';

const BATCH = 500;
/** A promise is made good so often; then the contact is one among the others. */
const ROUNDS = 3;
const SEARCH_DAYS = 14;

// Contacts in a call are left: that call may keep the promise.
const TAKE = `/* callbacks.take */
SELECT k.id, k.organisation_id AS "organisationId", k.campaign_id AS "campaignId", k.contact_id AS "contactId",
  k.from_at AS from, k.until_at AS until, k.if_away AS "ifAway", k.fallback, k.round, cc.state,
  cc.close_reason AS "closeReason", cc.zone, cc.law, c.calling_hours_start_minute AS "startMinute",
  c.calling_hours_end_minute AS "endMinute"
FROM callback k
JOIN campaign_contact cc ON cc.campaign_id = k.campaign_id AND cc.contact_id = k.contact_id
JOIN campaign c ON c.id = k.campaign_id
WHERE k.state = 'SCHEDULED' AND (k.until_at <= $1 AND cc.state = 'READY' OR cc.state = 'CLOSED')
ORDER BY cc.campaign_id, cc.contact_id LIMIT ${BATCH}
FOR UPDATE OF cc SKIP LOCKED`;

const END = `/* callbacks.end */
UPDATE callback k SET state = n.state, end_reason = n.reason, ended_at = $4
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n (id, state, reason) WHERE k.id = n.id`;

const CLOSE = `/* callbacks.close */
UPDATE campaign_contact SET state = 'CLOSED', close_reason = 'CALLBACK_MISSED', version = version + 1
WHERE state = 'READY' AND (campaign_id, contact_id) IN (SELECT * FROM unnest($1::uuid[], $2::bigint[]))`;

const AGAIN = `/* callbacks.again */
WITH given AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $6::timestamptz[])
    AS n (id, follows, from_at, until_at, anyone_at)
), made AS (
  INSERT INTO callback (id, organisation_id, campaign_id, contact_id, agent_id, from_at, until_at, fallback, note, follows, round,
    created_by, created_at, kind, if_away)
  SELECT g.id, k.organisation_id, k.campaign_id, k.contact_id, k.agent_id, g.from_at, g.until_at, k.fallback, k.note, k.id,
    k.round + 1, 'fallback', $5, k.kind, k.if_away
  FROM given g JOIN callback k ON k.id = g.follows
)
UPDATE campaign_contact cc SET queued = false, callback_id = g.id, callback_until = g.until_at, due_at = g.from_at,
  callback_agent_id = CASE WHEN k.kind = 'PERSONAL' THEN k.agent_id END, callback_anyone_at = g.anyone_at,
  version = cc.version + 1
FROM given g JOIN callback k ON k.id = g.follows WHERE cc.callback_id = g.follows`;

interface Missed {
  id: string;
  organisationId: string;
  campaignId: string;
  contactId: number;
  from: Date;
  until: Date;
  ifAway: CallbackIfAway | null;
  fallback: CallbackFallback;
  round: number;
  state: string;
  closeReason: string | null;
  zone: string;
  law: string;
  startMinute: number;
  endMinute: number;
}

/** The same time of the person's day on the next business day on which a call is lawful then. */
export const nextBusinessDay = (missed: Missed, registry: LawRegistry, now: Date): Date | undefined => {
  const [zone = 'UTC'] = missed.zone.split('|');
  const before = DateTime.fromJSDate(missed.from, { zone });
  for (let days = 1; days <= SEARCH_DAYS; days += 1) {
    const day = before.plus({ days });
    const at = day.toMillis();
    if (day.weekday > 5 || at <= now.getTime()) continue;
    if (lawOf(missed.law, at, registry).callingHours(at, missed.zone, missed).open) return day.toJSDate();
  }
  return undefined;
};

/** Callbacks whose window has passed, or whose contact was closed: told as such, and what was agreed for it is done. */
export const missCallbacks = async (
  pool: Pool,
  laws: LawBook,
  now: () => Date,
  signal?: AbortSignal,
): Promise<number> => {
  let total = 0;
  for (let full = true; full && !signal?.aborted; ) {
    full = await transaction(pool, async (sql) => {
      const at = now();
      const { rows } = await sql.query<Missed>({ name: 'callbacks.take', text: TAKE, values: [at] });
      if (rows.length === 0) return false;
      const cancelled = (row: Missed): boolean => row.state === 'CLOSED';
      await sql.query({
        name: 'callbacks.end',
        text: END,
        values: [
          rows.map(({ id }) => id),
          rows.map((row) => (cancelled(row) ? 'CANCELLED' : 'MISSED')),
          rows.map((row) => (cancelled(row) ? row.closeReason : 'WINDOW_PASSED')),
          at,
        ],
      });
      const again: { id: string; follows: string; from: Date; until: Date; anyone: Date | null }[] = [];
      for (const row of rows) {
        if (cancelled(row) || row.fallback !== 'NEXT_BUSINESS_DAY' || row.round >= ROUNDS) continue;
        const from = nextBusinessDay(row, await laws.registryOf(sql, row.organisationId), at);
        if (!from) continue;
        const until = new Date(from.getTime() + row.until.getTime() - row.from.getTime());
        const anyone = anyoneAt({ ifAway: row.ifAway, from, until });
        again.push({ id: newId(), follows: row.id, from, until, anyone });
      }
      const closing = rows.filter((row) => !cancelled(row) && row.fallback === 'CLOSE');
      await sql.query(CLOSE, [closing.map(({ campaignId }) => campaignId), closing.map(({ contactId }) => contactId)]);
      const of = (key: keyof (typeof again)[number]) => again.map((one) => one[key]);
      await sql.query(AGAIN, [of('id'), of('follows'), of('from'), of('until'), at, of('anyone')]);
      const kept = new Set(again.map(({ follows }) => follows));
      await sql.query(RELEASE, [rows.flatMap(({ id }) => (kept.has(id) ? [] : [id]))]);
      total += rows.length;
      return rows.length === BATCH;
    });
  }
  return total;
};
